package policy

import (
	"go.yaml.in/yaml/v4"

	"maillint/content"
)

// Bounds of the limits: more archives in one another than this mean nothing,
// more files or octets no machine has.
const (
	mostDepth = 100
	mostFiles = 1_000_000
	mostOctet = 16 << 30
)

// readLimits reads how far the files of one message are looked into. What is
// not given is content.DefaultBudget's.
func (r *reader) readLimits(n *yaml.Node, path string) content.Budget {
	var out content.Budget
	count := func(to *int, most int) func(*yaml.Node, string) {
		return func(v *yaml.Node, p string) {
			if *to = r.integer(v, p); v.Kind == yaml.ScalarNode && (*to < 1 || *to > most) {
				r.fail(r.at(v), "", "%smust be from 1 to %d", prefix(p), most)
			}
		}
	}
	octets := func(to *int64) func(*yaml.Node, string) {
		return func(v *yaml.Node, p string) {
			if *to = r.size(v, p); *to > mostOctet {
				r.fail(r.at(v), "", "%smust be at most 16G", prefix(p))
			}
		}
	}
	r.mapping(n, path, "key",
		key{"depth", count(&out.Depth, mostDepth)},
		key{"files", count(&out.Files, mostFiles)},
		key{"file_size", octets(&out.File)},
		key{"unpacked", octets(&out.Unpacked)},
		key{"ratio", func(v *yaml.Node, p string) {
			var ratio int
			count(&ratio, mostFiles)(v, p)
			out.Ratio = int64(ratio)
		}},
		key{"text", octets(&out.Text)},
		key{"time", func(v *yaml.Node, p string) { out.Time = r.duration(v, p) }},
	)
	return out
}
