package policy

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/message"
)

// Service is a system that sends mail by itself.
type Service struct {
	Name  string
	Owner message.Address // a mailbox that people read
	// Bulk says that it may write to many.
	Bulk bool
	// PerHour is how many recipients an hour it is expected to write to; ten
	// times as many alarm. Ceiling, where set, is where it is stopped.
	PerHour, Ceiling int
	// HoldNever: no one waits for this mail to be looked at. What would be
	// held is tagged and alarms.
	HoldNever bool
	// RelayOnFailure: a failure of our own surroundings relays its mail
	// instead of answering 451.
	RelayOnFailure bool
	// Review is the day by which the owner looks at this entry again.
	Review time.Time

	networks []netip.Prefix
	logins   []string
	paths    *List
	null     bool // the null reverse-path is its own too
	from     *List
	at       place
}

func (r *reader) readServices(n *yaml.Node, path string) []*Service {
	var out []*Service
	for k, v := range r.pairs(n, path) {
		at := join(path, k.Value)
		if !kebab.MatchString(k.Value) {
			r.fail(r.at(k), "", "%snames are small letters, digits and hyphens, not %q", prefix(path), clip(k.Value))
			continue
		}
		s := &Service{Name: k.Value, at: r.at(k)}
		r.readService(s, v, at)
		out = append(out, s)
	}
	return out
}

func (r *reader) readService(s *Service, n *yaml.Node, path string) {
	r.mapping(n, path, "key",
		key{"owner", func(v *yaml.Node, p string) {
			if text, ok := r.text(v, p); ok {
				s.Owner, _ = r.address(r.at(v), p, text)
			}
		}},
		key{"networks", func(v *yaml.Node, p string) { s.networks = r.networks(v, p) }},
		key{"logins", func(v *yaml.Node, p string) { s.logins = texts(r.items(v, p)) }},
		key{"reverse_path", func(v *yaml.Node, p string) { r.reversePaths(s, v, p) }},
		key{"from", func(v *yaml.Node, p string) { s.from = r.newList(p, p, r.items(v, p)) }},
		key{"bulk", func(v *yaml.Node, p string) { s.Bulk = r.boolean(v, p) }},
		key{"recipients_per_hour", func(v *yaml.Node, p string) { s.PerHour = r.positive(v, p) }},
		key{"ceiling", func(v *yaml.Node, p string) { s.Ceiling = r.positive(v, p) }},
		key{"hold", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "value", []string{"owner", "never"})
			s.HoldNever = i == 1
		}},
		key{"on_failure", func(v *yaml.Node, p string) { s.RelayOnFailure = r.onFailure(v, p) }},
		key{"review", func(v *yaml.Node, p string) { s.Review, _ = r.date(v, p) }},
	)
	at := s.at
	if find(n, "owner") == nil {
		r.fail(at, "a mailbox that people read", "%sowner is missing", prefix(path))
	}
	if find(n, "reverse_path") == nil || find(n, "networks") == nil && find(n, "logins") == nil {
		r.fail(at, "", "%sa service is recognised by networks or logins, and by reverse_path: a header alone proves nothing", prefix(path))
	}
}

func (r *reader) onFailure(n *yaml.Node, path string) bool {
	if n.Value == "451" && n.Kind == yaml.ScalarNode { // a number to YAML
		return false
	}
	i, _ := r.word(n, path, "value", []string{"451", "relay"})
	return i == 1
}

func (r *reader) positive(n *yaml.Node, path string) int {
	v := r.integer(n, path)
	if v < 0 || n.Value == "0" {
		r.fail(r.at(n), "", "%smust be at least 1", prefix(path))
	}
	return v
}

func (r *reader) networks(n *yaml.Node, path string) []netip.Prefix {
	var out []netip.Prefix
	for _, it := range r.items(n, path) {
		if a, err := netip.ParseAddr(it.text); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(it.text)
		switch {
		case err != nil:
			r.fail(it.at, "write it like 192.0.2.0/24", "%s%q is no network", prefix(path), clip(it.text))
		case p.Bits() == 0:
			r.fail(it.at, "", "%s%q is every machine there is", prefix(path), it.text)
		default:
			if p != p.Masked() {
				r.warn(it.at, "write "+p.Masked().String(), "%s%q has bits outside its mask", prefix(path), it.text)
			}
			out = append(out, p.Masked())
		}
	}
	return out
}

func (r *reader) reversePaths(s *Service, n *yaml.Node, path string) {
	items := r.items(n, path)
	s.null = slices.ContainsFunc(items, func(it item) bool { return it.text == "<>" })
	items = slices.DeleteFunc(items, func(it item) bool { return it.text == "<>" })
	s.paths = r.newList(path, path, items)
	if len(items) == 0 && !s.null {
		r.fail(r.at(n), "", "%sis empty", prefix(path))
	}
}

// Service finds the service that a message is from, or gives nil: it came from
// its network or log-in, with its reverse-path, and from no other From address
// than it may use.
func (p *Policy) Service(m *message.Message, by Identity) *Service {
	for _, s := range p.Services {
		if s.knows(by) && s.within(m) {
			return s
		}
	}
	return nil
}

func (s *Service) knows(by Identity) bool {
	remote := by.Remote.Unmap()
	return by.Trust == Authenticated && slices.ContainsFunc(s.logins, func(l string) bool { return strings.EqualFold(l, by.Account) }) ||
		remote.IsValid() && slices.ContainsFunc(s.networks, func(p netip.Prefix) bool { return p.Contains(remote) })
}

func (s *Service) within(m *message.Message) bool {
	if m.Envelope.Null {
		return s.null
	}
	if !s.paths.Match(m.Envelope.ReversePath) {
		return false
	}
	return s.from == nil || !slices.ContainsFunc(m.From(), func(a message.Address) bool { return !s.from.Match(a) })
}
