package corpus

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
)

const goodCase = `title: A case.
incident: tokyo-2023
source: a report
rules: [exposed-recipients]
organization: [ours.example]
want:
  - {rule: exposed-recipients, severity: high}
`

// folder makes a corpus of one case from its case.yaml and mail.
func folder(yaml string, mail ...string) fstest.MapFS {
	fsys := fstest.MapFS{"a/case.yaml": {Data: []byte(yaml)}}
	for _, name := range mail {
		fsys["a/"+name] = &fstest.MapFile{Data: []byte("From: a@ours.example\r\n\r\n")}
	}
	return fsys
}

func TestLoadFields(t *testing.T) {
	yaml := goodCase + `todo:
  - {rule: exposed-recipients, message: 2}
envelope: {from: a@ours.example, to: [b@out.example]}
envelopes:
  message-2.eml: {from: <>, to: [c@out.example]}
`
	fsys := folder(yaml, "message-1.eml", "message-2.eml", "fixed.eml")
	fsys["ordinary/x.eml"] = &fstest.MapFile{}
	fsys["_generate/mail.py"] = &fstest.MapFile{}
	cases, err := Load(fsys)
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	c := cases[0]
	if c.ID != "a" || c.Title != "A case." || len(c.Messages) != 2 || c.Names[1] != "message-2.eml" || len(c.Fixed) == 0 {
		t.Errorf("%+v", c)
	}
	if c.Want[0].Message != 1 || c.Todo[0].Message != 2 {
		t.Errorf("messages %d and %d", c.Want[0].Message, c.Todo[0].Message)
	}
	if got := c.EnvelopeOf("message-2.eml").From; got != "<>" {
		t.Errorf("envelope of message-2.eml is from %q", got)
	}
	if got := c.EnvelopeOf(FixedName).To[0]; got != "b@out.example" {
		t.Errorf("envelope of %s is to %q", FixedName, got)
	}
}

func TestLoadMistakes(t *testing.T) {
	both := []string{"message.eml", "fixed.eml"}
	tests := []struct {
		name, yaml string
		mail       []string
		want       string
	}{
		{"unknown key", goodCase + "wants: []\n", both, "a/case.yaml:8:1: field wants not found"},
		{"unknown key in a finding", strings.Replace(goodCase, "severity: high", "severity: high, sez: x", 1), both, "a/case.yaml:7:"},
		{"no YAML", goodCase + "\t- x\n", both, "a/case.yaml:8:"},
		{"empty", "", both, "a/case.yaml:"},
		{"two documents", goodCase + "---\nx: y\n", both, "a/case.yaml:"},
		{"a list for a word", strings.Replace(goodCase, "A case.", "[x]", 1), both, "a/case.yaml:1:"},
		{"no title", strings.Replace(goodCase, "title: A case.\n", "", 1), both, "a/case.yaml:1:1: title is missing"},
		{"nothing wanted", goodCase[:strings.Index(goodCase, "want:")] + "rules: []\n", both, "a/case.yaml:6:1:"},
		{"no rule", "title: x\nwant: []\n", both, "a/case.yaml:2:7: no rule is named"},
		{"severity", strings.Replace(goodCase, "severity: high", "severity: grave", 1), both, `a/case.yaml:7:42: severity "grave": want info, warning, high, critical`},
		{"severity missing", strings.Replace(goodCase, ", severity: high", "", 1), both, "a/case.yaml:7:5: severity"},
		{"rule of another case", strings.Replace(goodCase, "rule: exposed-recipients", "rule: auto-forward", 1), both, "a/case.yaml:7:12: \"auto-forward\" is not one of the rules"},
		{"message that is not there", strings.Replace(goodCase, "high}", "high, message: 2}", 1), both, "a/case.yaml:7:57: message 2: the case has 1"},
		{"envelope without recipients", goodCase + "envelope: {from: a@ours.example}\n", both, "a/case.yaml:8:11: an envelope has from"},
		{"envelope of no message", goodCase + "envelopes:\n  x.eml: {from: <>, to: [a@b.example]}\n", both, "a/case.yaml:9:10: no message of the case is named x.eml"},
		{"no twin", goodCase, []string{"message.eml"}, "a/fixed.eml"},
		{"no message", goodCase, []string{"fixed.eml"}, "a: neither message.eml nor message-1.eml"},
		{"both", goodCase, []string{"message.eml", "message-1.eml", "fixed.eml"}, "a: both message.eml and message-1.eml"},
		{"a hole in the numbers", goodCase, []string{"message-1.eml", "message-3.eml", "fixed.eml"}, "a/message-3.eml: a case holds"},
	}
	for _, tt := range tests {
		_, err := Load(folder(tt.yaml, tt.mail...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// All mistakes are told at once, of all cases.
func TestLoadAllMistakes(t *testing.T) {
	fsys := folder(strings.NewReplacer("title: A case.\n", "", "high", "grave").Replace(goodCase), "message.eml", "fixed.eml")
	fsys["b/message.eml"] = &fstest.MapFile{}
	_, err := Load(fsys)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"title is missing", "severity \"grave\"", "b/case.yaml: is missing", "b/fixed.eml: is missing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told in: %v", want, err)
		}
	}
}

// The corpus itself loads, and every twin differs from its message.
func TestCases(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	onDisk, err := Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) != len(onDisk) || len(cases) < 10 {
		t.Errorf("%d cases are built in, %d are on disk", len(cases), len(onDisk))
	}
	for _, c := range cases {
		if bytes.Equal(c.Messages[0], c.Fixed) && c.EnvelopeOf(c.Names[0]) == c.EnvelopeOf(FixedName) {
			t.Errorf("%s: %s is the message itself", c.ID, FixedName)
		}
		if c.Incident == "" || c.Source == "" || len(c.Organization) == 0 {
			t.Errorf("%s: a case of ours names its incident, its source and the organisation", c.ID)
		}
		if len(c.Want)+len(c.Todo) == 0 {
			t.Errorf("%s: expects nothing: such mail belongs to ordinary/", c.ID)
		}
	}
}

// The mail is what generate.py makes, octet for octet.
func TestGenerated(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("MAILLINT_REQUIRE") == "all" {
			t.Fatal("python3 is required")
		}
		t.Skip("python3 is not installed")
	}
	out, err := exec.Command(python, "generate.py", "--check").CombinedOutput()
	if err != nil {
		t.Errorf("run python3 corpus/generate.py: %v\n%s", err, out)
	}
}
