package audit

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
)

// cluster is one external target with the mailboxes that send to it.
type cluster struct {
	target   string
	boxes    map[string]*setting // the first setting of each mailbox
	boxOrder []string
	spelled  map[string]bool
}

func (c *cluster) add(box string, s *setting, spelled string) {
	if c.boxes[box] == nil {
		c.boxes[box] = s
		c.boxOrder = append(c.boxOrder, box)
	}
	c.spelled[spelled] = true
}

// shared finds external targets to which several mailboxes send: the sign by
// which Yokohama's 29 mailboxes could have been found in one look.
func (a *auditor) shared() []Finding {
	byAddress, byDomain := map[string]*cluster{}, map[string]*cluster{}
	for _, s := range a.settings {
		if s.member || s.delegate || s.notice || s.tenant || s.off || s.mailbox == "" || !s.rule && !s.used() {
			continue
		}
		for _, t := range s.targets {
			if !a.external(t) || a.opts.Baseline.approves(a.opts.Now, s.mailbox, t.String()) {
				continue
			}
			key := history.ForwardTarget(t.addr)
			a.report.forwards = append(a.report.forwards, history.Forward{Target: key, Mailbox: strings.ToLower(s.mailbox)})
			into(byAddress, key).add(strings.ToLower(s.mailbox), s, t.String())
			if d := t.addr.Registrable(); !slices.Contains(webmail, d) {
				into(byDomain, d).add(strings.ToLower(s.mailbox), s, key)
			}
		}
	}
	var out []Finding
	covered := map[string]int{}
	for _, key := range slices.Sorted(maps.Keys(byAddress)) {
		c := byAddress[key]
		if n := len(c.boxes); n >= 2 {
			out = append(out, c.finding(sharedSeverity(n), fmt.Sprintf("%d mailboxes forward to %s", n, key), key))
			covered[message.Registrable(key[strings.LastIndexByte(key, '@')+1:])] += n
		}
	}
	for _, d := range slices.Sorted(maps.Keys(byDomain)) {
		if c := byDomain[d]; len(c.boxes) >= 3 && len(c.spelled) >= 2 && covered[d] < len(c.boxes) {
			out = append(out, c.finding(domainSeverity(c), fmt.Sprintf("%d mailboxes forward to %d addresses at %s", len(c.boxes), len(c.spelled), d), "@"+d))
		}
	}
	return out
}

// used: an address that an owner registered says nothing of use, but the same
// one in many mailboxes does.
func (s *setting) used() bool { return s.source == gamAddress || s.source == gmailAddress }

func into(m map[string]*cluster, key string) *cluster {
	c := m[key]
	if c == nil {
		c = &cluster{target: key, boxes: map[string]*setting{}, spelled: map[string]bool{}}
		m[key] = c
	}
	return c
}

func sharedSeverity(n int) lint.Severity {
	if n >= 3 {
		return lint.Critical
	}
	return lint.High
}

// domainSeverity: several people who forward to one foreign organisation may
// have their reasons; from ten on somebody should look at once.
func domainSeverity(c *cluster) lint.Severity {
	if len(c.boxes) >= 10 {
		return lint.High
	}
	return lint.Warning
}

func (c *cluster) finding(sev lint.Severity, text, target string) Finding {
	slices.Sort(c.boxOrder)
	s := c.boxes[c.boxOrder[0]]
	for _, other := range c.boxes {
		if cmp.Or(cmp.Compare(other.path, s.path), cmp.Compare(other.line, s.line), cmp.Compare(other.record, s.record)) < 0 {
			s = other
		}
	}
	shown := strings.Join(c.boxOrder[:min(len(c.boxOrder), 10)], ", ")
	if n := len(c.boxOrder) - 10; n > 0 {
		shown += fmt.Sprintf(" and %d more", n)
	}
	return Finding{
		Rule: sharedTarget, Severity: sev, Path: s.path, Line: s.line, Record: s.record, Mailbox: s.mailbox, Target: target,
		Message: text + ", outside the organisation: " + shown, Evidence: strings.Join(s.evidence, "; "), Source: string(s.source),
		Mailboxes: c.boxOrder, Remove: remedyShared(c), forwards: !strings.HasPrefix(target, "@"),
	}
}

// burstWindow is the time within which changes from one address count together.
const burstWindow = 24 * time.Hour

// bursts finds several mailboxes changed one after the other from one client
// address.
func (a *auditor) bursts() []Finding {
	byClient := map[string][]*setting{}
	for _, s := range a.settings {
		if s.event != nil && s.event.client != "" && s.mailbox != "" && !s.tenant && a.risky(s) {
			byClient[s.event.client] = append(byClient[s.event.client], s)
		}
	}
	var out []Finding
	for _, client := range slices.Sorted(maps.Keys(byClient)) {
		if row := longest(byClient[client]); row != nil {
			out = append(out, burstFinding(client, row))
		}
	}
	return out
}

// risky: a change that somebody who sits in a foreign mailbox makes. Changes
// of harmless rules by many people behind one office address are not counted.
func (a *auditor) risky(s *setting) bool {
	if s.delegate {
		return slices.ContainsFunc(s.targets, a.external)
	}
	nothing, _ := obscure(s.name)
	for _, t := range s.targets {
		if (a.external(t) || t.unresolved()) && !a.opts.Baseline.approves(a.opts.Now, s.mailbox, t.String()) {
			return true
		}
	}
	return s.partial || s.deletes && (s.all || len(keywordsIn(strings.Join(s.words, "\n"))) > 0) || rarelySeen(s.folder) || s.nameable && nothing
}

// longest gives the changes of the window with most mailboxes, if there are
// three of them.
func longest(list []*setting) []*setting {
	slices.SortStableFunc(list, func(x, y *setting) int { return x.event.when.Compare(y.event.when) })
	var best []*setting
	most := 2
	inside := map[string]int{}
	start := 0
	for i, s := range list {
		inside[strings.ToLower(s.mailbox)]++
		for s.event.when.Sub(list[start].event.when) > burstWindow {
			key := strings.ToLower(list[start].mailbox)
			if inside[key]--; inside[key] == 0 {
				delete(inside, key)
			}
			start++
		}
		if len(inside) > most {
			most, best = len(inside), list[start:i+1]
		}
	}
	return best
}

func burstFinding(client string, row []*setting) Finding {
	var boxes []string
	actors, seen := map[string]bool{}, map[string]bool{}
	for _, s := range row {
		if box := strings.ToLower(s.mailbox); !seen[box] {
			seen[box] = true
			boxes = append(boxes, box)
		}
		actors[s.event.actor] = true
	}
	sev := lint.High
	if len(boxes) >= 10 {
		sev = lint.Critical
	}
	who := "their owners' accounts"
	if len(actors) == 1 {
		who = "the account " + row[0].event.actor
	}
	s, end := row[0], row[len(row)-1]
	span := ""
	if !s.event.when.IsZero() {
		span = fmt.Sprintf(" between %s and %s", s.event.when.Format("2006-01-02 15:04"), end.event.when.Format("2006-01-02 15:04"))
	}
	shown := strings.Join(boxes[:min(len(boxes), 10)], ", ")
	blocked := "the client's address"
	if ip, err := netip.ParseAddr(client); err == nil {
		blocked = ip.String() // anything else is text that somebody chose
	}
	var to target
	if len(s.targets) > 0 {
		to = s.targets[0]
	}
	return Finding{
		Rule: changesBurst, Severity: sev, Path: s.path, Line: s.line, Record: s.record, Mailbox: s.mailbox, Target: to.String(), Mailboxes: boxes,
		Message:  fmt.Sprintf("%d mailboxes were changed from %s%s, with %s: %s", len(boxes), client, span, who, shown),
		Evidence: strings.Join(s.evidence, "; "), Source: string(s.source),
		Remove: "reset the passwords and sign-ins of these accounts, then remove each change; block " + blocked + " at sign-in",
	}
}
