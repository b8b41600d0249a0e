package gate

import (
	"context"
	"io"
	"strings"
	"testing"

	"maillint/internal/spool"
	"maillint/rewrite"
	"maillint/submit"
)

// discarding takes everything.
type discarding struct{}

func (discarding) Relay(_ context.Context, _ []submit.Path, m *rewrite.Message) (submit.Reply, error) {
	_, err := m.WriteTo(io.Discard)
	return submit.NewReply(250, "2.0.0", "ok"), err
}

func (discarding) Abort(context.Context) {}

// BenchmarkSubmit is the gate's own part of relaying a clean message.
func BenchmarkSubmit(b *testing.B) {
	h := newHouse(b, "")
	for _, size := range []struct {
		name string
		n    int
	}{{"4K", 4 << 10}, {"64K", 64 << 10}, {"1M", 1 << 20}} {
		tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: s", "a@x.example")
		raw := append(tx.Body.Bytes(), strings.Repeat(strings.Repeat("text ", 14)+"\r\n", size.n/72)...)
		tx.Body = spool.FromBytes(raw)
		b.Run(size.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if r := h.Submit(b.Context(), tx, discarding{}); !r.OK() {
					b.Fatal(r)
				}
			}
		})
	}
}
