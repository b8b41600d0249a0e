package policy

import (
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/message"
)

// Holds says what becomes of held mail, and who decides.
type Holds struct {
	// Fallback are the administrators: whoever decides where nobody else can.
	Fallback []message.Address
	// Delay, Confirm, Approve and Quarantine are how long each kind waits.
	// Confirm and Approve count in Hours.
	Delay, Confirm, Approve, Quarantine time.Duration
	// Keep is how long bytes are kept after a decision against sending.
	Keep  time.Duration
	Hours Calendar
	// Split lets a finding about some recipients hold these alone.
	Split bool
	// ByRule and ByGroup are approvers, by the names of rules and of the
	// sender's groups.
	ByRule, ByGroup map[string]Approval
}

// Approval is who may approve, and how many of them must.
type Approval struct {
	Who  []message.Address
	Need int
}

// newHolds is the section as it is without a word.
func newHolds(zone *time.Location) Holds {
	return Holds{
		Delay: 5 * time.Minute, Confirm: 24 * time.Hour, Approve: 48 * time.Hour,
		Quarantine: 30 * 24 * time.Hour, Keep: 14 * 24 * time.Hour,
		Hours: newCalendar(zone), Split: true,
	}
}

func (r *reader) readHolds(n *yaml.Node, path string) Holds {
	out := newHolds(r.zone)
	span := func(to *time.Duration) func(*yaml.Node, string) {
		return func(v *yaml.Node, p string) { *to = r.duration(v, p) }
	}
	r.mapping(n, path, "key",
		key{"fallback", func(v *yaml.Node, p string) { out.Fallback = r.addresses(v, p) }},
		key{"delay", span(&out.Delay)},
		key{"confirm", span(&out.Confirm)},
		key{"approve", span(&out.Approve)},
		key{"quarantine", span(&out.Quarantine)},
		key{"keep", span(&out.Keep)},
		key{"hours", func(v *yaml.Node, p string) { out.Hours = r.calendar(v, p) }},
		key{"split", func(v *yaml.Node, p string) { out.Split = r.boolean(v, p) }},
		key{"approvers", func(v *yaml.Node, p string) { r.approvers(v, p, &out) }},
	)
	return out
}

func (r *reader) approvers(n *yaml.Node, path string, out *Holds) {
	r.mapping(n, path, "key",
		key{"rules", func(v *yaml.Node, p string) {
			out.ByRule = map[string]Approval{}
			for k, v := range r.pairs(v, p) {
				if names := r.ruleNames(k, p); len(names) == 1 {
					out.ByRule[names[0]] = r.approval(v, join(p, k.Value))
				}
			}
		}},
		key{"groups", func(v *yaml.Node, p string) {
			out.ByGroup = map[string]Approval{}
			for k, v := range r.pairs(v, p) {
				if r.group(k.Value, r.at(k), p) {
					out.ByGroup[k.Value] = r.approval(v, join(p, k.Value))
				}
			}
		}},
	)
}

// approval reads addresses, or {who: addresses, need: number}.
func (r *reader) approval(n *yaml.Node, path string) Approval {
	out := Approval{Need: 1}
	if n.Kind != yaml.MappingNode {
		out.Who = r.addresses(n, path)
	} else {
		r.mapping(n, path, "key",
			key{"who", func(v *yaml.Node, p string) { out.Who = r.addresses(v, p) }},
			key{"need", func(v *yaml.Node, p string) { out.Need = r.positive(v, p) }},
		)
		if find(n, "who") == nil {
			r.fail(r.at(n), "the addresses of those who may approve", "%swho is missing", prefix(path))
		}
	}
	return out
}

// addresses reads one address or a list of them.
func (r *reader) addresses(n *yaml.Node, path string) []message.Address {
	var out []message.Address
	seen := map[string]bool{}
	for _, it := range r.oneOrMore(n, path) {
		a, ok := r.address(it.at, path, it.text)
		if ok && !seen[a.Key()] {
			seen[a.Key()] = true
			out = append(out, a)
		}
	}
	return out
}

// ReleaseRoute is the route of held mail, notices and digests. It must not
// lead through maillint again.
type ReleaseRoute struct {
	Addresses []string
	Transport
	Username string
	Password Secret
}

func (r *reader) readRelease(n *yaml.Node, path string) ReleaseRoute {
	var out ReleaseRoute
	r.mapping(n, path, "key", append(r.transportKeys(&out.Transport),
		key{"address", func(v *yaml.Node, p string) { out.Addresses = r.hostPorts(v, p) }},
		key{"username", func(v *yaml.Node, p string) { out.Username, _ = r.text(v, p) }},
		key{"password", func(v *yaml.Node, p string) { out.Password = r.secret(v, p) }},
	)...)
	at := r.at(n)
	switch {
	case isNull(n):
	case find(n, "address") == nil:
		r.fail(at, "like smtp-relay.example.ac.jp:587", "%saddress is missing", prefix(path))
	case (find(n, "username") == nil) != (find(n, "password") == nil):
		r.fail(at, "", "%susername and password go together", prefix(path))
	}
	out.Transport = defaultTransport(out.Transport, find(n, "tls") != nil, find(n, "verify") != nil, out.Addresses)
	if out.Username != "" && (out.TLS == NoTLS || out.TLS == Opportunistic) {
		for _, a := range out.Addresses {
			if !loopback(a) {
				r.fail(at, "write tls: starttls", "%sa password must not travel in clear to %s", prefix(path), a)
			}
		}
	}
	return out
}

// StoreAt is where held mail and history are kept.
type StoreAt struct {
	Address string // "sqlite:PATH" or "postgres://..."; empty: not said
	Key     Secret // of the encryption; empty: stored in clear
}

func (r *reader) readStore(n *yaml.Node, path string) StoreAt {
	var out StoreAt
	r.mapping(n, path, "key",
		key{"address", func(v *yaml.Node, p string) { out.Address = r.storeAddress(v, p) }},
		key{"key", func(v *yaml.Node, p string) { out.Key = r.secret(v, p) }},
	)
	return out
}

func (r *reader) storeAddress(n *yaml.Node, path string) string {
	s, ok := r.text(n, path)
	if !ok {
		return ""
	}
	if fix := CheckStoreAddress(s); fix != "" {
		r.fail(r.at(n), fix, "%s%q is no store", prefix(path), clip(s))
	}
	if rest := trimScheme(s, "sqlite:"); rest != s {
		return "sqlite:" + r.world.path(rest)
	}
	return s
}
