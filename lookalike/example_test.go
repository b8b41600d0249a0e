package lookalike_test

import (
	"fmt"

	"maillint/lookalike"
)

func Example() {
	index := lookalike.New(lookalike.Default(), lookalike.Options{
		Own:      []string{"widgets.com"},
		Partners: []string{"partnership.co.jp"},
	})
	for _, domain := range []string{"gmial.com", "docomo.nejp", "widgets-jp.com", "partnershp.co.jp", "gmail.com"} {
		if m, ok := index.Match(domain); ok {
			fmt.Printf("%s (%v, %v)\n", m.Sentence("en"), m.Kind, m.Certainty)
		}
	}
	// Output:
	// gmial.com has two letters in the wrong order. Did you mean gmail.com? (swap, certain)
	// docomo.nejp has a dot or hyphen missing, misplaced or too many. Did you mean docomo.ne.jp? (dot, certain)
	// widgets-jp.com is a variant of a known domain. Did you mean widgets.com? (variant, likely)
	// partnershp.co.jp lacks a letter. Did you mean partnership.co.jp? (omission, likely)
}
