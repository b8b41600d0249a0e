package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"maillint/corpus"
	"maillint/internal/cases"
	"maillint/report"
)

func testCommand() *cobra.Command {
	var config, format string
	cmd := &cobra.Command{
		Use:   "test FOLDER...",
		Short: "Run cases of your own against a policy",
		Long: `Test runs cases against a policy, as our own corpus is run against the one that ships.

A case is a folder with message.eml (or message-1.eml and so on), fixed.eml, the same message put
right, and case.yaml, which says what must be found:

  title: A list in To instead of Bcc.
  incident: our own, 2026-03
  source: report of the help desk
  rules: [exposed-recipients]
  organization: [example.ac.jp]
  envelope: {from: taro@example.ac.jp, to: [hanako@example.com]}   # optional
  want:
    - {rule: exposed-recipients, severity: critical, where: To, says: "105"}

The message must give what is wanted and nothing else above info; fixed.eml must give nothing.
FOLDER is a case, or holds cases.

Exit status: 0 all are as they say, 1 some are not, 2 usage, policy or case error.`,
		Args: atLeast(1, "the folder of the cases"),
		RunE: func(cmd *cobra.Command, folders []string) error {
			p, err := loadPolicy(config, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			all, err := loadCases(folders)
			if err != nil {
				return err
			}
			results := make([]cases.Result, len(all))
			failed := 0
			for i, c := range all {
				if results[i] = cases.Run(p, c); !results[i].OK() {
					failed++
				}
			}
			switch format {
			case "text":
				writeCases(cmd.OutOrStdout(), results, failed)
			case "junit":
				err = junitCases(cmd.OutOrStdout(), results, failed)
			default:
				return fmt.Errorf("--format: unknown format %q: want text or junit", format)
			}
			if err == nil && failed > 0 {
				err = exit(exitFindings)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "policy `FILE` (default: the policy that ships)")
	cmd.Flags().StringVar(&format, "format", "text", "`FORM` of the report: text, junit")
	return cmd
}

// loadCases reads the cases of folders, each a case itself or a folder of cases.
func loadCases(folders []string) ([]corpus.Case, error) {
	var all []corpus.Case
	for _, folder := range folders {
		var some []corpus.Case
		var err error
		if _, serr := os.Stat(filepath.Join(folder, "case.yaml")); serr == nil {
			some, err = corpus.LoadCase(os.DirFS(filepath.Dir(filepath.Clean(folder))), filepath.Base(filepath.Clean(folder)))
		} else {
			some, err = corpus.Load(os.DirFS(folder))
		}
		if err != nil {
			return nil, err
		}
		if len(some) == 0 {
			return nil, fmt.Errorf("%s: no case in it: a case is a folder with case.yaml (\"maillint test --help\")", folder)
		}
		all = append(all, some...)
	}
	return all, nil
}

func writeCases(w io.Writer, results []cases.Result, failed int) {
	for _, r := range results {
		for _, p := range r.Problems {
			fmt.Fprintf(w, "%s: %s\n", report.Escape(filepath.Join(r.Case, p.File)), report.Escape(p.Text))
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", len(results)-failed, failed)
}

// junitSuite is the part of JUnit's XML that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name     string         `xml:"name,attr"`
	Class    string         `xml:"classname,attr"`
	Failures []junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
}

func junitCases(w io.Writer, results []cases.Result, failed int) error {
	suite := junitSuite{Name: "maillint test", Tests: len(results), Failures: failed}
	for _, r := range results {
		c := junitCase{Name: r.Case, Class: "maillint"}
		for _, p := range r.Problems {
			c.Failures = append(c.Failures, junitFailure{report.Escape(p.File + ": " + p.Text)})
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
