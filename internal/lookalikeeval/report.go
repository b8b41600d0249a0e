package main

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"maillint/lookalike"
)

// report prints one figure a line.
type report struct {
	out   io.Writer
	show  bool
	rules bool // without the shipped lists
}

// index knows the shipped providers, and partners.
func (r report) index(partners []string) *lookalike.Index {
	return lookalike.New(lookalike.Default(), lookalike.Options{Partners: partners, RulesOnly: r.rules})
}

func (r report) line(name, value string) { fmt.Fprintf(r.out, "%-44s %s\n", name, value) }

func (r report) detail(format string, args ...any) {
	if r.show {
		fmt.Fprintf(r.out, "\t"+format+"\n", args...)
	}
}

// flagged gives a match that would hold mail.
func flagged(index *lookalike.Index, domain string) (lookalike.Match, bool) {
	m, ok := index.Match(domain)
	return m, ok && m.Certainty >= lookalike.Likely
}

// tally counts per group.
type tally map[string]*[3]int // rows, found, right

func (t tally) at(group string) *[3]int {
	if t[group] == nil {
		t[group] = new([3]int)
	}
	return t[group]
}

// recall prints how many slips are found, and with the right domain, in all and
// for each kind and tier that the file names.
func (r report) recall(index *lookalike.Index, rows [][]string) {
	t := tally{}
	for _, row := range rows {
		m, ok := flagged(index, row[0])
		right := ok && m.Intended == row[1]
		if !right {
			r.detail("%s: want %s, got %q %v %v", row[0], row[1], m.Intended, m.Kind, ok)
		}
		for _, group := range append([]string{"all"}, row[2:]...) {
			c := t.at(group)
			c[0]++
			c[1] += count(ok)
			c[2] += count(right)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(t)) {
		c := t[group]
		r.line("slips, "+group+": found", percent(c[1], c[0]))
		r.line("slips, "+group+": right", percent(c[2], c[0]))
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// falseAlarms prints the honest domains flagged, in all and for each class.
func (r report) falseAlarms(name string, index *lookalike.Index, rows [][]string) {
	t := tally{}
	infos := 0
	for _, row := range rows {
		m, ok := index.Match(row[0])
		infos += count(ok && m.Certainty == lookalike.Info)
		ok = ok && m.Certainty >= lookalike.Likely
		if ok {
			r.detail("%s (%s): %s %v %v", row[0], row[1], m.Intended, m.Kind, m.Certainty)
		}
		for _, group := range []string{"all", row[1]} {
			c := t.at(group)
			c[0]++
			c[1] += count(ok)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(t)) {
		r.line(name+", "+group+": flagged", percent(t[group][1], t[group][0]))
	}
	r.line(name+": info", fmt.Sprint(infos))
}

// contested prints the names that must be silent or info and are not.
func (r report) contested(index *lookalike.Index, rows [][]string) {
	n := 0
	for _, row := range rows {
		if m, ok := flagged(index, row[0]); ok {
			n++
			r.detail("%s: %s %v", row[0], m.Intended, m.Kind)
		}
	}
	r.line("contested: flagged", percent(n, len(rows)))
}

// partners measures the rule for partners with a thousand of them: those that
// the slips belong to, filled up with honest domains.
func (r report) partners(slips, honest [][]string) {
	if len(slips) == 0 {
		return
	}
	known := map[string]bool{}
	for _, row := range slips {
		known[row[1]] = true
	}
	random := rand.New(rand.NewPCG(1, 2))
	for len(honest) > 2000 && len(known) < 1000 {
		if d := honest[random.IntN(len(honest))][0]; strings.Count(d, ".") <= 2 {
			known[d] = true
		}
	}
	list := slices.Sorted(maps.Keys(known))
	index := r.index(list)
	r.line("partners", fmt.Sprint(len(list)))
	quiet := r
	quiet.show = false
	quiet.recall(index, slips)
	r.falseAlarms("honest domains beside partners", index, honest)
}

// speed prints how many distinct domains and how many repeats are judged in a
// second.
func (r report) speed(index *lookalike.Index, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fresh := r.index(nil)
	start := time.Now()
	for _, row := range rows {
		fresh.Match(row[0])
	}
	r.line("distinct domains a second", fmt.Sprintf("%.0f", float64(len(rows))/time.Since(start).Seconds()))
	const repeats = 3_000_000
	few := rows[:min(len(rows), 10_000)]
	start = time.Now()
	for i := range repeats {
		index.Match(few[i*7919%len(few)][0])
	}
	r.line("addresses a second, with repeats", fmt.Sprintf("%.0f", repeats/time.Since(start).Seconds()))
}
