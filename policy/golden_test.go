package policy

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"maillint/internal/hint"
	"maillint/lint"
)

var update = flag.Bool("update", false, "write the messages of testdata/bad anew")

// Every file of testdata/bad is refused, with exactly the messages beside it.
func TestBadPolicies(t *testing.T) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	if len(files) < 20 {
		t.Fatalf("only %d bad policies", len(files))
	}
	for _, file := range files {
		_, err := Load(file, testRules)
		problems, ok := AsProblems(err)
		if !ok || !problems.Errors() {
			t.Errorf("%s: not refused: %v", file, err)
			continue
		}
		golden := strings.TrimSuffix(file, ".yaml") + ".out"
		got := filepath.ToSlash(problems.Error()) + "\n"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, _ := os.ReadFile(golden); got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}

func TestGoodPolicies(t *testing.T) {
	files, _ := filepath.Glob("testdata/good/*.yaml")
	for _, file := range files {
		p, err := Load(file, testRules)
		if err != nil {
			t.Errorf("%s:\n%v", file, err)
			continue
		}
		if len(p.Warnings) > 0 {
			t.Errorf("%s: warnings:\n%v", file, p.Warnings)
		}
		if bad := p.Check(testNow); bad.Errors() {
			t.Errorf("%s: check:\n%v", file, bad)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load("testdata/none.yaml", nil)
	if err == nil || !strings.HasPrefix(err.Error(), "testdata/none.yaml: no such file") {
		t.Error(err)
	}
	if _, err = Load("testdata", nil); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Error(err)
	}
}

// Whatever the text, Parse ends, and what it accepts can be used.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "testdata/good/*.yaml", "../rules.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			data, _ := os.ReadFile(file)
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w := inMemory(map[string]string{"people.csv": people, "../people/good.csv": people, "../lists/good.txt": "good.example\n"})
		p, err := parse("fuzz.yaml", data, testRules, w)
		if err != nil {
			if problems, ok := AsProblems(err); !ok || !problems.Errors() {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		p.Now = func() time.Time { return testNow }
		m := mail(t, "From: a@ours.example\r\nSubject: x\r\n\r\ntext\r\n", "a@ours.example", three...)
		found, err := p.Engine(nil).Run(m)
		if err != nil {
			t.Fatal(err)
		}
		p.Judge(m, IdentityOf(m), found)
		p.Check(testNow)
	})
}

// No condition, however odd, makes loading or judging fail; what it may not do
// it is refused.
func FuzzExpression(f *testing.F) {
	for _, text := range examples(f, "../docs/custom-rules.md") {
		for _, rule := range loadExample(f, text).Rules {
			if rule.Custom() {
				f.Add(rule.expression.source)
			}
		}
	}
	for _, s := range []string{`recipients[3].name == ""`, `len(text) / external > 2`, `find(recipients, .external).name == "x"`, `sum(parts, .size) % hour == 0`, `first(to).field in groups`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, when string) {
		r := &reader{file: "fuzz.yaml", world: inMemory(nil), lists: map[string]*List{"competitors": {}}}
		p := &Policy{Lists: r.lists, Now: func() time.Time { return testNow }, Organization: Organization{Zone: time.UTC}, custom: newCustomRules()}
		e := r.compile(p, when, &yaml.Node{Kind: yaml.ScalarNode, Value: when, Line: 1, Column: 1}, "when")
		if len(r.problems) > 0 {
			return
		}
		m := mail(t, "From: a@ours.example\r\nTo: b@x.example\r\nSubject: x\r\n\r\ntext\r\n", "a@ours.example", three...)
		org, _ := lint.NewOrg([]string{"ours.example"})
		took := time.Hour
		for range 3 { // a busy machine is slow once, a costly condition each time
			start := time.Now()
			_, _ = newEnvironment(p, m, lint.NewFacts(m, org)).eval(e)
			if took = min(took, time.Since(start)); took <= time.Second {
				return
			}
		}
		t.Fatalf("took %s", took)
	})
}

// The hints of a regular expression never rule out a text that it matches.
func FuzzHints(f *testing.F) {
	f.Add("(?i)confidential|社外秘", "this is CONFIDENTIAL")
	f.Add("(?i)(please find|see) (the )?attached", "Please find attached")
	f.Add("(?i)straße|k", "STRASSE \u212a")
	f.Add("pass(word|phrase)+x?", "passwordword")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := compilePattern(pattern)
		if err != nil || !utf8.ValidString(text) || !re.MatchString(text) {
			return
		}
		small := smallLetters(text)
		for _, some := range hint.Of(pattern) {
			if !slices.ContainsFunc(some, func(h string) bool { return strings.Contains(small, h) }) {
				t.Fatalf("%q matches %q, whose small letters %q hold none of %q", pattern, text, small, some)
			}
			for _, h := range some {
				if strings.Contains(small, h) && !newGrams(small).may(h) {
					t.Fatalf("the grams of %q rule out %q", small, h)
				}
			}
		}
	})
}
