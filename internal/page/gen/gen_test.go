package main

import (
	"bytes"
	"os"
	"testing"
)

// The pages in docs/rules, the examples and the README's table are what the
// rules and the corpus say now.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	defer os.Chdir(here)
	if err := toRoot(); err != nil {
		t.Fatal(err)
	}
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		have, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not up to date: run make gen (%v)", name, err)
		}
	}
}

func TestBetween(t *testing.T) {
	readme := []byte("a\n<!-- rules: generated, \"make gen\" -->\nold\n<!-- /rules -->\nb\n")
	have, err := between(readme, []byte("new\n"))
	if err != nil || string(have) != "a\n<!-- rules: generated, \"make gen\" -->\nnew\n<!-- /rules -->\nb\n" {
		t.Errorf("%q, %v", have, err)
	}
	if _, err := between([]byte("no marks"), nil); err == nil {
		t.Error("no error without the marks")
	}
}
