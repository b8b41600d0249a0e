package main

import (
	"fmt"
	"io"

	"maillint"
	"maillint/lint"
	"maillint/policy"
	"maillint/rules"
)

// loadPolicy reads a policy file, or the policy that ships where path is
// empty. All its problems are printed.
func loadPolicy(path string, stderr io.Writer) (*policy.Policy, error) {
	p, err := parsePolicy(path)
	if problems, ok := policy.AsProblems(err); ok {
		printProblems(stderr, problems)
		return nil, exit(exitUsage)
	}
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	printProblems(stderr, p.Warnings)
	return p, nil
}

// parsePolicy is loadPolicy without a word.
func parsePolicy(path string) (*policy.Policy, error) {
	if path == "" {
		return policy.Parse("rules.yaml", maillint.Policy, rules.All)
	}
	return policy.Load(path, rules.All)
}

func printProblems(w io.Writer, problems policy.Problems) {
	for _, problem := range problems {
		fmt.Fprintf(w, "maillint: %s\n", problem)
	}
}

// findRule gives the rule of that ID, or former ID, or an error with the one
// that was probably meant.
func findRule(all []*lint.Rule, id string) (*lint.Rule, error) {
	var names []string
	for _, r := range all {
		for _, n := range append([]string{r.ID}, r.Aliases...) {
			if n == id {
				return r, nil
			}
			names = append(names, n)
		}
	}
	return nil, fmt.Errorf("unknown rule %q%s", id, orElse(didYouMean(id, names), ` ("maillint rules" lists them)`))
}
