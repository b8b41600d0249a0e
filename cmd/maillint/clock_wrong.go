//go:build wrongclock

package main

import (
	"os"
	"strings"
	"time"
)

// wallTime is the time of day of a program that is built to be tested: off by
// what the file of MAILLINT_TEST_CLOCK says, since nobody can change the clock
// of one program alone. No program that ships is built so.
func wallTime() time.Time {
	text, err := os.ReadFile(os.Getenv("MAILLINT_TEST_CLOCK"))
	if err != nil {
		panic(err)
	}
	off, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return time.Now().Add(off)
}
