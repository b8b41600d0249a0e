package audit

import (
	"regexp"
	"strings"
)

// cell takes in the addresses of one value: of a table's cell, a card's
// property, an entry's attribute. wanted says that it should hold nothing else.
// Elsewhere only a value that is an address throughout counts: a note that
// mentions one does not.
func (f *bookFile) cell(p place, value string, wanted bool) {
	value = strings.Trim(strings.TrimSpace(value), "{}")
	if value == "" || !wanted && !hasAt(value) {
		return
	}
	if opaque(value) {
		f.skip(p, "PowerShell wrote the type of the value instead of the addresses: join them, @{n='Addresses';e={$_.EmailAddresses -join ';'}}")
		return
	}
	if shortened(value) {
		f.skip(p, "the list of addresses is cut (\"...\"): set $FormatEnumerationLimit = -1 before the export")
		value = strings.TrimSuffix(strings.TrimRight(value, "."), "…")
	}
	parts := splitAddresses(value)
	if !wanted && !onlyAddresses(parts) {
		return
	}
	for _, part := range parts {
		f.part(p, part)
	}
}

// part takes in one of them.
func (f *bookFile) part(p place, part string) {
	switch written := bare(part); {
	case otherScheme(written), written == "":
	case !hasAt(written) && !missingAt.MatchString(written):
		f.warn(p, "no address in a field for one, and what stands there was not checked: "+clip(written, 80))
	case !hasAt(written):
		f.skip(p, "an address without @: "+clip(written, 80))
	case !f.address(p, written):
		f.skip(p, "an address that cannot be read: "+clip(part, 80))
	}
}

// missingAt: a value that would be an address with an @ in it.
var missingAt = regexp.MustCompile(`^[\w.+-]+\.[A-Za-z]{2,}$`)

// separators stand between the addresses of a cell: Google writes " ::: ".
var separators = strings.NewReplacer(" ::: ", "\n", ";", "\n", "\r", "\n", "；", "\n", "、", "\n", "，", "\n")

// splitAddresses cuts a cell into addresses. A comma parts them only where one
// stands on both sides of it: "Doe, Carl" <carl@example.com> is one.
func splitAddresses(value string) []string {
	var out []string
	for line := range strings.SplitSeq(separators.Replace(value), "\n") {
		line = strings.TrimRight(line, ", ")
		start, at, last := 0, false, strings.LastIndexAny(line, "@\uff20")
		for i := 0; i < len(line); i++ {
			at = at || line[i] == '@' || strings.HasPrefix(line[i:], "\uff20")
			if line[i] == ',' && at && i < last {
				out, start, at = append(out, line[start:i]), i+1, false
			}
		}
		out = append(out, spaced(line[start:])...)
	}
	return out
}

// spaced parts addresses that only blanks stand between, as PowerShell writes a
// list inside a text.
func spaced(s string) []string {
	words := strings.Fields(s)
	for _, w := range words {
		if !hasAt(w) || strings.ContainsAny(w, `"<>`) {
			return []string{s}
		}
	}
	return words
}

// onlyAddresses: every part that is not empty is one address.
func onlyAddresses(parts []string) bool {
	n := 0
	for _, part := range parts {
		if strings.TrimSpace(part) == "" {
			continue
		}
		if _, _, ok := splitAddress(bare(part)); !ok {
			return false
		}
		n++
	}
	return n > 0
}

var wideBrackets = strings.NewReplacer("＜", "<", "＞", ">")

var angled = regexp.MustCompile(`<([^<>]*)>\s*$`)

// bare takes what stands around an address off: a name, brackets, a scheme.
func bare(part string) string {
	part = wideBrackets.Replace(strings.TrimSpace(part))
	if m := angled.FindStringSubmatch(part); m != nil {
		part = strings.TrimSpace(m[1])
	} else if open := strings.LastIndex(part, "["); open >= 0 && strings.HasSuffix(part, "]") && strings.Contains(part[open:], ":") && !strings.Contains(part[:open], "@") {
		part = part[open+1 : len(part)-1] // "Taro" [SMTP:taro@example.jp]
	}
	if len(part) > 1 && (part[0] == '\'' || part[0] == '"' && !strings.Contains(part[1:], `"@`)) {
		part = strings.Trim(part, `'"`)
	}
	if strings.HasPrefix(strings.ToLower(part), "sip:") {
		return part // of telephony, though it looks like one of mail
	}
	return trimAddress(part)
}

// otherScheme: not an address of mail, as Exchange lists them: SIP:, X500:,
// SPO:, and the path of a directory object.
func otherScheme(written string) bool {
	scheme, _, ok := strings.Cut(written, ":")
	return strings.HasPrefix(written, "/") || ok && word.MatchString(scheme)
}

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
