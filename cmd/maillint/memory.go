package main

import (
	"os"
	"runtime/debug"
)

// doorMemory is the soft limit of a door, in octets: towards it garbage is
// collected as often as it takes, so that a burst of large messages costs time
// and not memory.
const doorMemory = 1 << 30

// tuneMemory lets garbage lie longer than usual, because messages are many and
// short-lived, within a bound in octets. At a door that saves a sixth of the
// work. Who has set bounds in the environment keeps them.
func tuneMemory(bound int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(bound)
	}
}
