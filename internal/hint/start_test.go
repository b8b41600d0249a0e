package hint

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStarts(t *testing.T) {
	for pattern, want := range map[string][]string{
		"添付|添附|別添":              {"添付", "添附", "別添"},
		`\battach(?:ed|ing)?\b`: {"attach"},
		"(?:in|to) my":          {"in my", "to my"},
		"(?:the|this) attached": {"the at", "this a"},
		"a?b":                   {"ab", "b"},
		`^x`:                    nil,
		`\d+x`:                  {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
		"a*":                    nil,
		"(?i)abc":               nil,
	} {
		p, err := Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(p.Starts, want) {
			t.Errorf("%s: %q, want %q", pattern, p.Starts, want)
		}
	}
}

// placesOf are where any of the starts stands.
func placesOf(starts []string, text string) (places []int) {
	for i := range len(text) {
		for _, s := range starts {
			if strings.HasPrefix(text[i:], s) {
				places = append(places, i)
				break
			}
		}
	}
	return places
}

// A Pattern matches what the regular expression matches.
func FuzzPattern(f *testing.F) {
	f.Add(`\bx(?:ab|cd){0,3}\b`, "xab xabcd x abx")
	f.Add("添付(?:し|いた)?", "添付した。添附、添付いたします")
	f.Add("ab$", "ab abab")
	f.Add("a(b|bc)(c|d)?$", "abcd abc")
	f.Add("[ab]c?|x", "acbbcx")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := regexp.Compile(pattern)
		if err != nil || len(pattern) > 100 || len(text) > 500 || !utf8.ValidString(text) {
			return
		}
		p, err := Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, most := range []int{-1, 2} {
			if got, want := p.All(text, placesOf(p.Starts, text), most), re.FindAllStringIndex(text, most); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q in %q: %v, want %v", pattern, text, got, want)
			}
		}
	})
}
