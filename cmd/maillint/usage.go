package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// didYouMean gives " (did you mean ...?)" where one of the names is near what
// was written, else "".
func didYouMean(wrong string, names []string) string {
	best, least := "", max(2, len(wrong)/3)+1
	for _, n := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(wrong), n); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// flagError adds the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return fmt.Errorf("%w (\"%s --help\" explains the flags)", err, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := ""
	for _, n := range names {
		if didYouMean(unknown.GetSpecifiedName(), []string{n}) != "" {
			hint = didYouMean(unknown.GetSpecifiedName(), names)
			hint = strings.Replace(hint, `"`, `"--`, 1)
			break
		}
	}
	return fmt.Errorf("%w%s", err, orElse(hint, fmt.Sprintf(" (%q lists them)", cmd.CommandPath()+" --help")))
}

// notFromEnvironment marks flags that are part of one decision: what was left
// in the environment for another command must not change it.
const notFromEnvironment = "not from the environment"

// fromEnvironment sets the flags that were not given from MAILLINT_*.
func fromEnvironment(cmd *cobra.Command, _ []string) (err error) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "MAILLINT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || value == "" || f.Changed || f.Name == "help" || f.Annotations[notFromEnvironment] != nil || err != nil {
			return
		}
		if bad := f.Value.Set(value); bad != nil {
			err = fmt.Errorf("environment variable %s: %q: %w", name, value, bad)
		}
	})
	return err
}

// atLeast asks for arguments and says which.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return fmt.Errorf("%s: name %s", strings.TrimPrefix(cmd.CommandPath(), "maillint "), what)
		}
		return nil
	}
}
