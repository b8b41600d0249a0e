package hint

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Pattern is a regular expression that is tried only where it may match: at
// the places of the texts that its matches start with. It matches what
// regexp.Regexp matches.
type Pattern struct {
	// Starts are the texts one of which each match starts with; nil where that is
	// not known. Then All looks everywhere.
	Starts []string

	whole *regexp.Regexp
	here  *regexp.Regexp // the same at the front of a text
	word  bool           // it starts with \b, which here leaves out
	most  int            // octets that decide about a match; 0 for no bound
}

// Compile makes a Pattern of RE2 syntax.
func Compile(pattern string) (*Pattern, error) {
	whole, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	p := &Pattern{whole: whole}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	re = re.Simplify()
	front := pattern
	if re.Op == syntax.OpConcat && re.Sub[0].Op == syntax.OpWordBoundary {
		if front, p.word = strings.CutPrefix(pattern, `\b`); !p.word {
			return p, nil
		}
		re.Sub = re.Sub[1:]
	}
	starts, _ := starting(re)
	if starts == nil || slices.Contains(starts, "") {
		return p, nil
	}
	if p.here, err = regexp.Compile(`^(?:` + front + `)`); err != nil {
		return p, nil // a \Q that is not closed
	}
	p.Starts = starts
	if n, ok := longest(re); ok {
		p.most = n + utf8.UTFMax // what stands behind a match decides about \b and $
	}
	return p, nil
}

// All gives where the pattern matches, as FindAllStringIndex does. places are
// where Starts stand in the text, in order; they are not looked at where Starts
// is nil. most bounds the matches; negative for all.
func (p *Pattern) All(text string, places []int, most int) [][]int {
	if p.Starts == nil {
		return p.whole.FindAllStringIndex(text, most)
	}
	var out [][]int
	end := 0
	for _, at := range places {
		if len(out) == most {
			break
		}
		if at < end || p.word && !boundary(text, at) {
			continue
		}
		if loc := p.here.FindStringIndex(p.window(text[at:])); loc != nil {
			end = at + loc[1]
			out = append(out, []int{at, end})
		}
	}
	return out
}

// Everywhere gives where the pattern matches by looking at the whole text.
func (p *Pattern) Everywhere(text string) [][]int { return p.whole.FindAllStringIndex(text, -1) }

// window cuts a text behind what decides about a match at its front.
func (p *Pattern) window(text string) string {
	if p.most == 0 || len(text) <= p.most {
		return text
	}
	return text[:p.most]
}

// boundary is \b: a letter, digit or _ of ASCII on one side only.
func boundary(text string, at int) bool {
	return (at > 0 && wordByte(text[at-1])) != (at < len(text) && wordByte(text[at]))
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// Bounds of starts: how many, and octets that are enough of one: two Japanese
// characters.
const (
	maxStarts   = 80
	enoughStart = 6
)

// starting gives texts one of which everything that re matches starts with;
// nil where that cannot be told. exact: they are all that re matches.
func starting(re *syntax.Regexp) (list []string, exact bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return []string{string(re.Rune)}, true
		}
	case syntax.OpCharClass:
		return classTexts(re)
	case syntax.OpCapture:
		return starting(re.Sub[0])
	case syntax.OpPlus:
		list, _ = starting(re.Sub[0])
		return list, false
	case syntax.OpQuest:
		if list, exact = starting(re.Sub[0]); list != nil {
			return append(slices.Clone(list), ""), exact
		}
	case syntax.OpConcat:
		return joined(re.Sub)
	case syntax.OpAlternate:
		exact = true
		for _, sub := range re.Sub {
			some, whole := starting(sub)
			if some == nil || len(list)+len(some) > maxStarts {
				return nil, false
			}
			list, exact = append(list, some...), exact && whole
		}
		return list, exact
	}
	return nil, false
}

// classTexts are the characters of a small class.
func classTexts(re *syntax.Regexp) (list []string, exact bool) {
	for i := 0; i+1 < len(re.Rune); i += 2 {
		if int(re.Rune[i+1]-re.Rune[i])+len(list) >= maxStarts/2 {
			return nil, false
		}
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			list = append(list, string(r))
		}
	}
	return list, list != nil
}

// joined are the starts of what matches one after the other. What comes later
// makes the starts longer while they are few and short.
func joined(subs []*syntax.Regexp) (list []string, exact bool) {
	list = []string{""}
	for _, sub := range subs {
		if !slices.ContainsFunc(list, func(s string) bool { return len(s) < enoughStart }) {
			return list, false
		}
		some, whole := starting(sub)
		if some == nil || len(list)*len(some) > maxStarts {
			return list, false
		}
		var longer []string
		for _, a := range list {
			for _, b := range some {
				longer = append(longer, a+b)
			}
		}
		var cut bool
		if list, cut = shortened(longer); cut || !whole {
			return list, false
		}
	}
	return list, true
}

// shortened are the texts cut to what is enough, each once.
func shortened(list []string) (out []string, cut bool) {
	for _, s := range list {
		if len(s) > enoughStart {
			s, cut = s[:enoughStart], true
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out, cut
}

// longest is how many octets a match has at most; ok is false where there is
// no bound.
func longest(re *syntax.Regexp) (n int, ok bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return 0, true
	case syntax.OpLiteral:
		return len(re.Rune) * utf8.UTFMax, true
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax, true
	case syntax.OpCapture, syntax.OpQuest:
		return longest(re.Sub[0])
	case syntax.OpConcat, syntax.OpAlternate:
		for _, sub := range re.Sub {
			m, ok := longest(sub)
			if !ok {
				return 0, false
			}
			if re.Op == syntax.OpConcat {
				n += m
			} else {
				n = max(n, m)
			}
		}
		return n, true
	}
	return 0, false
}
