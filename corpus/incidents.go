package corpus

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:generate go test . -run TestIncidentsTable -update

//go:embed incidents.yaml
var incidentsFile []byte

// Incident is one published incident, or the reason why it is none of ours.
type Incident struct {
	ID           string `yaml:"id"`
	Group        string `yaml:"group"` // a letter; incidents.yaml says which is which
	Organization string `yaml:"organization"`
	Date         string `yaml:"date"`
	Title        string `yaml:"title"`        // what happened
	Owes         string `yaml:"owes"`         // what maillint has to do about it
	OutOfScope   string `yaml:"out-of-scope"` // why a mail gateway cannot
}

// groups names the groups of incidents, in the order of the table.
var groups = []struct{ letter, title string }{
	{"A", "Recipients exposed to each other"},
	{"B", "Lookalike domains"},
	{"C", "Forwarding"},
	{"D", "Abused accounts"},
	{"E", "Wrong recipient, personal data"},
	{"F", "Mail lost"},
	{"G", "Listed, out of scope of a mail gateway"},
	{"P", "Published elsewhere"},
	{"X", "No incident"},
}

// Incidents gives the published incidents, in the order of incidents.yaml.
func Incidents() ([]Incident, error) { return loadIncidents("incidents.yaml", incidentsFile) }

func loadIncidents(file string, data []byte) ([]Incident, error) {
	var list []Incident
	doc, err := strict(file, data, &list)
	if err != nil {
		return nil, err
	}
	p := &problems{file: file, doc: doc}
	seen := map[string]bool{}
	for i := range list {
		in := &list[i]
		for _, f := range []struct{ key, value string }{
			{"id", in.ID}, {"organization", in.Organization}, {"date", in.Date}, {"title", in.Title},
		} {
			if f.value == "" {
				p.add(at(i, f.key), "%s is missing", f.key)
			}
		}
		if in.Owes == "" && in.OutOfScope == "" {
			p.add(at(i), "%s: neither what maillint owes nor why it is out of scope", in.ID)
		}
		if !slices.ContainsFunc(groups, func(g struct{ letter, title string }) bool { return g.letter == in.Group }) {
			p.add(at(i, "group"), "group %q: want a letter that the head of the file names", in.Group)
		}
		if seen[in.ID] {
			p.add(at(i, "id"), "%s stands twice", in.ID)
		}
		seen[in.ID] = true
	}
	return list, p.join()
}

// WriteIncidents writes the table of incidents, rules and cases in Markdown,
// as INCIDENTS.md holds it. A rule that only comes with a later issue stands
// in italics.
func WriteIncidents(w io.Writer, incidents []Incident, cases []Case) error {
	var b strings.Builder
	b.WriteString("# Incidents, rules and cases\n\n")
	b.WriteString("Made by `go test ./corpus -update` of incidents.yaml and the cases; do not edit. ")
	b.WriteString("Rules in *italics* find nothing in these cases yet: they come with a later issue.\n")
	for _, g := range groups {
		rows := tableOf(g.letter, incidents, cases)
		if rows == "" {
			continue
		}
		fmt.Fprintf(&b, "\n## %s. %s\n\n", g.letter, g.title)
		b.WriteString("| incident | what happened | rules | cases | out of scope because |\n| --- | --- | --- | --- | --- |\n")
		b.WriteString(rows)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write incidents: %w", err)
	}
	return nil
}

func tableOf(group string, incidents []Incident, cases []Case) string {
	var b strings.Builder
	for _, in := range incidents {
		if in.Group != group {
			continue
		}
		what := fmt.Sprintf("**%s** (%s). %s", in.Organization, in.Date, in.Title)
		if in.Organization == "none" {
			what = in.Title
		}
		rules, links := shownBy(in.ID, cases)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", in.ID, cell(what), rules, links, cell(in.OutOfScope))
	}
	return b.String()
}

// shownBy gives the rules and the cases of an incident, as cells.
func shownBy(incident string, cases []Case) (rules, links string) {
	found := map[string]bool{} // rule, to whether some case expects it now
	var names []string
	for i := range cases {
		c := &cases[i]
		if c.Incident != incident {
			continue
		}
		names = append(names, fmt.Sprintf("[%s](%s/)", c.ID, c.ID))
		for _, r := range c.Rules {
			found[r] = found[r] || slices.ContainsFunc(c.Want, func(e Expect) bool { return e.Rule == r })
		}
	}
	var ids []string
	for r, now := range found {
		mark := "*"
		if now {
			mark = ""
		}
		ids = append(ids, mark+r+mark)
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(strings.Trim(a, "*"), strings.Trim(b, "*")) })
	return strings.Join(ids, ", "), strings.Join(names, ", ")
}

// cell keeps a text inside its cell of a Markdown table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
