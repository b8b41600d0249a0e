package gate

import "runtime"

// judges are goroutines that judge one message after the other. A new one for
// each message would grow its stack anew, which costs as much as several rules.
var judges = workers{jobs: make(chan func()), idle: make(chan struct{}, 2*runtime.NumCPU())}

// workers run jobs. How many run at once has no bound here: a job that never
// ends keeps its goroutine, and no other job waits for it.
type workers struct {
	jobs chan func()
	idle chan struct{} // holds one for each goroutine that waits for a job
}

// do has a job done by a goroutine that waits for one, or by a new one.
func (w *workers) do(job func()) {
	select {
	case w.jobs <- job:
	default:
		go w.work(job)
	}
}

// work does jobs until enough others wait for one.
func (w *workers) work(job func()) {
	for {
		job()
		job = nil // and with it the message
		select {
		case w.idle <- struct{}{}:
		default:
			return
		}
		job = <-w.jobs
		<-w.idle
	}
}
