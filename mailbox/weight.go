package mailbox

import "context"

// weight bounds how many octets are in flight. One holder may always be: a
// message larger than the bound must pass as well.
type weight struct {
	tokens chan struct{}
}

const weightUnit = 64 << 10

func newWeight(most int) *weight {
	return &weight{tokens: make(chan struct{}, most/weightUnit)}
}

func (w *weight) units(n int) int { return min(n/weightUnit, cap(w.tokens)) }

// acquire waits for room. Only one goroutine may acquire.
func (w *weight) acquire(ctx context.Context, n int) bool {
	for range w.units(n) {
		select {
		case w.tokens <- struct{}{}:
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

func (w *weight) release(n int) {
	for range w.units(n) {
		<-w.tokens
	}
}
