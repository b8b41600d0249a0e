// Package cputime tells tests how much work something is: the processor's time,
// which does not grow with what else the machine does.
package cputime

import (
	"runtime"
	"syscall"
	"time"
)

// threadUsage is RUSAGE_THREAD of getrusage(2).
const threadUsage = 1

// Of runs work on one thread and gives the processor's time that the thread
// took. What work leaves to other goroutines is not in it.
func Of(work func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := used()
	work()
	return used() - start
}

func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(threadUsage, &u); err != nil {
		panic(err) // Linux has it since 2.6.26
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
