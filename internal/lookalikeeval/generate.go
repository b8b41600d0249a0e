package main

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"maillint/lookalike"
)

// shares of the kinds of slip in a hundred, as documented mistyped mail domains
// have them (Szurdi and Christin, Email Typosquatting, IMC 2017), without what
// touches the suffix.
var shares = []struct {
	percent int
	slip    func(*rand.Rand, string) string
}{
	{38, swap}, {36, omit}, {10, double}, {8, neighbour}, {4, insert}, {4, replace},
}

// slipOf gives the domain with one slip in the label before its first dot. It
// knows nothing of how package lookalike judges.
func slipOf(r *rand.Rand, domain string) string {
	label, rest, _ := strings.Cut(domain, ".")
	for {
		n := r.IntN(100)
		for _, s := range shares {
			if n -= s.percent; n < 0 {
				if wrote := s.slip(r, label); wrote != label && wrote != "" && wrote[0] != '-' && wrote[len(wrote)-1] != '-' {
					return wrote + "." + rest
				}
				break
			}
		}
	}
}

func swap(r *rand.Rand, s string) string {
	i := r.IntN(max(1, len(s)-1))
	if i+1 >= len(s) {
		return s
	}
	return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
}

func omit(r *rand.Rand, s string) string {
	i := r.IntN(len(s))
	return s[:i] + s[i+1:]
}

func double(r *rand.Rand, s string) string {
	i := r.IntN(len(s))
	return s[:i+1] + s[i:]
}

// rows of a keyboard: a slip goes to the key on the left or on the right.
var keyboard = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

func neighbour(r *rand.Rand, s string) string {
	i := r.IntN(len(s))
	for _, row := range keyboard {
		at := strings.IndexByte(row, s[i])
		if at < 0 {
			continue
		}
		to := at + 1 - 2*r.IntN(2)
		if to < 0 || to >= len(row) {
			to = 2*at - to
		}
		return s[:i] + row[to:to+1] + s[i+1:]
	}
	return s
}

const alphabet = "abcdefghijklmnopqrstuvwxyz"

func insert(r *rand.Rand, s string) string {
	i, c := r.IntN(len(s)+1), r.IntN(len(alphabet))
	return s[:i] + alphabet[c:c+1] + s[i:]
}

func replace(r *rand.Rand, s string) string {
	i, c := r.IntN(len(s)), r.IntN(len(alphabet))
	return s[:i] + alphabet[c:c+1] + s[i+1:]
}

// learned measures the rule for partners on sets that are drawn from the honest
// domains: a thousand partners at a time, three slips of each, and the rest of
// the honest domains to be left alone. A slip that is itself an honest domain of
// the file counts for nothing.
func (r report) learned(honest [][]string, rounds int) {
	var left, flags int
	var slips [5]int // all, found, right; labels of five letters and more, of them found
	all := map[string]bool{}
	for _, row := range honest {
		all[row[0]] = true
	}
	var pool []string
	for _, row := range honest {
		if d, err := publicsuffix.EffectiveTLDPlusOne(row[0]); err == nil && d == row[0] {
			pool = append(pool, d)
		}
	}
	if rounds == 0 || len(pool) < 2 {
		return
	}
	base := alarms(r.index(nil), honest)
	for round := range rounds {
		random := rand.New(rand.NewPCG(uint64(round), 7))
		partners := map[string]bool{}
		for len(partners) < min(1000, len(pool)/2) {
			partners[pool[random.IntN(len(pool))]] = true
		}
		list := slices.Sorted(maps.Keys(partners))
		index := r.index(list)
		for _, p := range list {
			for range 3 {
				wrote := slipOf(random, p)
				if all[wrote] {
					continue
				}
				m, ok := flagged(index, wrote)
				if !ok {
					r.detail("%s: want %s", wrote, p)
				}
				long := strings.IndexByte(p, '.') >= 5
				slips[0]++
				slips[1] += count(ok)
				slips[2] += count(ok && m.Intended == p)
				slips[3] += count(long)
				slips[4] += count(long && ok)
			}
		}
		left += len(honest) - len(list)
		flags += alarms(index, honest)
	}
	r.line("drawn partners, generated slips: found", percent(slips[1], slips[0]))
	r.line("drawn partners, generated slips: right", percent(slips[2], slips[0]))
	r.line("of labels of five letters and more: found", percent(slips[4], slips[3]))
	r.line("honest domains beside drawn partners: flagged", percent(flags, left))
	r.line("of these without any partner", percent(rounds*base, left))
}

// alarms counts the honest domains that are flagged.
func alarms(index *lookalike.Index, honest [][]string) int {
	n := 0
	for _, row := range honest {
		_, ok := flagged(index, row[0])
		n += count(ok)
	}
	return n
}
