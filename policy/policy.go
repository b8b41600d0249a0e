// Package policy reads rules.yaml, strictly, and judges findings by it: which
// rules run with which parameters on which mail, and what becomes of a message
// in which they found something.
package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/content"
	"maillint/lint"
	"maillint/message"
)

// Policy is a checked policy. It is not changed after loading and is safe for
// concurrent use.
type Policy struct {
	File string
	// ID names this text of the policy, files that it names not included: the
	// start of its SHA-256.
	ID           string
	Files        []string // that were read for it, itself first
	Version      int
	Mode         Mode
	Organization Organization
	Lists        map[string]*List
	// Rules are all rules and instances, those of the file first and in its
	// order, then those that it does not name.
	Rules      []*Rule
	Exceptions []*Exception
	Services   []*Service
	Directory  Directory
	Proxy      Proxy
	Release    ReleaseRoute
	Holds      Holds
	Store      StoreAt
	Notify     Notify
	Milter     Milter
	// Limits are how far the files of one message are looked into; zero values
	// stand for the default.
	Limits content.Budget
	Canary Canary
	// DKIM are the keys that sign mail again whose signature a change broke.
	DKIM []DKIMKey
	// Stamp are the keys of stamps; without any, mail is not stamped.
	Stamp []StampKey
	// Warnings are what works, but probably not as it was meant.
	Warnings Problems
	// Now tells the time: for hours, dates and the end of exceptions.
	Now func() time.Time

	acts       bool // the file has a section of a door that acts
	byName     map[string]*Rule
	exceptions exceptionIndex
	custom     *customRules
	org        atomic.Pointer[lint.Org] // of the last Engine
	named      []lint.Person            // of the directory, as rules see them
}

// Load reads and checks a policy file. The error is Problems with every
// mistake in it, unless the file cannot be read.
func Load(path string, rules []*lint.Rule) (*Policy, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, Problems{{File: path, Text: err.Error()}}
	}
	return Parse(path, data, rules)
}

// Parse checks the text of a policy. name is for messages; files that the
// policy names are looked for in the folder of name.
func Parse(name string, data []byte, rules []*lint.Rule) (*Policy, error) {
	return parse(name, data, rules, realWorld(name))
}

func parse(file string, data []byte, rules []*lint.Rule, w world) (*Policy, error) {
	files, read := []string{file}, w.read
	w.read = func(path string) ([]byte, error) {
		files = append(files, path)
		return read(path)
	}
	r := &reader{file: file, data: data, world: w, lists: map[string]*List{}, zone: time.Local}
	sum := sha256.Sum256(data)
	p := &Policy{File: file, ID: hex.EncodeToString(sum[:6]), Mode: Enforce, Lists: r.lists, Now: time.Now, byName: map[string]*Rule{}, custom: newCustomRules()}
	if top := r.root(data); top != nil {
		r.references(top)
		r.sections(p, top, newCatalogue(rules))
	}
	r.problems.sort()
	if r.problems.Errors() {
		return nil, r.problems
	}
	p.Warnings, p.Files = r.problems, files
	for _, rule := range p.Rules {
		p.byName[rule.Name] = rule
	}
	p.exceptions = newExceptionIndex(p.Exceptions)
	return p, nil
}

// later are sections that this version knows of and does not have.
var later = []string{"console"}

// sections reads the file. What others refer to is read first, whatever the
// order in the file.
func (r *reader) sections(p *Policy, top *yaml.Node, c *catalogue) {
	r.readZone(top)
	p.Organization.Zone = r.zone
	p.Proxy, p.Holds, p.Notify, p.Canary = newProxy(), newHolds(r.zone), Notify{Language: "ja"}, newCanary()
	keys := []key{
		{"lists", r.readLists},
		{"directory", r.readDirectory},
		{"version", func(v *yaml.Node, s string) { p.Version = r.version(v, s) }},
		{"mode", func(v *yaml.Node, s string) { p.Mode = r.mode(v, s) }},
		{"organization", func(v *yaml.Node, s string) { p.Organization = r.readOrganization(v, s) }},
		{"limits", func(v *yaml.Node, s string) { p.Limits = r.readLimits(v, s) }},
		{"rules", func(v *yaml.Node, s string) { p.Rules = r.readRules(v, s, c) }},
		{"custom", func(v *yaml.Node, s string) { p.Rules = append(p.Rules, r.readCustom(v, s, p, c)...) }},
		{"exceptions", func(v *yaml.Node, s string) { p.Exceptions = r.readExceptions(v, s) }},
		{"services", func(v *yaml.Node, s string) { p.Services = r.readServices(v, s) }},
		{"proxy", func(v *yaml.Node, s string) { p.Proxy = r.readProxy(v, s); p.acts = !isNull(v) }},
		{"release", func(v *yaml.Node, s string) { p.Release = r.readRelease(v, s) }},
		{"holds", func(v *yaml.Node, s string) { p.Holds = r.readHolds(v, s) }},
		{"store", func(v *yaml.Node, s string) { p.Store = r.readStore(v, s) }},
		{"notify", func(v *yaml.Node, s string) { p.Notify = r.readNotify(v, s) }},
		{"milter", func(v *yaml.Node, s string) { p.Milter = r.readMilter(v, s) }},
		{"dkim", func(v *yaml.Node, s string) { p.DKIM = r.readDKIM(v, s) }},
		{"stamp", func(v *yaml.Node, s string) { p.Stamp = r.readStamp(v, s) }},
		{"canary", func(v *yaml.Node, s string) { p.Canary = r.readCanary(v, s) }},
	}
	for _, k := range keys {
		v := find(top, k.name)
		if v == nil && k.name == "rules" {
			v = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"} // all rules as they ship
		}
		if v != nil {
			k.read(v, k.name)
		}
		if k.name == "rules" || k.name == "custom" {
			r.know(p.Rules)
		}
	}
	r.unknownSections(top, keys)
	p.checkResign(r)
	p.Directory = r.directory
	p.named = p.Directory.named()
}

// know takes in the names that others may refer to.
func (r *reader) know(rules []*Rule) {
	r.names, r.aliases = map[string]bool{}, map[string]string{}
	for _, rule := range rules {
		r.names[rule.Name] = true
		for _, a := range rule.Rule.Aliases {
			r.aliases[a] = rule.Rule.ID
		}
	}
}

// unknownSections refuses what the file has besides.
func (r *reader) unknownSections(top *yaml.Node, keys []key) {
	known := slices.Clone(later)
	for _, k := range keys {
		known = append(known, k.name)
	}
	for k := range r.pairs(top, "") {
		switch {
		case slices.Contains(later, k.Value):
			r.fail(r.at(k), "take it out", "%s: not available in this version", k.Value)
		case !slices.Contains(known, k.Value):
			r.fail(r.at(k), didYouMean(k.Value, known), "unknown section %q", clip(k.Value))
		}
	}
	if top.Kind == yaml.MappingNode && find(top, "version") == nil {
		r.fail(r.at(top), `write "version: 1"`, "version is missing")
	}
}

func (r *reader) version(n *yaml.Node, path string) int {
	v := r.integer(n, path)
	if v != 1 && v != 0 {
		r.fail(r.at(n), "this maillint knows version 1", "%s%d is unknown", prefix(path), v)
	}
	return v
}

// Org is the organisation as rules see it. The error names no domains that
// Parse has let through.
func (p *Policy) Org() *lint.Org {
	org, _ := lint.NewOrg(p.Organization.Domains)
	return org.With(p.known())
}

// known is what rules may know besides the internal domains.
func (p *Policy) known() lint.Known {
	k := lint.Known{
		Partners: slices.Clone(p.Organization.Partners), Protected: slices.Clone(p.Organization.Protected), Webmail: slices.Clone(p.Organization.Webmail),
		Lists: map[string]lint.Matcher{}, Files: p.Limits, People: p.named,
	}
	for name, l := range p.Lists {
		k.Lists[name] = l
	}
	return k
}

// Entries are the rules that run, with their parameters and scope. Custom
// rules share their work on a message: an engine runs all of them or none.
func (p *Policy) Entries() []lint.Entry {
	var out []lint.Entry
	shared := p.custom.sharing(p.Rules)
	for _, rule := range p.Rules {
		if !rule.Enabled {
			continue
		}
		e := lint.Entry{Instance: rule.instance}
		if rule.Custom() {
			e.Applies = shared
		} else if s := rule.Scope; s != nil {
			e.Applies = func(m *message.Message, f *lint.Facts) bool { return p.applies(s, m, f) }
		}
		out = append(out, e)
	}
	return out
}

// Engine is the engine of the rules that run. org nil is the policy's own
// organisation; another one is given what the policy knows besides domains.
func (p *Policy) Engine(org *lint.Org) *lint.Engine { return p.EngineWith(org, lint.Known{}) }

// EngineWith is Engine for rules that are to know more than the policy says:
// domains learned, names to protect, and lists, which replace the policy's of the same name.
func (p *Policy) EngineWith(org *lint.Org, more lint.Known) *lint.Engine {
	if org == nil {
		org = p.Org()
	}
	known := p.known()
	known.Partners = append(known.Partners, more.Partners...)
	known.Learned = append(known.Learned, more.Learned...)
	known.Protected = append(known.Protected, more.Protected...)
	known.Webmail = append(known.Webmail, more.Webmail...)
	for name, list := range more.Lists {
		known.Lists[name] = list
	}
	org = org.With(known)
	p.org.Store(org)
	return lint.NewEngine(org, p.Entries())
}

// judged is the organisation that the last Engine was made for.
func (p *Policy) judged() *lint.Org {
	if org := p.org.Load(); org != nil {
		return org
	}
	return p.Org()
}

// Rule finds a rule or instance by the name that findings carry, or nil.
func (p *Policy) Rule(name string) *Rule { return p.byName[name] }

// Described is what reports need to explain findings: the metadata of every
// rule under the name that its findings carry, instances and custom rules too.
func (p *Policy) Described() []*lint.Rule {
	out := make([]*lint.Rule, len(p.Rules))
	for i, r := range p.Rules {
		out[i] = r.Rule
		if r.Name != r.Rule.ID {
			named := *r.Rule
			named.ID = r.Name
			out[i] = &named
		}
	}
	return out
}

// AsProblems gives the problems that an error of Load or Parse carries.
func AsProblems(err error) (Problems, bool) {
	var p Problems
	ok := errors.As(err, &p)
	return p, ok
}
