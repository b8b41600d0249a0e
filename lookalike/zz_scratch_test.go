package lookalike

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	load := func(f string) (out [][]string) {
		b, _ := os.ReadFile(f)
		for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
			out = append(out, strings.Split(l, "\t"))
		}
		return
	}
	h := os.Getenv("ZZ")
	pos, neg := load("/tmp/ll/partner"+h+".tsv"), load("/tmp/ll/neg"+h+".tsv")
	known := map[string]bool{}
	for _, r := range pos {
		known[r[1]] = true
	}
	n := 0
	for i := 0; len(known) < 1000; i++ {
		d := neg[(i*7919+13)%len(neg)]
		if strings.Count(d[0], ".") <= 2 && d[1] != "provider" {
			known[d[0]] = true
		}
		n++
	}
	if v := os.Getenv("STRICT"); v != "" {
		strict = int(v[0] - '0')
	}
	if os.Getenv("RUNB") != "" {
		for seed := 1; seed <= 3; seed++ {
			var list []string
			for i := 0; len(list) < 1000; i++ {
				d := neg[(i*7919*seed+13*seed)%len(neg)]
				if d[1] != "provider" && d[1] != "hard" {
					list = append(list, d[0])
				}
			}
			x := New(Default(), Options{Partners: list})
			f := 0
			for _, r := range neg {
				if m, ok := x.Match(r[0]); ok && m.Certainty >= Likely {
					f++
					if seed == 1 {
						fmt.Println("FPB", r, m.Intended, m.Kind)
					}
				}
			}
			fmt.Println("RUNB", f, float64(f)/float64(len(neg))*100)
		}
		return
	}
	var list []string
	for d := range known {
		list = append(list, d)
	}
	x := New(Default(), Options{Partners: list})
	feat := func(d string, m Match) string {
		_, l, s := split(d)
		_, w, s2 := split(m.Intended)
		if b, ok := x.labels[w]; !ok || x.brands[b].origin == provider {
			return "provider"
		}
		if s != s2 || l == w {
			return "suffix"
		}
		if distance(l, w, 1) > 1 {
			return "far " + m.Kind.String()
		}
		e := compare(l, w)
		dg := ""
		if digit(e.wrote) {
			dg = " digit"
		}
		return fmt.Sprintf("n=%d first=%v cheap=%v last=%v%s", min(len(w), 8), e.first, e.cheap(), e.last, dg)
	}
	type c struct{ p, f int }
	tab := map[string]*c{}
	at := func(k string) *c {
		if tab[k] == nil {
			tab[k] = &c{}
		}
		return tab[k]
	}
	for _, r := range pos {
		m, ok := x.Match(r[0])
		if ok && m.Certainty >= Likely {
			at(feat(r[0], m)).p++
		} else {
			at("missed "+feat(r[0], Match{Intended: r[1]})).p++
			fmt.Println("MISS", r)
		}
	}
	for _, r := range neg {
		if m, ok := x.Match(r[0]); ok && m.Certainty >= Likely {
			at(feat(r[0], m)).f++
			fmt.Println("FP", r, m.Intended, m.Kind)
		}
	}
	for k, v := range tab {
		fmt.Printf("TAB %-45s %6d %4d\n", k, v.p, v.f)
	}
}
