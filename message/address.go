package message

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// IsZero reports whether the address is empty.
func (a Address) IsZero() bool { return a.Local == "" && a.Domain == "" }

// String is the address as it is sent: the local part quoted where it must be.
// The carrier form (a..b@docomo.ne.jp) stays bare, as carriers take it.
func (a Address) String() string {
	if a.Domain == "" {
		return a.Local
	}
	if needsQuotes(a.Local) {
		return quote(a.Local) + "@" + a.Domain
	}
	return a.Local + "@" + a.Domain
}

// Key is what two spellings of one mailbox have in common: lower case, and the
// domain in A-labels. RFC 5321 lets local parts differ by case; no mail system
// in use does.
func (a Address) Key() string { return strings.ToLower(a.Local) + "@" + a.Domain }

// Name is the display name, decoded.
func (a Address) Name() string {
	if a.Phrase == "" {
		return ""
	}
	text, _ := decodeWords(a.Phrase)
	return strings.TrimSpace(text)
}

// Registrable is the registrable domain (public suffix and one label more),
// or the domain itself where it has none.
func (a Address) Registrable() string { return Registrable(a.Domain) }

// Registrable gives the registrable domain of a lower-case A-label domain.
func Registrable(domain string) string {
	if strings.HasPrefix(domain, "[") {
		return domain
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return d
	}
	return domain
}

// Unicode is the domain with its A-labels shown as U-labels.
func (a Address) Unicode() string {
	if !strings.Contains(a.Domain, "xn--") {
		return a.Domain
	}
	u, _ := idna.ToUnicode(a.Domain)
	return u
}

// Domain gives a domain's normal form: lower case, A-labels, no final dot. ok
// is false where IDNA refuses it; the result is then only lower-cased.
func Domain(s string) (domain string, ok bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return strings.ToLower(s), literal(s[1 : len(s)-1])
	}
	if plain(s) {
		return lower(s), noEmptyLabel(s)
	}
	a, err := idnaProfile.ToASCII(s)
	a = strings.TrimSuffix(a, ".")
	if err != nil || !noEmptyLabel(a) { // some letters are written as nothing (U+034F)
		return lower(s), false
	}
	return a, true
}

func noEmptyLabel(domain string) bool {
	return domain != "" && domain[0] != '.' && !strings.Contains(domain, "..")
}

// idnaProfile is UTS #46 as registrars and mail programs apply it: mapping of
// case and width, no check of what is displayed.
var idnaProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(false))

// literal reports whether s is an address literal's inside (RFC 5321, 4.1.3).
func literal(s string) bool {
	s = strings.TrimPrefix(strings.ToLower(s), "ipv6:")
	_, err := netip.ParseAddr(s)
	return err == nil
}

// plain domains need no IDNA: ASCII letters, digits, hyphens, underscores and
// dots, and no A-label to check.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return len(s) < 4 || !strings.Contains(lower(s), "xn--")
}

// lower is strings.ToLower, without a copy where nothing changes.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf {
			return strings.ToLower(s)
		}
	}
	return s
}

// atext is RFC 5322, 3.2.3, with UTF-8 (RFC 6532).
func atext(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// needsQuotes: anything but atoms and dots, wherever the dots stand.
func needsQuotes(local string) bool {
	for i := 0; i < len(local); i++ {
		if !atext(local[i]) && local[i] != '.' {
			return true
		}
	}
	return local == ""
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// ParseAddress reads one address, with or without a display name. ok is false
// where there is not exactly one. Its Span is empty: it stands in no message.
func ParseAddress(s string) (a Address, ok bool) {
	list, _ := ParseAddressList(s)
	if len(list) != 1 {
		return Address{}, false
	}
	list[0].Span = Span{} // of s, and not of a message
	return list[0], true
}

// ParseAddressList reads an address list as a header field holds it (RFC 5322,
// 3.4), and what is met instead: semicolons, missing commas, groups, comments,
// addresses without names and names without addresses. A bad one does not lose
// the others. Spans count from the start of s.
func ParseAddressList(s string) ([]Address, []Defect) {
	p := addressParser{s: s, most: DefaultLimits.Addresses}
	p.list()
	return p.out, p.defects
}

// Addresses gives the addresses of every field of that name, in order. Fields
// are read once.
func (m *Message) Addresses(name string) []Address {
	for i := range m.lists {
		if l := &m.lists[i]; len(l.name) == len(name) && strings.EqualFold(l.name, name) {
			return l.list
		}
	}
	if !m.Has(name) {
		return nil
	}
	var out []Address
	for i := range m.Fields {
		f := &m.Fields[i]
		if !f.Is(name) {
			continue
		}
		p := addressParser{s: f.folded, base: f.body.Start, most: m.budget, out: out, where: f.Name}
		before := len(out)
		p.list()
		out = p.out
		m.budget -= len(out) - before
		for _, d := range p.defects {
			m.note(d.Kind, d.Where, d.Span, "%s", d.Detail)
		}
	}
	m.lists = append(m.lists, addressList{name, out})
	return out
}

// addressList is what the fields of a name hold.
type addressList struct {
	name string
	list []Address
}

// To, Cc, Bcc and From are the addresses of the fields of these names.
func (m *Message) To() []Address   { return m.Addresses("to") }
func (m *Message) Cc() []Address   { return m.Addresses("cc") }
func (m *Message) Bcc() []Address  { return m.Addresses("bcc") }
func (m *Message) From() []Address { return m.Addresses("from") }
