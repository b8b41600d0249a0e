package corpus

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write INCIDENTS.md anew")

func load(t *testing.T) ([]Incident, []Case) {
	t.Helper()
	incidents, err := Incidents()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	return incidents, cases
}

func TestIncidentsTable(t *testing.T) {
	incidents, cases := load(t)
	var b bytes.Buffer
	if err := WriteIncidents(&b, incidents, cases); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("INCIDENTS.md", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("INCIDENTS.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Error("INCIDENTS.md is out of date: run go test ./corpus -update")
	}
}

// Every incident has a case or the reason why not, and every case an incident.
func TestIncidentsAndCases(t *testing.T) {
	incidents, cases := load(t)
	shown := map[string]int{}
	for _, c := range cases {
		shown[c.Incident]++
	}
	for _, in := range incidents {
		if shown[in.ID] == 0 && in.OutOfScope == "" {
			t.Errorf("%s has no case and is not out of scope", in.ID)
		}
		delete(shown, in.ID)
	}
	for id := range shown {
		t.Errorf("cases name the incident %s, which incidents.yaml does not", id)
	}
}

func TestIncidentsMistakes(t *testing.T) {
	const good = "- {id: x, group: A, organization: o, date: d, title: t, owes: w}\n"
	tests := []struct{ name, yaml, want string }{
		{"unknown key", strings.Replace(good, "owes", "ows", 1), "i.yaml:1:"},
		{"no title", strings.Replace(good, "title: t, ", "", 1), "i.yaml:1:3: title is missing"},
		{"group", strings.Replace(good, "group: A", "group: Q", 1), `i.yaml:1:18: group "Q"`},
		{"twice", good + good, "i.yaml:2:8: x stands twice"},
		{"no duty", strings.Replace(good, ", owes: w", "", 1), "i.yaml:1:3: x: neither what maillint owes"},
		{"no list", "id: x\n", "i.yaml:1:"},
	}
	for _, tt := range tests {
		_, err := loadIncidents("i.yaml", []byte(tt.yaml))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := loadIncidents("i.yaml", []byte(good)); err != nil {
		t.Error(err)
	}
}

// A failing writer is told of.
func TestWriteIncidentsFails(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	_ = w.Close()
	if err := WriteIncidents(w, nil, nil); err == nil {
		t.Error("no error")
	}
}
