package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The table of what happens when something dies names a test for each of its
// lines, and these are there.
func TestWhatDiesIsTested(t *testing.T) {
	page, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "## What happens when something dies\n\n")
	table, _, ended := strings.Cut(table, "\n\n")
	if !found || !ended {
		t.Fatal("there is no table")
	}
	tests := map[string]bool{}
	files, err := filepath.Glob("../../*/*_test.go")
	more, _ := filepath.Glob("../../*/*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, more...) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			tests[m[1]] = true
		}
	}
	rows := strings.Split(table, "\n")[2:]
	if len(rows) < 15 {
		t.Fatalf("%d lines", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(cells) != 5 || len(names) == 0 {
			t.Errorf("no test: %s", row)
		}
		for _, n := range names {
			if !tests[n[1]] {
				t.Errorf("%s is no test: %s", n[1], cells[0])
			}
		}
	}
}
