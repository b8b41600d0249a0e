package hint

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	for pattern, want := range map[string][][]string{
		"confidential":            {{"confidential"}},
		"(?i)CONFI.*end":          {{"confi"}, {"end"}},
		"pass(?:word|phrase)":     {{"pass"}, {"word", "phrase"}},
		"(?:secret)?.*amet":       {{"amet"}},
		"a*b*":                    nil,
		"(?:attached|x)":          nil,
		"(?:very ){1,3}important": {{"very "}, {"important"}},
		"(?:very ){0,3}important": {{"important"}},
		"社外秘|取扱注意":                {{"社外秘", "取扱注意"}},
		"(":                       nil,
	} {
		if got := Of(pattern); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

// What a pattern matches holds one text of every list.
func FuzzOf(f *testing.F) {
	f.Add("pass(word|phrase)+x?", "passwordword")
	f.Add("(?:very ){1,3}important", "very very important")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := regexp.Compile(pattern)
		if err != nil || len(pattern) > 200 || !utf8.ValidString(text) || !re.MatchString(text) {
			return
		}
		small := strings.ReplaceAll(strings.ToLower(text), "ſ", "s")
		for _, some := range Of(pattern) {
			if !slices.ContainsFunc(some, func(h string) bool { return strings.Contains(small, h) }) {
				t.Fatalf("%q matches %q, which holds none of %q", pattern, text, some)
			}
		}
	})
}
