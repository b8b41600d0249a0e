package gate

import (
	"sync"
	"testing"
)

// TestWorkersDoNotWaitForEachOther: a job that does not end keeps no other from
// being done, and all are done.
func TestWorkersDoNotWaitForEachOther(t *testing.T) {
	w := workers{jobs: make(chan func()), idle: make(chan struct{}, 2)}
	hang := make(chan struct{})
	w.do(func() { <-hang })
	for range 100 {
		var all sync.WaitGroup
		for range 10 {
			all.Add(1)
			w.do(all.Done)
		}
		all.Wait()
	}
	close(hang)
	if n := len(w.idle); n > 2 {
		t.Errorf("%d goroutines wait for a job", n)
	}
}
