package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"time"

	"maillint/policy"
)

// A policy that is written in place is half there for a moment, and half a
// policy may well be a good one: it is read once its files have been left alone
// for a while.
const (
	leftAlone   = time.Second
	mostPatient = 15 // times leftAlone
)

var errBeingWritten = errors.New("its files are being written all the time: replace them at once (write beside, and mv)")

// wholePolicy loads a policy whose files nobody is writing. files are those of the
// policy before it.
func wholePolicy(files []string, load func() (*policy.Policy, error)) (*policy.Policy, error) {
	for range mostPatient {
		before := looks(files)
		time.Sleep(leftAlone)
		p, err := load()
		if err == nil {
			files = p.Files
		}
		if maps.Equal(before, looks(files)) {
			return p, err
		}
	}
	return nil, errBeingWritten
}

// looks is what tells of each file whether it was written: its size, and when it
// was changed.
func looks(files []string) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			out[f] = err.Error()
			continue
		}
		out[f] = fmt.Sprint(info.Size(), info.ModTime().UnixNano())
	}
	return out
}
