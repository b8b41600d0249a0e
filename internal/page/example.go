package page

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed examples
var examples embed.FS

// Example is a corpus case as a page shows it.
type Example struct {
	Case   string // its ID
	Head   string // the start of message.eml
	Report string // what scan says about it
	Fixed  string // the lines of fixed.eml that differ
}

// exampleMarks separate the parts of an example's file.
var exampleMarks = []string{"== case ", "== head\n", "== report\n", "== fixed\n"}

// Text is the example as its file holds it.
func (e Example) Text() string {
	return exampleMarks[0] + e.Case + "\n" + exampleMarks[1] + e.Head + exampleMarks[2] + e.Report + exampleMarks[3] + e.Fixed
}

// ExampleFile is the name of a rule's example below the folder of this package.
func ExampleFile(id string) string { return "examples/" + id + ".txt" }

// ExampleOf gives a rule's example, or nil where there is none yet.
func ExampleOf(id string) *Example {
	data, err := examples.ReadFile(ExampleFile(id))
	if err != nil {
		return nil
	}
	rest := string(data)
	parts := make([]string, len(exampleMarks))
	for i := len(exampleMarks) - 1; i >= 0; i-- {
		at := strings.LastIndex(rest, exampleMarks[i])
		if at < 0 {
			return nil
		}
		parts[i], rest = rest[at+len(exampleMarks[i]):], rest[:at]
	}
	return &Example{strings.TrimSpace(parts[0]), parts[1], parts[2], parts[3]}
}

func (e Example) markdown(lang string) string {
	return fmt.Sprintf(wCase.in(lang), e.Case) + "\n\n" + fence(e.Head) + "\n\n" + wReport.in(lang) + "\n\n" + fence(e.Report)
}

func (e Example) fixedMarkdown(lang string) string {
	if e.Fixed == "" {
		return ""
	}
	return wFixed.in(lang) + "\n\n" + fence(e.Fixed)
}

// fence makes a block of text, whatever the text holds.
func fence(s string) string {
	marks := "```"
	for strings.Contains(s, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimRight(s, "\n") + "\n" + marks
}
