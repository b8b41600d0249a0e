//go:build e2e

package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"maillint/internal/mailtest"
)

// The shipped alerts are well-formed and fire when they should, and what they
// ask about is what the program serves, in good form.
func TestAlerts(t *testing.T) {
	promtool := mailtest.Need(t, "promtool")
	for _, args := range [][]string{{"check", "rules", "maillint.rules.yml"}, {"test", "rules", "maillint.test.yml"}} {
		cmd := exec.Command(promtool, args...)
		cmd.Dir = "../../contrib/prometheus"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	l := newLab(t, "")
	l.send(t, "approve")
	served := l.metrics(t)
	cmd := exec.Command(promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(served)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
	for _, name := range []string{"maillint_ready 1", `maillint_transactions_total{listener="users",outcome="held"} 1`, `maillint_held_messages{disposition="approve"} 1`, "maillint_store_errors_total 0"} {
		if !strings.Contains(served, name) {
			t.Errorf("not served: %s", name)
		}
	}
}
