package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/policy"
)

// A policy that is being written, or a list of it, is read when it is whole;
// one that is written without end is not taken.
func TestWholePolicy(t *testing.T) {
	dir := t.TempDir()
	path, list := filepath.Join(dir, "rules.yaml"), filepath.Join(dir, "blocked.txt")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(path, "version: 1\n")
	write(list, "one.example\n")
	before, err := parsePolicy(path)
	if err != nil {
		t.Fatal(err)
	}
	half := make(chan struct{})
	go func() { // two writers, each with a pause in the middle
		defer close(half)
		time.Sleep(leftAlone / 2)
		write(path, "version: 1\nlists: {blocked: {file: blocked.txt}}\n")
		time.Sleep(leftAlone / 2)
		write(list, "one.example\ntwo.example\n")
	}()
	loads := 0
	p, err := wholePolicy(before.Files, func() (*policy.Policy, error) { loads++; return parsePolicy(path) })
	if err != nil || len(p.Lists["blocked"].Entries()) != 2 || loads < 2 {
		t.Errorf("after %d loads: %v %v", loads, p, err)
	}
	<-half
	if text := changedSince(before, p); !strings.Contains(text, p.ID) || changedSince(p, p) != "" || changedSince(p, nil) != "" {
		t.Errorf("%q", text)
	}
	n := 0
	_, err = wholePolicy([]string{list}, func() (*policy.Policy, error) {
		n++
		write(list, strings.Repeat("x", n))
		return nil, errors.New("half")
	})
	if !errors.Is(err, errBeingWritten) {
		t.Errorf("written all the time: %v", err)
	}
}
