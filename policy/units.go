package policy

import (
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"
)

var (
	sizeForm     = regexp.MustCompile(`^([1-9][0-9]{0,11}) ?(|[KMGT](?:i?B)?)$`)
	durationForm = regexp.MustCompile(`^([1-9][0-9]{0,5}) ?(s|m|h|d)$`)
)

var units = map[byte]int64{'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30, 'T': 1 << 40}

// size reads octets: 50M, 4G.
func (r *reader) size(n *yaml.Node, path string) int64 {
	if n.Kind == yaml.ScalarNode {
		if m := sizeForm.FindStringSubmatch(n.Value); m != nil {
			v, err := strconv.ParseInt(m[1], 10, 64)
			unit := int64(1)
			if m[2] != "" {
				unit = units[m[2][0]]
			}
			if err == nil && v <= 1<<60/unit {
				return v * unit
			}
		}
	}
	r.fail(r.at(n), "write it like 50M", "%swant a size, not %s", prefix(path), kindOf(n))
	return 0
}

// duration reads a stretch of time: 5m, 24h, 30d.
func (r *reader) duration(n *yaml.Node, path string) time.Duration {
	if n.Kind == yaml.ScalarNode {
		if m := durationForm.FindStringSubmatch(n.Value); m != nil {
			v, _ := strconv.ParseInt(m[1], 10, 64)
			unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
			if v <= int64(10*366*24*time.Hour/unit) {
				return time.Duration(v) * unit
			}
		}
	}
	r.fail(r.at(n), "write it like 5m, 24h or 30d", "%swant a stretch of time, not %s", prefix(path), kindOf(n))
	return 0
}
