//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fence = regexp.MustCompile("(?ms)^```(?:conf|yaml|sh|sql) (\\S+)\n(.*?)^```")

// snippets are the named blocks of a page.
func snippets(t *testing.T, page string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = m[2]
	}
	if len(out) == 0 {
		t.Fatalf("%s: no snippets", page)
	}
	return out
}

// fit puts the addresses and paths of this test in the place of the page's.
// Each must stand there: a page that changed is seen.
func fit(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the page no longer says %q", pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// entries are the services of a master.cf snippet.
func entries(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

// shell runs the commands of a page in a folder, up to the first that fails,
// with the maillint that was built.
func shell(t *testing.T, dir, commands string, env ...string) {
	t.Helper()
	cmd := exec.Command("sh", "-e", "-c", commands)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PATH="+filepath.Dir(program(t))+":"+os.Getenv("PATH")), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
}
