package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"maillint/corpus"
	"maillint/internal/cases"
	"maillint/policy"
	"maillint/report"
)

func testCommand() *cobra.Command {
	var config, format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "test FOLDER...",
		Short: "Run cases of your own against a policy",
		Long: `Test runs cases against a policy, as our own corpus is run against the one that ships.

A case is a folder with message.eml (or message-1.eml and so on), fixed.eml, the same message put
right, and case.yaml, which says what must be found:

  title: A list in To instead of Bcc.
  want:
    - {rule: exposed-recipients, severity: critical, where: To, says: "105"}
  organization: [example.ac.jp]           # optional: else the policy's domains
  envelope: {from: taro@example.ac.jp, to: [hanako@example.com]}   # optional: else from the fields

The message must give what is wanted and nothing else above info; fixed.eml must give nothing.

Ordinary mail is a folder of .eml files and index.yaml, which says why each is fine. None of it may
be held: its disposition must be below delay.

  title: Mail of our registry
  messages:
    grades.eml: {fine: One student's grades to herself.}

FOLDER is one of these, or holds them.

Exit status: 0 all are as they say, 1 some are not, 2 usage, policy or case error.`,
		Args: atLeast(1, "the folder of the cases"),
		RunE: func(cmd *cobra.Command, folders []string) error {
			write, ok := map[string]func(io.Writer, []tested, bool) error{"text": writeCases, "junit": junitCases}[format]
			if !ok {
				return fmt.Errorf("--format: unknown format %q: want text or junit", format)
			}
			p, err := loadPolicy(config, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			results, err := runFolders(p, folders)
			if err != nil {
				return err
			}
			if err := write(cmd.OutOrStdout(), results, verbose); err != nil {
				return err
			}
			if failures(results) > 0 {
				return exit(exitFindings)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "policy `FILE` (default: the policy that ships)")
	cmd.Flags().StringVar(&format, "format", "text", "`FORM` of the report: text, junit")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "name what passed, too")
	return cmd
}

// tested is a case, or an ordinary message, and what became of it.
type tested struct {
	folder string // where Problem.File lies
	name   string // the folder, or the file of an ordinary message
	result cases.Result
}

func failures(list []tested) int {
	n := 0
	for _, t := range list {
		if !t.result.OK() {
			n++
		}
	}
	return n
}

// runFolders runs all that lies in the folders. All mistakes of all folders
// are told at once.
func runFolders(p *policy.Policy, folders []string) ([]tested, error) {
	var all []tested
	var failed []error
	for _, folder := range folders {
		info, err := os.Stat(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = fmt.Errorf("%s: there is no such folder", folder)
		case err == nil && !info.IsDir():
			err = fmt.Errorf("%s: a file: name the folder of the case", folder)
		case err == nil:
			var some []tested
			if some, err = runFolder(p, filepath.Clean(folder), true); err == nil && len(some) == 0 {
				err = fmt.Errorf("%s: no case in it: a case is a folder with case.yaml (\"maillint test --help\")", folder)
			}
			all = append(all, some...)
		}
		failed = append(failed, err)
	}
	return all, errors.Join(failed...)
}

// runFolder runs the case or the ordinary mail of a folder, else those of the
// folders in it, and of its folder "ordinary".
func runFolder(p *policy.Policy, folder string, top bool) ([]tested, error) {
	switch has := func(name string) bool { _, err := os.Stat(filepath.Join(folder, name)); return err == nil }; {
	case has("index.yaml"):
		return runTheme(p, folder)
	case has("case.yaml"), has("message.eml"), has("message-1.eml"):
		return runCase(p, folder)
	case !top && filepath.Base(folder) != "ordinary":
		return nil, nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []tested
	var failed []error
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "_") {
			some, err := runFolder(p, filepath.Join(folder, e.Name()), false)
			all, failed = append(all, some...), append(failed, err)
		}
	}
	return all, errors.Join(failed...)
}

func runCase(p *policy.Policy, folder string) ([]tested, error) {
	in, name := parent(folder)
	list, err := corpus.LoadCase(os.DirFS(in), name)
	if err != nil {
		return nil, below(in, err)
	}
	return []tested{{folder, folder, cases.Run(p, list[0])}}, nil
}

func runTheme(p *policy.Policy, folder string) ([]tested, error) {
	in, name := parent(folder)
	theme, err := corpus.LoadTheme(os.DirFS(in), name)
	if err != nil {
		return nil, below(in, err)
	}
	var all []tested
	for _, mail := range theme.Messages {
		problems, _ := cases.RunOrdinary(p, theme, mail)
		r := cases.Result{Case: mail.File, Title: mail.Fine, Problems: problems}
		all = append(all, tested{folder, filepath.Join(folder, mail.File), r})
	}
	return all, nil
}

// parent cuts a folder into the one that it lies in, and its name; "." has a
// name as well.
func parent(folder string) (in, name string) {
	if name := filepath.Base(folder); name != "." && name != ".." {
		return filepath.Dir(folder), name
	}
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole
	}
	return filepath.Dir(folder), filepath.Base(folder)
}

// below puts the folder that cases were read in before every line of an
// error, so that editors find the file.
func below(folder string, err error) error {
	if folder == "." {
		return err
	}
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = filepath.Join(folder, ".") + string(filepath.Separator) + lines[i]
	}
	return errors.New(strings.Join(lines, "\n"))
}

func writeCases(w io.Writer, list []tested, verbose bool) error {
	var b strings.Builder
	for _, t := range list {
		if t.result.OK() && verbose {
			fmt.Fprintf(&b, "%s: right\n", report.Escape(t.name))
		}
		for _, p := range t.result.Problems {
			fmt.Fprintf(&b, "%s: %s\n", report.Escape(filepath.Join(t.folder, p.File)), report.Escape(p.Text))
		}
		if !t.result.OK() {
			fmt.Fprintf(&b, "    %s\n", report.Escape(t.result.Title))
		}
	}
	failed := failures(list)
	fmt.Fprintf(&b, "%d passed, %d failed\n", len(list)-failed, failed)
	_, err := io.WriteString(w, b.String())
	return err
}
