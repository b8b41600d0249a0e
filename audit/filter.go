package audit

import (
	"maps"
	"slices"
	"strings"
)

// gamFilterRow reads a row of "gam print filters", whose cells carry the word:
// "forward drop@x", "subject invoice", "markread".
func (a *auditor) gamFilterRow(rec record) {
	s := &setting{place: rec.place, source: gamFilter, mailbox: rec.owner("user"), id: rec.text("id"), what: "Gmail filter", rule: true, copies: yes}
	cell := func(name string) string {
		v := rec.text(name)
		if word, rest, ok := strings.Cut(v, " "); ok && strings.EqualFold(word, name) {
			return strings.TrimSpace(rest)
		}
		if strings.EqualFold(v, name) {
			return ""
		}
		return v
	}
	on := func(name string) bool {
		v := strings.ToLower(rec.text(name))
		return v != "" && v != "false" && v != "0"
	}
	if to := cell("forward"); to != "" {
		s.targets = cellTargets(to)
		s.note("forward", to)
	}
	s.reads, s.files = on("markread"), on("archive")
	if on("trash") {
		s.deletes, s.copies = true, no
	}
	s.folder = cell("label")
	conditions := filterConditions{}
	for _, c := range []string{"from", "to", "subject", "query", "negatedquery", "size", "haswords", "words", "nowords", "musthaveattachment"} {
		conditions[c] = cell(c)
	}
	if on("hasattachment") {
		conditions["hasattachment"] = "true"
	}
	conditions.apply(s)
	noteFilter(s)
	a.add(s)
}

// gmailFilter reads an entry of filters.list.
func (a *auditor) gmailFilter(rec record) {
	criteria, action := sub(rec, "criteria"), sub(rec, "action")
	s := &setting{place: rec.place, source: gmailFilter, mailbox: rec.owner("user", "userid", "mailbox"), id: rec.text("id"), what: "Gmail filter", rule: true, copies: yes}
	if len(criteria) == 0 && len(action) == 0 {
		a.skip(rec.place, "a filter without criteria and action")
		return
	}
	if to := scalar(action["forward"]); to != "" {
		s.targets = cellTargets(to)
		s.note("forward", to)
	}
	for _, l := range strings.Split(scalar(action["removelabelids"]), ";") {
		s.files = s.files || strings.EqualFold(l, "INBOX")
		s.reads = s.reads || strings.EqualFold(l, "UNREAD")
	}
	for _, l := range strings.Split(scalar(action["addlabelids"]), ";") {
		switch strings.ToUpper(l) {
		case "TRASH":
			s.deletes, s.copies = true, no
		case "SPAM":
			s.folder = "Spam"
		}
	}
	conditions := filterConditions{}
	for k, v := range criteria {
		if t := scalar(v); t != "" && t != "false" && k != "sizecomparison" {
			conditions[k] = t
		}
	}
	if strings.EqualFold(scalar(criteria["sizecomparison"]), "larger") && scalar(criteria["size"]) != "" {
		conditions["size"] = "larger " + scalar(criteria["size"])
	}
	conditions.apply(s)
	noteFilter(s)
	a.add(s)
}

func noteFilter(s *setting) {
	for _, e := range []struct {
		name string
		on   bool
	}{{"trash", s.deletes}, {"archive", s.files}, {"markread", s.reads}} {
		if e.on {
			s.evidence = append(s.evidence, e.name)
		}
	}
}

// filterConditions are the criteria of a Gmail filter.
type filterConditions map[string]string

// apply tells what a filter looks for, and whether all mail fits.
func (c filterConditions) apply(s *setting) {
	limited := false
	for _, name := range slices.Sorted(maps.Keys(c)) {
		v := c[name]
		if v == "" || name == "excludechats" {
			continue
		}
		switch {
		case everyMail(name, v):
			s.trick = name + " \"" + clip(v, 40) + "\", which all mail fits"
			continue
		case name == "subject" || name == "query" || name == "haswords" || name == "words":
			s.words = append(s.words, v)
		}
		limited = true
		s.note(name, clip(v, 200))
	}
	s.all = !limited
	if limited {
		s.trick = ""
	}
}

// everyMail tells criteria that are true for all mail.
func everyMail(name, v string) bool {
	v = strings.ToLower(strings.Trim(v, "()\"' "))
	switch name {
	case "from", "to", "subject":
		return v == "*" || v == "@" || v == "*@*" || v == "."
	case "query", "haswords", "words":
		return v == "*" || v == "@" || v == "in:anywhere" || v == "is:unread" || v == "in:inbox" || v == "larger:1" || v == "from:*" || v == "to:*"
	case "size":
		n, ok := sizeOf(strings.TrimSpace(strings.TrimPrefix(v, "larger")))
		return strings.HasPrefix(v, "larger") && ok && n < 1024
	case "negatedquery", "nowords":
		return len(v) > 12 && !strings.ContainsAny(v, " @:.") // no mail holds a long nonsense word
	}
	return false
}
