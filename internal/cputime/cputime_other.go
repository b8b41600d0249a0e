//go:build !linux

package cputime

import "time"

// Of runs work and gives the time that it took: here the processor's time of
// one thread cannot be had.
func Of(work func()) time.Duration {
	start := time.Now()
	work()
	return time.Since(start)
}
