package policy

import (
	"testing"
	"time"

	"maillint/content"
)

// What the section says reaches the rules; the rest is the default.
func TestLimitsReachTheRules(t *testing.T) {
	p := mustParse(t, "version: 1\nlimits: {depth: 2, text: 1M, time: 3s}\n")
	got := p.Engine(nil).Org().Known().Files.OrDefault()
	want := content.DefaultBudget
	want.Depth, want.Text, want.Time = 2, 1<<20, 3*time.Second
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
