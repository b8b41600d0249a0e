package storetest

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"maillint/store"
)

// Bench measures holds of 20 KiB at several degrees of concurrency, and a
// counter. Run it with -benchtime=2s or more: a commit waits for the disk.
func Bench(b *testing.B, where func(b *testing.B) string) {
	for _, workers := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("Hold20KiB/%d", workers), func(b *testing.B) {
			s := openBench(b, where(b))
			bodies := make([][]byte, 64)
			for i := range bodies {
				bodies[i] = text(uint64(i), 20<<10)
			}
			var n atomic.Int64
			parallel(b, workers, func() error {
				i := n.Add(1)
				body := bytes.Clone(bodies[i%64])
				copy(body[40:], fmt.Sprint(i)) // no two are the same
				return s.Hold(ctx, []*store.Item{item(fmt.Sprintf("b%d", i), body)}, bytes.NewReader(body), int64(len(body)))
			})
		})
	}
	b.Run("Count/10", func(b *testing.B) {
		s := openBench(b, where(b))
		parallel(b, 10, func() error {
			_, err := s.Add(ctx, store.Count{Key: "hana@example.jp", N: 1, Window: day})
			return err
		})
	})
}

func openBench(b *testing.B, where string) store.Store {
	s, err := store.Open(ctx, where, store.Options{Node: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// parallel runs b.N operations by a number of workers.
func parallel(b *testing.B, workers int, f func() error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	each(workers, func(int) {
		for left.Add(-1) >= 0 {
			if err := f(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}
