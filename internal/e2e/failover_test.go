//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// One of two next hops dies under load, and comes back no more: nothing that a
// client was told is taken is lost or doubled, and mail goes on at the other.
func TestNextHopDiesUnderLoad(t *testing.T) {
	t.Parallel()
	first, second, release := mailtest.NewSink(t), mailtest.NewSink(t), mailtest.NewSink(t)
	slow := func(step, _ string) mailtest.Fault {
		if step == "DOT" {
			return mailtest.Fault{Wait: 20 * time.Millisecond}
		}
		return mailtest.Fault{}
	}
	first.SetFault(slow)
	second.SetFault(slow)
	text := strings.NewReplacer(`"NEXT"`, `["`+first.Addr+`", "`+second.Addr+`"]`, "RELEASE", release.Addr, "EXTRA", customRules()).Replace(labPolicy)
	p := startProxy(t, text)
	work := startLoad(p.Addr["users"], 8, "nothing", "tag", "hide")
	mailtest.Await(t, 30*time.Second, "no load", func() bool { return len(first.Received()) > 50 })
	first.Close()
	died := time.Now()
	mailtest.Await(t, 30*time.Second, "nothing arrives at the other next hop", func() bool { return len(second.Received()) > 200 })
	all := work.end()
	t.Logf("%d messages, %d at the first next hop, %d at the second within %s", len(all), len(first.Received()), len(second.Received()), time.Since(died))

	atFirst, atSecond := arrived(first), arrived(second)
	refused, taken := 0, 0
	for _, s := range all {
		for _, to := range s.to {
			one, two := atFirst[s.mark][to], atSecond[s.mark][to]
			switch {
			case s.code == 250 && one+two != 1:
				t.Errorf("%s to %s: taken, and arrived %d and %d times", s.mark, to, one, two)
			case s.code == 250:
				taken++
			case two > 0 || s.code/100 == 5 || s.code == 0:
				t.Errorf("%s to %s: the client was told %d %q, and it arrived %d and %d times", s.mark, to, s.code, s.text, one, two)
			default: // 4xx: the next hop died before its answer, perhaps after it took the message
				refused++
			}
		}
	}
	// One attempt of each client may have been cut off, no more.
	if taken < 250 || refused > 8*2*2 {
		t.Errorf("%d taken, %d refused", taken, refused)
	}
	if !slices.ContainsFunc(all, func(s sent) bool { return atFirst[s.mark] != nil }) {
		t.Error("the first next hop was never used")
	}
}
