// Package arch keeps the import direction that docs/flow.md draws. A folder may
// import folders below it and never one beside or above; some libraries belong
// to one folder alone.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers, lowest first. A package may import what stands in a lower layer.
var layers = [][]string{
	{"message", "corpus", "maillint", "internal/hint", "internal/needle", "internal/cputime", "internal/mailtest", "internal/monitor"},
	{"lookalike", "content"},
	{"content/personal"},
	{"content/secret"},
	{"lint", "mailbox"},
	{"rules", "rewrite", "history", "internal/spool"},
	{"policy", "store", "submit"},
	{"notify", "internal/canary"},
	{"gate", "report", "store/storetest"},
	{"internal/page", "internal/cases"},
	{"smtpproxy", "milter", "console", "exposure", "audit", "doctor"},
	{"cmd/maillint", "internal/demo", "internal/bench", "internal/lookalikeeval", "internal/e2e", "internal/page/gen", "internal/picture"},
}

// owners are the folders that alone may import a library.
var owners = map[string][]string{
	"github.com/emersion/go-smtp":    {"smtpproxy", "submit"},
	"github.com/jackc/pgx":           {"store"},
	"github.com/emersion/go-msgauth": {"rewrite"},
	"modernc.org/sqlite":             {"store"},
	"go.yaml.in/yaml":                {"policy", "corpus", "lint", "audit"},
	"github.com/spf13/cobra":         {"cmd/maillint"},
}

// forbidden are imports that a folder must not have, whatever the layers say.
var forbidden = map[string][]string{
	"rules": {"os", "net", "net/http", "time", "log", "log/slog", "context", "database/sql"},
	"lint":  {"os", "net", "net/http", "log", "log/slog"},
}

func TestImportDirection(t *testing.T) {
	rank := map[string]int{}
	for i, names := range layers {
		for _, n := range names {
			rank[n] = i + 1
		}
	}
	files := 0
	walk(t, func(folder, file string, imports []string) {
		files++
		if rank[folder] == 0 && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s: folder %s has no place in the layers of internal/arch", file, folder)
		}
		for _, path := range imports {
			checkImport(t, rank, folder, file, path)
		}
	})
	if files < 20 {
		t.Fatalf("only %d files seen: the walk is broken", files)
	}
}

func checkImport(t *testing.T, rank map[string]int, folder, file, path string) {
	t.Helper()
	if strings.HasSuffix(file, "_test.go") {
		return // tests put parts together
	}
	if to, ok := strings.CutPrefix(path, "maillint/"); ok && rank[to] >= rank[folder] {
		t.Errorf("%s: %s must not import %s, which is beside or above it", file, folder, to)
	}
	for lib, allowed := range owners {
		if strings.HasPrefix(path, lib) && !contains(allowed, folder) {
			t.Errorf("%s: only %s may import %s", file, strings.Join(allowed, ", "), lib)
		}
	}
	if contains(forbidden[folder], path) {
		t.Errorf("%s: %s must not import %s", file, folder, path)
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// walk visits every Go file of the module.
func walk(t *testing.T, visit func(folder, file string, imports []string)) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range f.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			imports = append(imports, p)
		}
		rel, _ := filepath.Rel(root, path)
		folder := filepath.ToSlash(filepath.Dir(rel))
		if folder == "." {
			folder = "maillint"
		}
		visit(folder, rel, imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
