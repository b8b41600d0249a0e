package canary

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maillint"
	"maillint/policy"
	"maillint/rules"
)

// parsed is the shipped policy for an organisation, with changes.
func parsed(t testing.TB, domains string, changes ...string) *policy.Policy {
	t.Helper()
	text := bytes.Replace(maillint.Policy, []byte("domains: []"), []byte("domains: ["+domains+"]"), 1)
	text = bytes.Replace(text, []byte("blocked: []"), []byte("blocked: [bad.example, thief@worse.example]"), 1)
	for i := 0; i < len(changes); i += 2 {
		if !bytes.Contains(text, []byte(changes[i])) {
			t.Fatalf("the shipped policy has no %q", changes[i])
		}
		text = bytes.Replace(text, []byte(changes[i]), []byte(changes[i+1]), 1)
	}
	p, err := policy.Parse(filepath.Join(t.TempDir(), "rules.yaml"), text, rules.All)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func planned(t testing.TB, p *policy.Policy) *Plan {
	t.Helper()
	plan, err := NewPlan(p)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Every shipped rule has a message that proves it, whatever the organisation,
// and for the gravest that it finds. (auto-forward's comes with forwarding: closed.)
func TestEveryRuleIsTried(t *testing.T) {
	lesser := []string{"deceptive-link =example.com, example.net"} // the graver ones show a host below the domain
	for _, domains := range []string{"example.ac.jp", "=example.com, example.net", "city.minato.example.jp", `"!hosp.u.example", u.example`, "xn--eckwd4c7c.example"} {
		plan := planned(t, parsed(t, domains))
		have := map[string]Trial{}
		for _, trial := range plan.Trials {
			have[trial.Rule.Name] = trial
		}
		for _, r := range rules.All {
			trial, ok := have[r.ID]
			if !ok {
				t.Errorf("%s: no message for %s: %+v", domains, r.ID, plan.Calm)
				continue
			}
			if strongest := trial.Rule.Expected(r.Severity); !slices.Contains(lesser, r.ID+" "+domains) && r.ID != "auto-forward" && trial.Pairs[0][0].Expect != strongest {
				t.Errorf("%s: %s is tried for %s only, not for %s (%s)", domains, r.ID, trial.Pairs[0][0].Expect, strongest, trial.Pairs[0][0].Case)
			}
		}
		if len(plan.Faults) > 0 {
			t.Errorf("%s: %v", domains, plan.Faults)
		}
	}
}

// What an administrator has switched off is not tried, and nothing is wrong.
func TestOnPurpose(t *testing.T) {
	for name, p := range map[string]*policy.Policy{
		"disabled":  parsed(t, "example.ac.jp", "  stray-recipient:\n    enabled: true", "  stray-recipient:\n    enabled: false"),
		"monitored": parsed(t, "example.ac.jp", "  stray-recipient:\n    enabled: true", "  stray-recipient:\n    mode: monitor"),
		"all":       parsed(t, "example.ac.jp", "mode: enforce", "mode: monitor"),
	} {
		plan := planned(t, p)
		if slices.ContainsFunc(plan.Trials, func(x Trial) bool { return x.Rule.Name == "stray-recipient" }) || len(plan.Faults) > 0 {
			t.Errorf("%s: still tried, or at fault: %v", name, plan.Faults)
		}
		if name == "all" && len(plan.Trials) > 0 {
			t.Errorf("a policy that only monitors is tried: %d", len(plan.Trials))
		}
	}
}

// A list file that has lost its entries is a fault; a list that was never
// filled is none.
func TestEmptiedList(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "blocked.txt"), []byte("# nothing left\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(list string) *Plan {
		text := "version: 1\norganization: {domains: [example.ac.jp]}\nlists: {blocked: " + list + "}\n"
		p, err := policy.Parse(filepath.Join(dir, "rules.yaml"), []byte(text), rules.All)
		if err != nil {
			t.Fatal(err)
		}
		return planned(t, p)
	}
	if plan := load("{file: blocked.txt}"); len(plan.Faults) != 1 || !strings.Contains(plan.Faults[0].Text, "blocked.txt") {
		t.Errorf("an emptied list: %v", plan.Faults)
	}
	if plan := load("[]"); len(plan.Faults) != 0 {
		t.Errorf("a list that was never filled: %v", plan.Faults)
	}
}
