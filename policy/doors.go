package policy

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// CheckStoreAddress gives what to write instead of a store's address, or "".
func CheckStoreAddress(s string) string {
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if rest := trimScheme(s, scheme); rest != s && rest != "" {
			return ""
		}
	}
	return "write sqlite:PATH or postgres://HOST/DATABASE"
}

func trimScheme(s, scheme string) string { return strings.TrimPrefix(s, scheme) }

// CheckFor looks for what a door (proxy, milter) cannot start without. Flags
// that stand for entries of the policy are set in it before.
func (p *Policy) CheckFor(door string) Problems {
	var out Problems
	miss := func(format string, args ...any) {
		out = append(out, Problem{File: p.File, Text: door + ": " + fmt.Sprintf(format, args...)})
	}
	if len(p.Organization.Domains) == 0 {
		miss("organization.domains is not set (name our domains: whose mail is internal is never guessed)")
	}
	if len(p.Release.Addresses) == 0 {
		miss("release is not set (write release: {address: HOST:PORT}: held mail and notices leave through it)")
	}
	if len(p.Holds.Fallback) == 0 {
		miss("holds.fallback is not set (write the administrators' address: they decide where nobody else can)")
	}
	switch {
	case door == "proxy":
		out = append(out, p.checkProxy()...)
	case door == "milter" && len(p.Milter.Listen) == 0:
		miss("there is no socket (write milter: {listen: unix:/run/maillint/milter.sock})")
	}
	if len(out) == 0 {
		out = append(p.checkApprovals(door), p.checkCopies(door)...)
	}
	return out
}

// checkProxy: somewhere to listen, somewhere to pass on, files that are there.
func (p *Policy) checkProxy() Problems {
	var out Problems
	miss := func(at place, format string, args ...any) {
		out = append(out, Problem{File: p.File, Line: at.line, Col: at.col, Text: "proxy: " + fmt.Sprintf(format, args...)})
	}
	if len(p.Proxy.Listeners) == 0 {
		miss(place{}, "there is no listener (write proxy.listeners)")
	}
	if len(p.Proxy.NextHops) == 0 {
		miss(place{}, "there is no next hop (write proxy.next_hops)")
	}
	for _, l := range p.Proxy.Listeners {
		for _, file := range []string{l.Certificate, l.Key, l.ClientCA} {
			if file == "" {
				continue
			}
			if f, err := os.Open(file); err != nil {
				miss(l.at, "listeners.%s: %v", l.Name, err)
			} else {
				f.Close()
			}
		}
	}
	return out
}

// checkApprovals refuses a policy in which an approval could reach nobody but
// the sender: then nothing held for it could ever be sent.
func (p *Policy) checkApprovals(door string) Problems {
	var out Problems
	for _, rule := range p.Rules {
		if !rule.Enabled || rule.Mode == Monitor || p.Mode == Monitor || !rule.approves() {
			continue
		}
		for _, who := range p.possibleSenders() {
			for _, a := range p.Approvals(who, []string{rule.Name}) {
				if n := p.people(a.Eligible); n < a.Need {
					out = append(out, Problem{File: p.File, Line: rule.at.line, Col: rule.at.col, Text: fmt.Sprintf(
						"%s: %s can lead to approve, and mail of %s would reach %d of the %d approvers it needs (name others under holds.approvers or holds.fallback)",
						door, rule.Name, who.Addresses[0], n, a.Need)})
					break
				}
			}
			if len(out) > 20 {
				return out
			}
		}
	}
	return out
}

// checkCopies refuses copies that would leave the house.
func (p *Policy) checkCopies(door string) Problems {
	var out Problems
	org := p.Org()
	for _, rule := range p.Rules {
		for _, a := range rule.Copy {
			if !org.Internal(a.Domain) {
				out = append(out, Problem{File: p.File, Line: rule.at.line, Col: rule.at.col, Text: fmt.Sprintf(
					"%s: %s: copy: %s is not internal (copies are for supervisors of the house)", door, rule.Name, a)})
			}
		}
	}
	return out
}

// approves reports whether any finding of the rule leads to approve.
func (c *Rule) approves() bool {
	for s := lint.Info; s <= lint.Critical; s++ {
		if c.Disposition(s) == Approve {
			return true
		}
	}
	return false
}

// possibleSenders are the people of the directory. A mailbox that several
// people read (or that the directory does not know) is nobody in particular.
func (p *Policy) possibleSenders() []*Person {
	var out []*Person
	for _, who := range p.Directory.People {
		if who.Kind != "shared" && who.Kind != "device" && len(who.Addresses) > 0 {
			out = append(out, who)
		}
	}
	return out
}

// Approver is an approval for one sender: who is asked, and whose vote counts.
type Approver struct {
	Need     int
	Asked    []message.Address // the rule's, the group's or the manager, and their deputies
	Eligible []message.Address // these, and the administrators
}

// Approvals are those that a message of a sender needs: one for each rule that
// has approvers of its own, else one for all by the sender's group or manager,
// else the administrators alone. The sender is never among them. who may be
// nil: somebody whom the directory does not know.
func (p *Policy) Approvals(who *Person, rules []string) []Approver {
	var out []Approver
	general := false
	for _, name := range rules {
		a, ok := p.Holds.ByRule[name]
		if !ok {
			general = true
			continue
		}
		out = append(out, p.approver(who, a))
	}
	if general || len(out) == 0 {
		out = append(out, p.approver(who, p.generalApproval(who)))
	}
	return out
}

// generalApproval is the group's, else the manager's, else nobody's: then the
// administrators are left.
func (p *Policy) generalApproval(who *Person) Approval {
	if who == nil {
		return Approval{Need: 1}
	}
	for _, g := range who.Groups {
		if a, ok := p.Holds.ByGroup[g]; ok {
			return a
		}
	}
	if boss := p.Directory.Find(who.Manager); who.Manager != "" && boss != nil && len(boss.Addresses) > 0 {
		return Approval{Who: boss.Addresses[:1], Need: 1}
	}
	return Approval{Need: 1}
}

func (p *Policy) approver(who *Person, a Approval) Approver {
	out := Approver{Need: max(1, a.Need)}
	seen := map[string]bool{}
	add := func(list []message.Address, asked bool) {
		for _, a := range list {
			if seen[a.Key()] || who.has(a) {
				continue
			}
			seen[a.Key()] = true
			out.Eligible = append(out.Eligible, a)
			if asked {
				out.Asked = append(out.Asked, a)
			}
		}
	}
	add(a.Who, true)
	for _, one := range a.Who {
		if person := p.Directory.Address(one); person != nil {
			for _, name := range person.Deputies {
				if d := p.Directory.Find(name); d != nil && len(d.Addresses) > 0 {
					add(d.Addresses[:1], true)
				}
			}
		}
	}
	add(p.Holds.Fallback, p.people(out.Asked) < out.Need)
	return out
}

// has reports whether an address is one of the person's.
func (w *Person) has(a message.Address) bool {
	return w != nil && slices.ContainsFunc(w.Addresses, func(b message.Address) bool { return a.Key() == b.Key() })
}

// people counts whom addresses stand for: two of one person are one.
func (p *Policy) people(list []message.Address) int {
	seen := map[string]bool{}
	for _, a := range list {
		seen[p.PersonKey(a)] = true
	}
	return len(seen)
}

// PersonKey is the same for all addresses of one person.
func (p *Policy) PersonKey(a message.Address) string {
	if who := p.Directory.Address(a); who != nil {
		return "\x00" + strings.ToLower(who.Account)
	}
	return a.Key()
}
