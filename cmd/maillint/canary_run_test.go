package main

import (
	"testing"
	"time"
)

// A clock that jumps is a fault until it is put right, or has stayed for an
// hour; that it goes a little wrong is none.
func TestClockJumped(t *testing.T) {
	var c wallClock
	wall, mono := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), 100*time.Second
	step := func(want, shift, pass time.Duration) {
		t.Helper()
		wall, mono = wall.Add(pass+shift), mono+pass
		if got := c.jumped(wall, mono); got != want {
			t.Errorf("after %s, shifted by %s: %s, want %s", pass, shift, got, want)
		}
	}
	step(0, 0, 0)
	step(0, 0, 5*time.Minute)
	step(0, 20*time.Second, 5*time.Minute)
	step(0, -20*time.Second, 5*time.Minute)
	step(3*time.Hour, 3*time.Hour, 5*time.Minute)
	step(3*time.Hour, 0, 5*time.Minute)
	step(0, -3*time.Hour, 5*time.Minute)
	step(-24*time.Hour, -24*time.Hour, 5*time.Minute)
	step(-24*time.Hour, 0, 30*time.Minute)
	step(0, 0, 30*time.Minute)
	step(0, 0, 5*time.Minute)
}
