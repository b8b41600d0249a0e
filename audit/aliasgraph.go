package audit

import (
	"maps"
	"slices"
	"strings"
)

// aliasDepth bounds how far aliases of aliases are followed, as rspamd does.
const aliasDepth = 10

// aliasReach bounds how many are looked at for one alias.
const aliasReach = 1000

// aliasGraph tells which aliases lead to which.
type aliasGraph map[string]aliasNode

type aliasNode struct {
	line int
	to   []string // local names
}

func (g aliasGraph) add(key string, line int, items []aliasItem) {
	n := aliasNode{line: line}
	for _, item := range items {
		if item.kind == 'l' && !item.keep {
			n.to = append(n.to, strings.ToLower(item.text))
		}
	}
	g[strings.ToLower(key)] = n
}

// report adds to each setting by which other aliases it is reached, and warns
// of loops.
func (g aliasGraph) report(a *auditor, path string, settings []*setting) {
	from := map[string][]string{}
	for name, n := range g {
		for _, to := range n.to {
			if _, ok := g[to]; ok && to != name {
				from[to] = append(from[to], name)
			}
		}
	}
	for _, s := range settings {
		if up := ancestors(from, strings.ToLower(s.mailbox)); len(up) > 0 {
			s.note("also reached from", strings.Join(up[:min(len(up), 10)], ", "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g)) {
		if g.loops(name) {
			a.warn(place{path: path, line: g[name].line}, "the alias "+clip(name, 60)+" leads back to itself")
		}
	}
}

// ancestors are the names from which a name is reached, sorted.
func ancestors(from map[string][]string, name string) []string {
	seen := map[string]bool{name: true}
	level := []string{name}
	for range aliasDepth {
		var next []string
		for _, n := range level {
			for _, up := range from[n] {
				if !seen[up] && len(seen) < aliasReach {
					seen[up] = true
					next = append(next, up)
				}
			}
		}
		level = next
	}
	delete(seen, name)
	out := make([]string, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// loops tells whether a name leads back to itself through others.
func (g aliasGraph) loops(name string) bool {
	level, seen := g[name].to, map[string]bool{}
	for range aliasDepth {
		var next []string
		for _, n := range level {
			if n == name {
				return len(seen) > 0
			}
			if !seen[n] && len(seen) < aliasReach {
				seen[n] = true
				next = append(next, g[n].to...)
			}
		}
		level = next
	}
	return false
}
