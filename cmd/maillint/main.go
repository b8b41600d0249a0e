// Maillint checks mail that is about to leave an organisation, or has left it,
// against rules that each come from a published incident.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "devel"

// Exit codes. Where several apply, it is 2, then 3, then 1.
const (
	exitClean       = 0
	exitFindings    = 1
	exitUsage       = 2
	exitUnread      = 3
	exitInterrupted = 130
)

// verbs are the commands, each in a file of its own.
func verbs() []*cobra.Command {
	return []*cobra.Command{
		scanCommand(),
		proxyCommand(),
		milterCommand(),
		explainCommand(),
		rulesCommand(),
		checkCommand(),
		lookalikeCommand(),
		auditCommand(),
		testCommand(),
		quarantineCommand(),
		brakeCommand(),
		canaryCommand(),
		doctorCommand(),
		versionCommand(),
		manCommand(),
	}
}

// exit is an error that only carries an exit code: what there is to say has
// been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the whole program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	var code exit
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(stderr, "maillint: %s\n", strings.TrimSpace(err.Error()))
	return exitUsage
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "maillint",
		Short: "Check outgoing mail against rules that each come from a published incident",
		Long: `Maillint checks mail that is about to leave an organisation, or has left it, against
rules that each come from a published incident.

Every flag can be given in the environment: MAILLINT_FAIL_LEVEL for --fail-level; only those of a
decision about held mail cannot. A flag wins over the environment, the environment over a file.

Exit status: 0 clean, 1 findings, 2 usage or policy error, 3 something could not be read.`,
		Version:            version,
		Args:               noSuchVerb,
		RunE:               needsVerb,
		PersistentPreRunE:  fromEnvironment,
		SilenceUsage:       true,
		SilenceErrors:      true,
		DisableSuggestions: true,
	}
	root.SetVersionTemplate("maillint {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(verbs()...)
	return root
}

func noSuchVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("unknown command %q%s", args[0], orElse(didYouMean(args[0], names), ` ("maillint help" lists them)`))
}

func needsVerb(cmd *cobra.Command, _ []string) error {
	_ = cmd.Help()
	return exit(exitUsage)
}
