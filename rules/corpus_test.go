package rules_test

import (
	"slices"
	"testing"

	"maillint"
	"maillint/corpus"
	"maillint/internal/cases"
	"maillint/policy"
	"maillint/rules"
)

// Every case fires as it says, and its twin is silent, under the policy that
// ships.
func TestCorpus(t *testing.T) {
	all, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d cases", len(all))
	}
	for _, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			for _, problem := range cases.Run(p, c).Problems {
				t.Errorf("%s: %s", problem.File, problem.Text)
			}
		})
	}
}

// Every rule has a case that fires.
func TestEveryRuleHasACase(t *testing.T) {
	all, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All {
		if !slices.ContainsFunc(all, func(c corpus.Case) bool {
			return slices.ContainsFunc(c.Want, func(e corpus.Expect) bool { return e.Rule == r.ID && e.Severity != "info" })
		}) {
			t.Errorf("%s: no case of the corpus fires", r.ID)
		}
	}
}

// No ordinary message is held: its disposition stays below delay, as the
// sender's own copy and on its way.
func TestOrdinary(t *testing.T) {
	themes, err := corpus.OrdinaryMail()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, theme := range themes {
		for _, mail := range theme.Messages {
			n++
			for _, problem := range cases.RunOrdinary(p, theme, mail) {
				t.Errorf("ordinary/%s/%s: %s\n\tyet: %s", theme.Folder, problem.File, problem.Text, mail.Fine)
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d ordinary messages", n)
	}
}
