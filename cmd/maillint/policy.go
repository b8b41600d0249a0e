package main

import (
	"fmt"
	"io"
	"os"

	"maillint"
	"maillint/policy"
	"maillint/rules"
)

// loadPolicy reads the policy of --config or MAILLINT_CONFIG, else the one
// that ships. Its problems are printed, all of them.
func loadPolicy(path string, stderr io.Writer) (*policy.Policy, error) {
	if path == "" {
		path = os.Getenv("MAILLINT_CONFIG")
	}
	if path == "" {
		return policy.Parse("rules.yaml", maillint.Policy, rules.All)
	}
	p, err := policy.Load(path, rules.All)
	if problems, ok := policy.AsProblems(err); ok {
		for _, pr := range problems {
			fmt.Fprintf(stderr, "maillint: %s\n", pr)
		}
		return nil, exit(exitUsage)
	}
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(stderr, "maillint: %s\n", w)
	}
	return p, nil
}
