package policy

import (
	"regexp"

	"go.yaml.in/yaml/v4"
)

// Milter says how an MTA hands mail over.
type Milter struct {
	// Listen are sockets: "unix:PATH" or "inet:HOST:PORT".
	Listen []string
	// Vouched: the MTA checks that a sender may use the reverse-path.
	Vouched bool
}

func (r *reader) readMilter(n *yaml.Node, path string) Milter {
	var out Milter
	r.mapping(n, path, "key",
		key{"listen", func(v *yaml.Node, p string) {
			for _, it := range r.oneOrMore(v, p) {
				if hint := CheckSocket(it.text); hint != "" {
					r.fail(it.at, hint, "%s%q is no socket", prefix(p), clip(it.text))
					continue
				}
				out.Listen = append(out.Listen, it.text)
			}
		}},
		key{"identity", func(v *yaml.Node, p string) {
			_, out.Vouched = r.word(v, p, "source", []string{"reverse-path"})
		}},
	)
	return out
}

// CheckSocket gives what to write instead of a milter's socket, or "".
func CheckSocket(s string) string {
	if p := trimScheme(s, "unix:"); p != s && p != "" {
		return ""
	}
	if a := trimScheme(s, "inet:"); a != s && checkHostPort(a, true) == "" {
		return ""
	}
	return "write unix:/run/maillint/milter.sock or inet:127.0.0.1:8891"
}

// StampKey is a key of the stamps that prove that mail went through maillint.
type StampKey struct {
	ID     string
	Secret Secret
}

var stampName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// readStamp reads the keys of stamps. The first one makes them, all are taken.
func (r *reader) readStamp(n *yaml.Node, path string) []StampKey {
	var out []StampKey
	r.mapping(n, path, "key", key{"keys", func(v *yaml.Node, p string) {
		for k, secret := range r.pairs(v, p) {
			at, before := join(p, k.Value), len(r.problems)
			s := r.secret(secret, at)
			switch {
			case len(r.problems) > before: // said already
			case !stampName.MatchString(k.Value):
				r.fail(r.at(k), "like 2026-11", "%s%q is no name for a key: small letters, digits, hyphens and dots", prefix(p), clip(k.Value))
			case len(s.Reveal()) < 16:
				r.fail(r.at(secret), `make one with "openssl rand -hex 32"`, "%sshorter than 16 characters", prefix(at))
			default:
				out = append(out, StampKey{k.Value, s})
			}
		}
	}})
	return out
}
