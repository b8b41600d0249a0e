package gate

import (
	"fmt"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/notify"
)

// What the release route says of notices is counted, by what they are about.
func TestNoticesAreCounted(t *testing.T) {
	h := newHouse(t, "")
	var have []string
	h.o.Observer.Notice = func(kind notify.Kind, result string) { have = append(have, string(kind)+" "+result) }
	answer := func(reply string) {
		h.sink.SetFault(func(step, _ string) mailtest.Fault {
			if step == "RCPT" && reply != "" {
				return mailtest.Fault{Reply: reply}
			}
			return mailtest.Fault{}
		})
	}
	h.submit(h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example"))
	for _, step := range []struct{ reply, want string }{
		{"451 4.3.2 busy", "[confirm retried]"}, {"", "[confirm accepted]"}, {"550 5.1.1 nobody", "[confirm refused]"},
	} {
		have = nil
		answer(step.reply)
		if step.want == "[confirm refused]" { // its reminder
			h.clock.advance(14 * time.Hour)
		}
		h.clock.advance(2 * time.Minute)
		h.tellPeople(t.Context())
		if fmt.Sprint(have) != step.want {
			t.Errorf("%q: %v, want %s", step.reply, have, step.want)
		}
	}
}
