package submit

import (
	"errors"
	"strings"
	"unicode/utf8"

	"maillint/message"
)

// Path is a reverse-path or a recipient, with its ESMTP parameters as the
// client gave them. The zero Path is the null reverse-path.
type Path struct {
	Address message.Address
	Params  []Param
}

// Param is an ESMTP parameter (RFC 5321, 4.1.2): SIZE=1000, SMTPUTF8.
type Param struct {
	Key   string // as given; compare without regard to case
	Value string // "" where there is none
}

// Param gives the value of a parameter, and whether it is there.
func (p Path) Param(key string) (value string, ok bool) {
	for _, q := range p.Params {
		if strings.EqualFold(q.Key, key) {
			return q.Value, true
		}
	}
	return "", false
}

// ErrPath is given for an address that cannot be sent safely: another server
// could read it as a different one. The reply to a client is 553 5.1.3.
var ErrPath = errors.New("submit: address cannot be passed on safely")

// String is the path for people.
func (p Path) String() string { return "<" + p.Address.String() + ">" }

// Wire gives the path as it is sent, "<local@domain>" and parameters. It is the
// only place where an address becomes bytes of the SMTP dialogue.
//
// A dot-atom is sent bare, also with dots at its ends or doubled (the carrier
// form). Any other local part is quoted. One with a character that could end
// the quotes or the path for a careless reader is ErrPath, as is a domain that
// is no host name or address literal.
func (p Path) Wire() (string, error) {
	a, err := wireAddress(p.Address)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(len(a) + 2)
	b.WriteByte('<')
	b.WriteString(a)
	b.WriteByte('>')
	for _, q := range p.Params {
		if !q.valid() {
			return "", ErrPath
		}
		b.WriteByte(' ')
		b.WriteString(q.Key)
		if q.Value != "" {
			b.WriteByte('=')
			b.WriteString(q.Value)
		}
	}
	return b.String(), nil
}

// Limits of RFC 5321, 4.5.3.1.1 and .2; twice and more of what it allows for
// local parts, since bounce addresses go beyond.
const (
	maxLocal  = 256
	maxDomain = 255
)

func wireAddress(a message.Address) (string, error) {
	if a.IsZero() {
		return "", nil
	}
	if a.Local == "" || len(a.Local) > maxLocal || !validLocal(a.Local) {
		return "", ErrPath
	}
	local := a.Local
	if !bare(local) {
		local = `"` + local + `"`
	}
	if a.Domain == "" {
		if !strings.EqualFold(local, "postmaster") {
			return "", ErrPath
		}
		return local, nil
	}
	if len(a.Domain) > maxDomain || !validDomain(a.Domain) {
		return "", ErrPath
	}
	return local + "@" + a.Domain, nil
}

// validLocal refuses what no reader may see in a local part.
func validLocal(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if c <= ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || strings.ContainsRune(`@<>\"`, c) || blank(c) {
			return false
		}
	}
	return true
}

// blank are the characters beyond ASCII that are shown as nothing or as a gap.
func blank(c rune) bool {
	return c == 0xa0 || c == 0x3000 || c == 0xfeff || c == 0x1680 || c >= 0x2000 && c <= 0x200f || c >= 0x2028 && c <= 0x202f ||
		c >= 0x205f && c <= 0x206f
}

// bare reports whether the local part needs no quotes: atext and dots, in any order.
func bare(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf ||
			strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0) {
			return false
		}
	}
	return true
}

// validDomain takes A-labels, and address literals.
func validDomain(s string) bool {
	inner, literal := strings.CutPrefix(s, "[")
	if literal {
		inner, literal = strings.CutSuffix(inner, "]")
		if !literal {
			return false
		}
	}
	for i := 0; i < len(inner); i++ {
		c := inner[i]
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
		if !(ok || literal && c == ':' || !literal && c == '_') {
			return false
		}
	}
	return inner != "" && (literal || inner[0] != '.' && inner[len(inner)-1] != '.' && !strings.Contains(inner, ".."))
}

// valid is RFC 5321, 4.1.2 (esmtp-param), with UTF-8 in values (RFC 6531, 3.4).
func (q Param) valid() bool {
	for i := 0; i < len(q.Key); i++ {
		c := q.Key[i]
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !alnum && (c != '-' || i == 0) {
			return false
		}
	}
	for i := 0; i < len(q.Value); i++ {
		if c := q.Value[i]; c <= ' ' || c == '=' || c == 0x7f {
			return false
		}
	}
	return q.Key != "" && utf8.ValidString(q.Value)
}

// ParseParams reads the parameters behind a path. ok is false where the text
// is no list of parameters, or one is named twice.
func ParseParams(s string) (params []Param, ok bool) {
	for _, f := range strings.FieldsFunc(s, func(c rune) bool { return c == ' ' }) {
		key, value, has := strings.Cut(f, "=")
		p := Param{Key: key, Value: value}
		if !p.valid() || has && value == "" {
			return nil, false
		}
		if _, twice := (Path{Params: params}).Param(key); twice {
			return nil, false
		}
		params = append(params, p)
	}
	return params, true
}
