package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"maillint/lint"
	"maillint/policy"
)

// sarifLog is the part of the SARIF 2.1.0 schema that viewers rely on.
type sarifLog struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string
				Rules []struct {
					ID               string
					ShortDescription struct{ Text string }
				}
			}
		}
		Results []struct {
			RuleID    string
			RuleIndex int
			Level     string
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           *struct{ StartLine, StartColumn, EndLine, EndColumn, ByteOffset, ByteLength int }
				}
			}
			PartialFingerprints map[string]string
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
	}
}

func TestSARIF(t *testing.T) {
	for _, list := range [][]*Record{records(), nil} {
		var log sarifLog
		if err := json.Unmarshal(render(t, "sarif", Options{}, list), &log); err != nil {
			t.Fatal(err)
		}
		if log.Version != "2.1.0" || log.Schema == "" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "maillint" || len(log.Runs[0].Invocations) != 1 {
			t.Fatalf("%+v", log)
		}
		run := log.Runs[0]
		if list == nil {
			continue
		}
		if len(run.Results) != 5 || len(run.Invocations[0].ToolExecutionNotifications) != 1 {
			t.Fatalf("%d results", len(run.Results))
		}
		for _, r := range run.Results {
			level := r.Level == "note" || r.Level == "warning" || r.Level == "error"
			if !level || r.Message.Text == "" || len(r.Locations) == 0 || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || len(r.PartialFingerprints) != 2 {
				t.Errorf("%+v", r)
			}
			if uri := r.Locations[0].PhysicalLocation.ArtifactLocation.URI; strings.ContainsAny(uri, " \x1b<\"") || uri == "" {
				t.Errorf("uri %q", uri)
			}
		}
		if g := run.Results[1].Locations[0].PhysicalLocation.Region; g == nil || g.StartLine != 2 || g.StartColumn != 25 || g.EndLine != 2 || g.EndColumn != 33 || testMessage[g.ByteOffset:g.ByteOffset+g.ByteLength] != "taro@two" {
			t.Errorf("region %+v", g)
		}
	}
}

// The report is valid against the schema of OASIS, and has what GitHub code
// scanning asks for beyond it: a line and a fingerprint of every result, words
// of every rule (its page "SARIF support for code scanning").
func TestSARIFSchema(t *testing.T) {
	schema := sarifSchemaOf(t)
	bare := *testRules[0]
	bare.ID, bare.Title, bare.Why, bare.Fix = "own-rule", lint.Text{}, lint.Text{}, lint.Text{}
	twice := records()
	twice[1].Verdict.Findings = append(twice[1].Verdict.Findings, twice[1].Verdict.Findings...)
	twice[1].Path, twice[1].Origin = "new/1:2,S", "1:2,S"
	for name, list := range map[string][]*Record{"records": records(), "nothing": nil, "twice": twice} {
		validSARIF(t, schema, name, render(t, "sarif", Options{Rules: append([]*lint.Rule{&bare}, testRules...)}, list))
	}
	for _, wrong := range []string{`{"version":"2.1.0"}`, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{"text":"y"},"level":"bad"}]}]}`} {
		doc, _ := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
		if schema.Validate(doc) == nil {
			t.Errorf("the schema takes %s", wrong)
		}
	}
}

// What the audits find is as valid, whatever stands in an export: two rules of one
// mailbox, a record without a line, nothing at all, nothing but what was not read.
func TestSurveySARIFSchema(t *testing.T) {
	schema := sarifSchemaOf(t)
	one := Entry{Rule: testRules[0].ID, Severity: lint.High, Place: Place{Path: "an export/m:1.csv", Line: 2, Text: "goes out"}, Mailbox: "a@corp.example", Target: "x@evil.test", Evidence: "\xff\x1b[31m\u202e", Remove: "rm", Shared: []string{"a@corp.example", "b@corp.example"}}
	record := one
	record.Line, record.Record = 0, 7
	hole := []Place{{Text: "nothing was read"}, {Path: "m.csv", Line: 3, Record: 2, Text: "half a file"}}
	for name, v := range map[string]*Survey{
		"alike": {Entries: []Entry{one, one, record}}, "nothing": {}, "unread": {Unread: hole}, "both": {Entries: []Entry{one}, Unread: hole, Notes: hole},
	} {
		var b bytes.Buffer
		if err := WriteSurvey("sarif", &b, v, Options{Rules: testRules, Version: "1"}); err != nil {
			t.Fatal(err)
		}
		validSARIF(t, schema, name, b.Bytes())
		if n := strings.Count(b.String(), `"ruleId"`); n != len(v.Entries) {
			t.Errorf("%s: %d results", name, n)
		}
	}
}

func validSARIF(t *testing.T, schema *jsonschema.Schema, name string, out []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	codeScanning(t, name, out)
}

func sarifSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func codeScanning(t *testing.T, name string, out []byte) {
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID                                      string
						ShortDescription, FullDescription, Help struct{ Text string }
						Properties                              struct{ Tags []string }
					}
				}
			}
			Results []struct {
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, EndLine, StartColumn, EndColumn int }
					}
				}
				PartialFingerprints struct{ PrimaryLocationLineHash string }
			}
		}
	}
	if err := json.Unmarshal(out, &log); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range log.Runs[0].Results {
		if id := r.PartialFingerprints.PrimaryLocationLineHash; seen[id] || id == "" {
			t.Errorf("%s: fingerprint %q", name, id)
		} else {
			seen[id] = true
		}
		for _, l := range r.Locations {
			g := l.PhysicalLocation.Region
			if g.StartLine < 1 || g.EndLine != 0 && (g.EndLine < g.StartLine || g.EndLine == g.StartLine && g.EndColumn <= g.StartColumn) {
				t.Errorf("%s: region %+v", name, g)
			}
			if u, err := url.Parse(l.PhysicalLocation.ArtifactLocation.URI); err != nil || u.IsAbs() || strings.HasPrefix(u.Path, "/") {
				t.Errorf("%s: %q is no relative address (%v)", name, l.PhysicalLocation.ArtifactLocation.URI, err)
			}
		}
	}
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		if r.ID == "" || r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" || len(r.Properties.Tags) > 10 {
			t.Errorf("%s: rule %+v", name, r)
		}
	}
}

// A report with more than code scanning takes says so, in itself and to
// whoever made it.
func TestSARIFLimits(t *testing.T) {
	for n, want := range map[int]string{5000: "", 5001: "shows the 5000 gravest", 25000: "shows the 5000 gravest", 25001: "more than the 25000"} {
		var b bytes.Buffer
		f, err := New("sarif", &b, Options{Rules: testRules})
		if err != nil {
			t.Fatal(err)
		}
		r := records()[1]
		r.Verdict.Findings = nil
		for range 100 {
			r.Verdict.Findings = append(r.Verdict.Findings, judged(lint.Warning, policy.Tag, lint.Finding{Rule: "other-rule", Where: "To", Message: "x"}))
		}
		piece := f.Render(r)
		for range n / 100 {
			if err := f.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		if r.Verdict.Findings = r.Verdict.Findings[:n%100]; n%100 > 0 {
			if err := f.Write(f.Render(r)); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(&Summary{}); err != nil {
			t.Fatal(err)
		}
		text := f.(Remarker).Remark()
		if (want == "") != (text == "") || !strings.Contains(text, want) || !strings.Contains(b.String(), fmt.Sprintf("%q", text)) && text != "" {
			t.Errorf("%d results: %q", n, text)
		}
	}
}
