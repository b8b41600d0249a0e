package submit

import (
	"strings"

	"maillint/message"
)

// What a path that cannot be taken is answered with.
var (
	replySyntax  = NewReply(501, "5.5.4", "syntax error in parameters")
	replyMailbox = NewReply(501, "5.1.3", "bad address syntax")
	replyRoute   = NewReply(553, "5.1.3", "source routes are not taken")
	replyPath    = NewReply(553, "5.1.3", "address cannot be passed on safely")
)

// ParsePath reads a path as it follows "FROM:" or "TO:", with its parameters.
// The reply tells what is wrong with it; nil where it is good.
//
// One spelling goes to the rules, the store and the next hop. What another
// server could read as somebody else is refused here: source routes, anything
// quoted but plain text, and local parts that hold what could end them.
func ParsePath(arg string) (Path, *Reply) {
	arg = strings.TrimLeft(arg, " ") // "FROM: <a@b>" is common
	inner, rest, bad := cutPath(arg)
	if bad != nil {
		return Path{}, bad
	}
	params, ok := ParseParams(rest)
	if !ok {
		return Path{}, &replySyntax
	}
	p := Path{Params: params}
	if inner == "" {
		return p, nil
	}
	if p.Address, bad = readMailbox(inner); bad != nil {
		return Path{}, bad
	}
	if _, err := p.Wire(); err != nil {
		return Path{}, &replyPath
	}
	return p, nil
}

// cutPath takes "<inner> rest" apart. Printers and scripts leave the angle
// brackets out; then the path ends at the first blank.
func cutPath(s string) (inner, rest string, bad *Reply) {
	if !strings.HasPrefix(s, "<") {
		inner, rest, _ = strings.Cut(s, " ")
		if inner == "" || strings.ContainsAny(inner, `<>"`) {
			return "", "", &replyMailbox
		}
		return inner, rest, nil
	}
	end := endOfPath(s)
	if end < 0 {
		return "", "", &replyMailbox
	}
	inner, rest = s[1:end], s[end+1:]
	if rest != "" && rest[0] != ' ' {
		return "", "", &replySyntax
	}
	return inner, rest, nil
}

// endOfPath finds the ">" that ends the path, which is none inside quotes.
func endOfPath(s string) int {
	quoted := false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '>' && !quoted:
			return i
		}
	}
	return -1
}

// readMailbox reads local part and domain.
func readMailbox(s string) (message.Address, *Reply) {
	if s[0] == '@' {
		return message.Address{}, &replyRoute
	}
	if strings.EqualFold(s, "postmaster") { // RFC 5321, 4.5.1
		return message.Address{Local: s}, nil
	}
	local, domain, bad := splitMailbox(s)
	if bad != nil {
		return message.Address{}, bad
	}
	d, ok := message.Domain(domain)
	if !ok || strings.HasSuffix(domain, ".") {
		return message.Address{}, &replyMailbox
	}
	return message.Address{Local: local, Domain: d}, nil
}

func splitMailbox(s string) (local, domain string, bad *Reply) {
	if s[0] != '"' {
		at := strings.LastIndexByte(s, '@')
		if at <= 0 || at == len(s)-1 {
			return "", "", &replyMailbox
		}
		if local = s[:at]; !atoms(local) {
			return "", "", &replyPath
		}
		return local, s[at+1:], nil
	}
	end := strings.LastIndexByte(s, '"')
	if end == 0 || len(s) < end+3 || s[end+1] != '@' {
		return "", "", &replyMailbox
	}
	if local = s[1:end]; strings.ContainsAny(local, `"\`) {
		return "", "", &replyPath
	}
	return local, s[end+2:], nil
}

// atoms are the characters that stand without quotes (RFC 5322, 3.2.3; RFC 6531), and dots.
func atoms(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == 0x7f || strings.IndexByte(`()<>[]:;@\,"`, c) >= 0 {
			return false
		}
	}
	return true
}
