package report

import (
	"io"
	"testing"

	"maillint/lint"
)

// What a report costs for each message: a clean one, and one with findings.
func BenchmarkRender(b *testing.B) {
	list := records()
	for _, name := range Formats() {
		f, err := New(name, io.Discard, Options{Rules: testRules, Show: lint.Warning})
		if err != nil {
			b.Fatal(err)
		}
		for i, what := range []string{"clean", "findings"} {
			b.Run(name+"/"+what, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f.Render(list[i])
				}
			})
		}
	}
}
