package policy

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const docPeople = "account,addresses,groups\njiro,jiro@example.ac.jp,students\n"

// examples are the YAML blocks of a page that are policies or parts of them.
func examples(t testing.TB, page string) []string {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(string(data), -1) {
		out = append(out, m[1])
	}
	return out
}

// loadExample reads a block as a policy of its own.
func loadExample(t testing.TB, text string) *Policy {
	t.Helper()
	if !strings.Contains(text, "version:") {
		text = "version: 1\n" + text
	}
	files := map[string]string{"people.csv": docPeople, "blocked.txt": "evil.example\n", "students.txt": "evil.example\n", "store.key": "k", "webhook.key": "0123456789abcdef"}
	p, err := parse("example.yaml", []byte(text), testRules, inMemory(files))
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	return p
}

// Every example of the page loads, and its cases come out as they say.
func TestCustomRulesPage(t *testing.T) {
	n := 0
	for _, text := range examples(t, "../docs/custom-rules.md") {
		p := loadExample(t, text)
		for _, bad := range p.Check(testNow) {
			t.Errorf("%v\nin\n%s", bad, text)
		}
		for _, rule := range p.Rules {
			if !rule.Custom() {
				continue
			}
			n++
			fires := 0
			for _, c := range rule.cases {
				if c.fires {
					fires++
				}
			}
			if fires == 0 || fires == len(rule.cases) {
				t.Errorf("%s: no case that fires, or none that is silent", rule.Name)
			}
			if rule.Rule.Title.Ja == "" {
				t.Errorf("%s: no message in Japanese", rule.Name)
			}
		}
	}
	if n < 21 {
		t.Errorf("only %d worked examples", n)
	}
}

// The page names everything that a condition may use, and nothing that it may
// not.
func TestCustomRulesPageIsComplete(t *testing.T) {
	data, _ := os.ReadFile("../docs/custom-rules.md")
	page := string(data)
	for _, name := range inputNames() {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("input %s is missing", name)
		}
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Recipient](), reflect.TypeFor[PartView](), reflect.TypeFor[FileView]()} {
		for i := range typ.NumField() {
			if name := typ.Field(i).Tag.Get("expr"); !strings.Contains(page, "`."+name+"`") {
				t.Errorf("%s.%s is missing", typ.Name(), name)
			}
		}
	}
	for _, name := range append(builtins, own...) {
		if !regexp.MustCompile("[`| ]" + name + "[`( ]").MatchString(page) {
			t.Errorf("function %s is missing", name)
		}
	}
}

// Every example of the page is a policy that loads without a warning.
func TestPolicyPage(t *testing.T) {
	all := examples(t, "../docs/policy.md")
	if len(all) < 5 {
		t.Fatalf("only %d examples", len(all))
	}
	for _, text := range all {
		if p := loadExample(t, text); len(p.Warnings) > 0 {
			t.Errorf("%v\nin\n%s", p.Warnings, text)
		}
	}
}
