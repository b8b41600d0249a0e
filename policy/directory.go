package policy

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// Person is one line of the directory: somebody, a shared mailbox, a device.
type Person struct {
	Account   string
	Addresses []message.Address
	Name      string
	Kind      string // "staff", "student", "shared", "device": a word of the administrator's
	Groups    []string
	Manager   string // an account or address
	Deputies  []string
	Language  string // "ja" or "en"
	OwnerOf   []string
}

// Directory finds people by account or address. The zero Directory is empty.
type Directory struct {
	People    []*Person
	Files     []string // those that it was read from
	byAccount map[string]*Person
	byAddress map[string]*Person
	groups    map[string]bool
}

// Account finds a person by log-in name, in any case, or gives nil.
func (d *Directory) Account(name string) *Person { return d.byAccount[strings.ToLower(name)] }

// Address finds the person whose address it is, or gives nil.
func (d *Directory) Address(a message.Address) *Person { return d.byAddress[a.Key()] }

// named are those who have a name, as the rules see them.
func (d *Directory) named() []lint.Person {
	var out []lint.Person
	for _, p := range d.People {
		if p.Name != "" {
			out = append(out, lint.Person{Name: p.Name, Office: p.Kind == "shared" || p.Kind == "device", Addresses: p.Addresses})
		}
	}
	return out
}

// columns are the columns a directory may have; only account must be there.
var columns = []string{"account", "addresses", "name", "kind", "groups", "manager", "deputies", "language", "owner_of"}

// readDirectory reads the section directory: files, and what a command prints.
func (r *reader) readDirectory(n *yaml.Node, path string) {
	r.mapping(n, path, "key",
		key{"files", func(v *yaml.Node, p string) { r.directoryFiles(v, p) }},
		key{"command", func(v *yaml.Node, p string) { r.directoryCommand(v, p) }},
	)
	r.checkReferences()
}

func (r *reader) directoryFiles(n *yaml.Node, path string) {
	for _, v := range r.sequence(n, path) {
		name, ok := r.text(v, path)
		if !ok {
			continue
		}
		name = r.world.path(name)
		data, err := r.world.read(name)
		if err != nil {
			r.fail(r.at(v), "", "%scannot read the directory: %v", prefix(path), err)
			continue
		}
		r.directory.Files = append(r.directory.Files, name)
		r.table(name, data)
	}
}

// directoryCommand runs a program, without a shell, that prints the same
// table.
func (r *reader) directoryCommand(n *yaml.Node, path string) {
	argv := texts(r.items(n, path))
	if len(argv) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	out, err := r.world.run(ctx, argv)
	if err != nil {
		r.fail(r.at(n), "", "%s%s: %v", prefix(path), clip(argv[0]), err)
		return
	}
	r.table(argv[0], out)
}

// table reads a CSV with a line of column names. Several values in one cell
// are separated by semicolons.
func (r *reader) table(file string, data []byte) {
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	var head []string
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			r.fail(place{file, broken.Line, broken.Column}, "", "directory: %v", broken.Err)
			return
		}
		if head == nil {
			if head = r.tableHead(file, row); head == nil {
				return
			}
			continue
		}
		line, _ := in.FieldPos(0)
		r.person(place{file, line, 1}, head, row)
	}
	if head == nil {
		r.fail(place{file, 1, 1}, "the first line names the columns", "directory: the table is empty")
	}
}

func (r *reader) tableHead(file string, row []string) []string {
	head := make([]string, len(row))
	for i, name := range row {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, head[i]) {
			r.warn(place{file, 1, i + 1}, didYouMean(head[i], columns), "directory: column %q is not used", clip(name))
		}
	}
	if !slices.Contains(head, "account") {
		r.fail(place{file, 1, 1}, "the first line names the columns: "+strings.Join(columns, ","), "directory: there is no column account")
		return nil
	}
	return head
}

func (r *reader) person(at place, head, row []string) {
	p := &Person{}
	for i, name := range head {
		if i < len(row) {
			r.cell(p, at, name, strings.TrimSpace(row[i]))
		}
	}
	if p.Account == "" {
		r.fail(at, "", "directory: a line without an account")
		return
	}
	r.addPerson(p, at)
}

func (r *reader) cell(p *Person, at place, column, value string) {
	switch column {
	case "account":
		p.Account = value
	case "addresses":
		for _, s := range several(value) {
			if a, ok := r.address(at, "directory", s); ok {
				p.Addresses = append(p.Addresses, a)
			}
		}
	case "name":
		p.Name = value
	case "kind":
		p.Kind = value
	case "groups":
		p.Groups = several(value)
	case "manager":
		p.Manager = value
	case "deputies":
		p.Deputies = several(value)
	case "language":
		if p.Language = strings.ToLower(value); p.Language != "" && p.Language != "ja" && p.Language != "en" {
			r.warn(at, "known: ja, en", "directory: unknown language %q", clip(value))
		}
	case "owner_of":
		p.OwnerOf = several(value)
	}
}

func several(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (r *reader) addPerson(p *Person, at place) {
	d := &r.directory
	if d.byAccount == nil {
		d.byAccount, d.byAddress, d.groups = map[string]*Person{}, map[string]*Person{}, map[string]bool{}
	}
	account := strings.ToLower(p.Account)
	if d.byAccount[account] != nil {
		r.fail(at, "", "directory: account %q stands twice", clip(p.Account))
		return
	}
	for _, a := range p.Addresses {
		if other := d.byAddress[a.Key()]; other != nil {
			r.fail(at, "", "directory: %s is an address of %s too", a, clip(other.Account))
			continue
		}
		d.byAddress[a.Key()] = p
	}
	if a, ok := message.ParseAddress(p.Account); ok && a.Domain != "" && d.byAddress[a.Key()] == nil {
		d.byAddress[a.Key()] = p
		p.Addresses = append(p.Addresses, a)
	}
	d.byAccount[account] = p
	d.People = append(d.People, p)
	r.places = append(r.places, at)
	for _, g := range p.Groups {
		d.groups[g] = true
	}
}

// checkReferences warns about managers and deputies that the directory does
// not know: nobody could be asked.
func (r *reader) checkReferences() {
	for i, p := range r.directory.People {
		for _, name := range append([]string{p.Manager}, p.Deputies...) {
			if name != "" && r.directory.Find(name) == nil {
				r.warn(r.places[i], "", "directory: %q, named for %s, is not in it", clip(name), clip(p.Account))
			}
		}
	}
}

// Find finds a person by account or address, or gives nil.
func (d *Directory) Find(name string) *Person {
	if p := d.Account(name); p != nil {
		return p
	}
	if a, ok := message.ParseAddress(name); ok {
		return d.Address(a)
	}
	return nil
}

// groups reads names of the directory's groups.
func (r *reader) groups(n *yaml.Node, path string) []string {
	var out []string
	for _, it := range r.items(n, path) {
		if r.group(it.text, it.at, path) {
			out = append(out, it.text)
		}
	}
	if out == nil {
		out = []string{}
	}
	return out
}

func (r *reader) group(name string, at place, path string) bool {
	if r.directory.groups[name] {
		return true
	}
	known := make([]string, 0, len(r.directory.groups))
	for g := range r.directory.groups {
		known = append(known, g)
	}
	slices.Sort(known)
	hint := didYouMean(name, known)
	if len(known) == 0 {
		hint = "groups come from the directory, and there is none"
	}
	r.fail(at, hint, "%sunknown group %q", prefix(path), clip(name))
	return false
}

// inGroups reports whether any sender of the message is in one of the groups.
func (p *Policy) inGroups(m *message.Message, groups []string) bool {
	for _, a := range senders(m) {
		if who := p.Directory.Address(a); who != nil && slices.ContainsFunc(who.Groups, func(g string) bool { return slices.Contains(groups, g) }) {
			return true
		}
	}
	return false
}
