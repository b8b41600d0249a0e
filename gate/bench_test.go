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

// BenchmarkSubmit is the gate's own part of relaying a clean message: plain
// words, a letter as people of an office write it, and a Japanese one.
func BenchmarkSubmit(b *testing.B) {
	h := newHouse(b, "")
	for _, kind := range []struct{ name, text string }{
		{"words", strings.Repeat("text ", 14) + "\r\n"},
		{"letter", "Dear Ms Brown,\r\n\r\nthank you for the draft of 12 May 2025, which we discussed on Tuesday, in room 4417. The figures for the third quarter\r\n" +
			"(3,400 and 2,150 units) are as agreed. Call me at 713-853-5620 or see http://www.x.example/plan/2025 for the schedule.\r\n\r\n"},
		{"japanese", "山室様\r\n\r\nお世話になっております。来週の会議の資料を、本日中に共有フォルダーへ置きます。\r\n日程（５月２０日）と場所のご確認をお願いいたします。ご不明な点は内線４４１７までご連絡ください。\r\n\r\n"},
	} {
		for _, size := range []struct {
			name string
			n    int
		}{{"4K", 4 << 10}, {"64K", 64 << 10}, {"1M", 1 << 20}} {
			tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8", "a@x.example")
			raw := append(tx.Body.Bytes(), strings.Repeat(kind.text, size.n/len(kind.text))...)
			tx.Body = spool.FromBytes(raw)
			b.Run(kind.name+"/"+size.name, func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				for b.Loop() {
					if r := h.Submit(b.Context(), tx, discarding{}); !r.OK() {
						b.Fatal(r)
					}
				}
			})
		}
	}
}
