// Command gen writes what is generated from the rules: the examples that this
// program knows, their pages in docs/rules, and the README's table. It may be
// run anywhere in the repository.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"maillint/internal/page"
	"maillint/policy"
	"maillint/rules"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	if err := toRoot(); err != nil {
		return err
	}
	files, err := generated()
	if err != nil {
		return err
	}
	if err := os.MkdirAll("docs/rules", 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// toRoot makes the root of the repository the working folder.
func toRoot() error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return os.Chdir(dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return errors.New("this is no folder of the repository")
		}
		dir = parent
	}
}

// generated are the files and what belongs in them.
func generated() (map[string][]byte, error) {
	files := map[string][]byte{}
	found, err := findExamples(rules.All)
	if err != nil {
		return nil, err
	}
	for _, r := range rules.All {
		var e *page.Example
		if x, ok := found[r.ID]; ok {
			e = &x
			files[filepath.Join("internal/page", page.ExampleFile(r.ID))] = []byte(e.Text())
		}
		files["docs/rules/"+r.ID+".md"] = page.Markdown(r, "en", e)
		files["docs/rules/"+r.ID+".ja.md"] = page.Markdown(r, "ja", e)
	}
	if files["docs/rules.schema.json"], err = policy.Schema(rules.All); err != nil {
		return nil, err
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return nil, err
	}
	files["README.md"], err = between(readme, page.Table(rules.All))
	return files, err
}

// between puts the table between the marks in the README.
func between(readme, table []byte) ([]byte, error) {
	start, end := []byte("<!-- rules: generated, \"make gen\" -->\n"), []byte("<!-- /rules -->")
	i, j := bytes.Index(readme, start), bytes.Index(readme, end)
	if i < 0 || j < i {
		return nil, errors.New("README.md: the marks around the table of rules are missing")
	}
	out := append(bytes.Clone(readme[:i+len(start)]), table...)
	return append(out, readme[j:]...), nil
}
