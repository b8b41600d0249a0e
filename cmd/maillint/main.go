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

// Exit codes. Where several apply the lower of 2, 3, 1 in this order counts.
const (
	exitClean       = 0
	exitFindings    = 1
	exitUsage       = 2
	exitUnread      = 3
	exitInterrupted = 130
)

// exit is an error that only carries an exit code; what there is to say has
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

Exit status: 0 clean, 1 findings, 2 usage or policy error, 3 something could not be read.`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("maillint {{.Version}}\n")
	root.AddCommand(verbs()...)
	return root
}

// verbs are the commands, each in a file of its own.
func verbs() []*cobra.Command {
	return []*cobra.Command{
		scanCommand(),
		rulesCommand(),
		explainCommand(),
		checkCommand(),
		lookalikeCommand(),
		versionCommand(),
		manCommand(),
	}
}
