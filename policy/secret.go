package policy

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Secret is a password or key. A policy never holds one: it says where to take
// it from. It does not print.
type Secret struct{ value, file string }

// File is where the secret was read from, or "".
func (s Secret) File() string { return s.file }

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return s.value }

// String hides the secret in logs.
func (s Secret) String() string { return "(secret)" }

// GoString hides the secret in %#v.
func (s Secret) GoString() string { return "policy.Secret{}" }

// secret reads "${NAME}" or "file:PATH". A secret in clear is refused: a
// policy is shown, copied and kept in version control.
func (r *reader) secret(n *yaml.Node, path string) Secret {
	s, ok := r.raw(n, path)
	if !ok {
		return Secret{}
	}
	if name, ok := strings.CutPrefix(s, "file:"); ok {
		data, err := r.world.read(r.world.path(strings.TrimSpace(name)))
		if err != nil {
			r.fail(r.at(n), "", "%scannot read the secret: %v", prefix(path), err)
		}
		return Secret{strings.TrimRight(string(data), "\r\n"), r.world.path(strings.TrimSpace(name))}
	}
	if m := variable.FindString(s); m != s || m == "" {
		r.fail(r.at(n), "write ${NAME} or file:PATH", "%sa secret must not stand in the policy", prefix(path))
		return Secret{}
	}
	return Secret{value: r.expand(s, r.at(n), path)}
}
