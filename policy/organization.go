package policy

import (
	"strings"
	"time"
	_ "time/tzdata" // organization.timezone works on systems without zone files

	"go.yaml.in/yaml/v4"
)

// Organization is whose mail is judged.
type Organization struct {
	Name string
	// Domains are internal: "example.ac.jp" with what is below it,
	// "=example.ac.jp" alone, "!hosp.example.ac.jp" taken out. Empty means
	// not set.
	Domains []string
	// Partners are domains that are often written to.
	Partners []string
	// Protected are names and addresses of people and offices that others
	// pose as.
	Protected []string
	// Webmail are private mail providers besides the shipped ones.
	Webmail []string
	// Zone is the time zone of hours and dates.
	Zone *time.Location
}

func (r *reader) readOrganization(n *yaml.Node, path string) (o Organization) {
	r.mapping(n, path, "key",
		key{"name", func(v *yaml.Node, p string) { o.Name, _ = r.text(v, p) }},
		key{"domains", func(v *yaml.Node, p string) { o.Domains = r.domains(v, p, true) }},
		key{"partners", func(v *yaml.Node, p string) { o.Partners = r.domains(v, p, false) }},
		key{"protected", func(v *yaml.Node, p string) { o.Protected = texts(r.items(v, p)) }},
		key{"webmail", func(v *yaml.Node, p string) { o.Webmail = r.domains(v, p, false) }},
		key{"timezone", func(v *yaml.Node, p string) {}}, // readZone has it
	)
	o.Zone = r.zone
	return o
}

// readZone reads the time zone before everything else, because dates need it.
func (r *reader) readZone(top *yaml.Node) {
	v := find(find(top, "organization"), "timezone")
	if v == nil {
		return
	}
	const path = "organization.timezone"
	name, ok := r.text(v, path)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		r.fail(r.at(v), "write it like Asia/Tokyo", "%s: unknown time zone %q", path, clip(name))
		return
	}
	r.zone = zone
}

// find gives the value of a key, or nil.
func find(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// domains reads domain entries and gives them in their normal form. Marks
// ("=", "!") are for internal domains only.
func (r *reader) domains(n *yaml.Node, path string, marks bool) []string {
	var out []string
	seen := map[string]bool{}
	for _, it := range r.items(n, path) {
		name := it.text
		mark := ""
		if marks && (strings.HasPrefix(name, "=") || strings.HasPrefix(name, "!")) {
			mark, name = name[:1], name[1:]
		} else if rest := strings.TrimLeft(name, "=!"); rest != name && !marks {
			r.fail(it.at, "write "+rest, "%s%q: = and ! are for organization.domains", prefix(path), clip(name))
			continue
		}
		d, ok := r.domain(it.at, path, name)
		switch {
		case !ok:
			continue
		case mark != "!" && publicSuffix(d):
			r.fail(it.at, "", "%s%q is a public suffix: anybody can have a domain below it", prefix(path), clip(name))
			continue
		case seen[mark+d]:
			r.warn(it.at, "", "%s%q stands twice", prefix(path), clip(it.text))
			continue
		}
		seen[mark+d] = true
		out = append(out, mark+d)
	}
	return out
}

func texts(items []item) []string {
	out := make([]string, len(items))
	for i := range items {
		out[i] = items[i].text
	}
	return out
}
