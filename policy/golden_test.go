package policy

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
