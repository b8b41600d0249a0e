//go:build !wrongclock

package main

import "time"

// wallTime is the time of day, by which the canary notices that it was changed.
func wallTime() time.Time { return time.Now() }
