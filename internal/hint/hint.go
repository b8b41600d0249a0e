// Package hint tells what a text must hold for a regular expression to match
// it: looking for words is a hundred times cheaper than looking for a pattern.
package hint

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Of gives lists of texts, in small letters: of each list one text stands in
// the small letters of everything that the pattern (RE2) matches.
func Of(pattern string) [][]string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return hints(re.Simplify())
}

// Bounds of hints: texts in one list, and octets of the shortest that is worth
// looking for.
const (
	maxHints = 32
	minHint  = 3
)

func hints(re *syntax.Regexp) [][]string {
	switch re.Op {
	case syntax.OpLiteral:
		if s := strings.ToLower(string(re.Rune)); foldable(s) && len(s) >= minHint {
			return [][]string{{s}}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return hints(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return hints(re.Sub[0])
		}
	case syntax.OpConcat:
		var all [][]string
		for _, sub := range re.Sub {
			all = append(all, hints(sub)...)
		}
		return all
	case syntax.OpAlternate:
		return eitherHints(re.Sub)
	}
	return nil
}

// eitherHints takes of each branch its best list; all of them are one list.
func eitherHints(branches []*syntax.Regexp) [][]string {
	var out []string
	for _, sub := range branches {
		h := hints(sub)
		if h == nil {
			return nil
		}
		best := slices.MaxFunc(h, func(a, b []string) int { return shortest(a) - shortest(b) })
		if out = append(out, best...); len(out) > maxHints {
			return nil
		}
	}
	return [][]string{out}
}

func shortest(list []string) int {
	return len(slices.MinFunc(list, func(a, b string) int { return len(a) - len(b) }))
}

// foldable texts have the same small letters whichever way case is ignored:
// ASCII, and scripts without case.
func foldable(s string) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf && strings.ToUpper(string(c)) != strings.ToLower(string(c)) {
			return false
		}
	}
	return true
}
