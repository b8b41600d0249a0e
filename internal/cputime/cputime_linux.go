// Package cputime tells tests how much work something is: the processor's time,
// which does not grow with what else the machine does.
package cputime

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// Of runs work on one thread and gives the processor's time that the thread
// took. What work leaves to other goroutines is not in it.
func Of(work func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := used()
	work()
	return used() - start
}

// threadClock is CLOCK_THREAD_CPUTIME_ID of clock_gettime(2).
const threadClock = 3

// used is by the thread's own clock: what getrusage(2) tells is rounded to ticks.
func used() time.Duration {
	var t syscall.Timespec
	if _, _, err := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&t)), 0); err != 0 {
		panic(err) // Linux has it since 2.6.12
	}
	return time.Duration(t.Nano())
}
