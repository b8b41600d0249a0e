package audit

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
)

// TestYokohamaInEveryFormat: the 29 mailboxes are the first finding of all
// formats, with the attackers' addresses as targets.
func TestYokohamaInEveryFormat(t *testing.T) {
	export := write(t, "mailboxes.csv", string(yokohama()))
	first := map[string]*regexp.Regexp{
		"text":  regexp.MustCompile(`\Amailboxes.csv:39: critical: 12 mailboxes forward to box1@mailer\.test`),
		"jsonl": regexp.MustCompile(`\A\{"rule":"shared-forward-target","severity":"critical",[^\n]*"target":"box1@mailer\.test"`),
		"sarif": regexp.MustCompile(`"results":\[\s*\{"ruleId":"shared-forward-target","ruleIndex":0,"level":"error","message":\{"text":"12 mailboxes forward to box1@mailer\.test`),
		"junit": regexp.MustCompile(`<testsuite [^>]*>\s*<testcase name="shared-forward-target 12 mailboxes -&gt; box1@mailer\.test"`),
		"html":  regexp.MustCompile(`<tbody>\s*<tr><td data-s="3"><span class="sev g3">critical</span></td><td>12 mailboxes forward to box1@mailer\.test`),
	}
	for _, format := range Formats() {
		out := wantJob(t, Job{Paths: []string{export}, Format: format}, ExitFindings)
		out = strings.ReplaceAll(out, strings.TrimSuffix(export, "mailboxes.csv"), "")
		if first[format] == nil || !first[format].MatchString(out) {
			t.Errorf("%s begins:\n%.600s", format, out)
		}
		for _, target := range []string{"box1@mailer.test", "box2@mailer.test", "third@elsewhere.test"} {
			if !strings.Contains(out, target) {
				t.Errorf("%s lacks %s", format, target)
			}
		}
	}
}

const surveyed = header + "a@corp.example,,smtp:x@evil.test,False\nb@corp.example,,smtp:<script>@evil.test,True\nc@corp.example\n"

// TestSARIF: rules by index, lines of the export, what was not read as
// notifications of a run that did not succeed.
func TestSARIF(t *testing.T) {
	export := write(t, "m 1.csv", surveyed)
	out := wantJob(t, Job{Paths: []string{export, "nowhere.csv"}, Format: "sarif", Version: "1"}, ExitUnread)
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				RuleIndex     int
				Message       struct{ Text string }
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				PartialFingerprints map[string]string
				Properties          struct{ Mailbox, Target, Remove string }
			}
			Invocations []struct {
				ExecutionSuccessful        bool
				ToolExecutionNotifications []struct{ Message struct{ Text string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &log); err != nil || len(log.Runs) != 1 || log.Version != "2.1.0" {
		t.Fatal(err, out)
	}
	run := log.Runs[0]
	prints := map[string]bool{}
	for _, r := range run.Results {
		prints[r.PartialFingerprints["maillint/v1"]] = true
		place := r.Locations[0].PhysicalLocation
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || !strings.HasSuffix(place.ArtifactLocation.URI, "/m%201.csv") || place.Region.StartLine < 2 {
			t.Errorf("%+v", r)
		}
	}
	if r := run.Results[0]; r.Properties.Mailbox != "a@corp.example" || r.Properties.Target != "x@evil.test" || !strings.HasPrefix(r.Properties.Remove, "Set-Mailbox") {
		t.Errorf("%+v", r)
	}
	if len(prints) != len(run.Results) || run.Invocations[0].ExecutionSuccessful || len(run.Invocations[0].ToolExecutionNotifications) != 2 {
		t.Errorf("%d prints of %d results, %+v", len(prints), len(run.Results), run.Invocations)
	}
}

// TestJUnitSurvey: a case a finding, those below the level pass; a passed case
// for each clean file; an error for what was not read.
func TestJUnitSurvey(t *testing.T) {
	export, clean := write(t, "m.csv", surveyed), write(t, "c.csv", header+"a@corp.example,,,False\n")
	out := wantJob(t, Job{Paths: []string{export, clean}, Format: "junit", FailLevel: "high"}, ExitUnread)
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Cases    []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal([]byte(out), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != len(suites.Cases) || suites.Failures != 1 || suites.Errors != 1 || suites.Cases[len(suites.Cases)-1].Name != clean {
		t.Errorf("%+v", suites)
	}
}

// TestHTMLSurvey: one file that loads nothing and runs nothing of an export.
func TestHTMLSurvey(t *testing.T) {
	export := write(t, "m.csv", surveyed)
	out := wantJob(t, Job{Paths: []string{export}, Format: "html", Lang: "ja"}, ExitUnread)
	for _, no := range []string{"http://", "https://", "src=", "@import", "url(", "<script>@evil"} {
		if strings.Contains(out, no) {
			t.Errorf("the page holds %q", no)
		}
	}
	for _, yes := range []string{"width=device-width", `<td data-l="mailbox">a@corp.example</td><td data-l="target">x@evil.test</td>`, "<pre>Set-Mailbox -Identity &#39;a@corp.example&#39;", "Not complete", "メールボックスに残らない", "m.csv:4: 1 columns"} {
		if !strings.Contains(out, yes) {
			t.Errorf("the page lacks %q", yes)
		}
	}
}

// TestExplained: every finding has its texts, in the order of a report.
func TestExplained(t *testing.T) {
	rules := Explain()
	for i, id := range Rules() {
		r := rules[i]
		if r.ID != id || r.Title.En == "" || r.Title.Ja == "" || r.Why.En == "" || r.Why.Ja == "" || r.Fix.En == "" || r.Fix.Ja == "" {
			t.Errorf("%d: %s has no texts, or not its place: %+v", i, id, r.Meta)
		}
	}
	if len(rules) != len(Rules())+1 {
		t.Errorf("%d texts for %d rules", len(rules), len(Rules())+1)
	}
}
