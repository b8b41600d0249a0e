package audit

import (
	"regexp"
	"strconv"
	"strings"
)

// ruleTargets are the fields of an inbox rule that send mail on.
var ruleTargets = []string{"forwardto", "forwardasattachmentto", "redirectto", "redirecttorecipients"}

// wordFields are the conditions that look for words.
var wordFields = []string{
	"subjectcontainswords", "bodycontainswords", "subjectorbodycontainswords", "fromaddresscontainswords",
	"headercontainswords", "recipientaddresscontainswords",
}

// otherConditions limit a rule without words.
var otherConditions = []string{
	"from", "sentto", "flaggedforaction", "hasattachment", "hasclassification", "messagetypematches", "mynameinccbox", "mynameintobox",
	"mynameintoorccbox", "mynamenotintobox", "receivedafterdate", "receivedbeforedate", "senttoonlyme", "withimportance", "withsensitivity",
	"withinsizerangemaximum", "fromsubscription",
}

// inboxRule reads a row of Get-InboxRule.
func (a *auditor) inboxRule(rec record) {
	rec.warn = a.warn
	box, id := ruleIdentity(rec)
	if box == "" && rec.text("name", "rulename", "displayname", "identity") == "" && rec.text(ruleTargets...) == "" {
		a.skip(rec.place, "neither Identity nor Name: whose rule is it?")
		return
	}
	s := &setting{place: rec.place, source: exRule, mailbox: box, name: rec.text("name", "rulename", "displayname"), id: id, what: "inbox rule", rule: true}
	s.nameable = rec.has("name") || rec.has("rulename") || rec.has("displayname")
	s.off = rec.flag("enabled", true) == no || rec.flag("isenabled", true) == no
	a.ruleBody(s, rec)
	a.add(s)
}

// ruleIdentity tells the mailbox and the rule's ID: Identity is
// "mailbox\17204..." or "domain/OU/name\17204...".
func ruleIdentity(rec record) (box, id string) {
	identity := rec.text("identity")
	id = rec.text("ruleidentity")
	box = rec.owner("mailbox", "userprincipalname", "primarysmtpaddress", "user", "mailboxidentity", "mailboxname", "mailboxownerid", "owner")
	if i := strings.LastIndexByte(identity, '\\'); i >= 0 {
		if id == "" {
			id = identity[i+1:]
		}
		if box == "" || !strings.Contains(box, "@") && strings.Contains(identity[:i], "@") {
			box = identity[:i]
		}
	} else if id == "" {
		id = identity
	}
	if t, ok := addressTarget(box); ok {
		box = t.addr.Key()
	}
	return box, id
}

// ruleBody reads actions and conditions, of a row or of a log's parameters.
func (a *auditor) ruleBody(s *setting, rec record) {
	for _, c := range ruleTargets {
		list, partial := rec.targets(c)
		if len(list) == 0 && !partial {
			continue
		}
		s.partial = s.partial || partial
		s.targets = append(s.targets, list...)
		s.note(columnTitle(c), clip(rec.text(c), 300))
		if strings.HasPrefix(c, "redirect") {
			s.what = "redirecting " + strings.TrimPrefix(s.what, "redirecting ")
		}
	}
	s.copies = yes // a rule leaves the message where it is, unless it says so
	for _, c := range []string{"deletemessage", "softdeletemessage", "permanentdelete", "delete"} {
		if rec.flag(c, true) == yes {
			s.deletes, s.copies = true, no
			s.note(columnTitle(c), "True")
		}
	}
	if rec.flag("markasread", true) == yes {
		s.reads = true
		s.note("MarkAsRead", "True")
	}
	s.folder = folderName(rec.text("movetofolder"))
	s.note("MoveToFolder", s.folder)
	a.ruleConditions(s, rec)
	s.broken = rec.flag("inerror", true) == yes
	s.hidden = rec.flag("ishidden", true) == yes || rec.flag("hidden", true) == yes
	if rec.flag("stopprocessingrules", true) == yes {
		s.note("StopProcessingRules", "True")
	}
}

// ruleConditions finds out what a rule looks for, and whether that is a
// condition at all.
func (a *auditor) ruleConditions(s *setting, rec record) {
	s.words = rec.words(wordFields...)
	limited := false
	for _, c := range otherConditions {
		if v := rec.text(c); v != "" && !strings.EqualFold(v, "false") {
			limited = true
		}
	}
	for _, c := range wordFields {
		if v := rec.text(c); v != "" {
			s.note(columnTitle(c), clip(v, 200))
		}
	}
	if from := rec.text("from"); from != "" {
		s.note("From", clip(from, 200))
	}
	size, sized := sizeOf(rec.text("withinsizerangeminimum"))
	switch {
	case limited || sized && size >= 1024:
	case len(s.words) == 0 && !sized:
		s.all = true
	case sized && len(s.words) == 0:
		s.all, s.trick = true, "a size of at least "+strconv.FormatInt(size, 10)+" bytes, which all mail has"
	default:
		s.trick = emptyWords(s.words)
		s.all = s.trick != ""
	}
}

// words gives the entries of fields that list words.
func (r record) words(names ...string) []string {
	var out []string
	for _, name := range names {
		if r.obj != nil {
			if entries, ok := list(r.obj[name]); ok {
				for _, e := range entries {
					if s, ok := e.(string); ok {
						out = append(out, s)
					}
				}
				continue
			}
		}
		cell := strings.Trim(r.text(name), "{}")
		if cell == "" || opaque(cell) {
			continue
		}
		for w := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ';' || c == ',' || c == '\n' || c == '、' }) {
			out = append(out, strings.Trim(strings.TrimSpace(w), `"'`))
		}
	}
	return out
}

// emptyWords tells whether one of the words stands in every message. Words of
// one condition are alternatives.
func emptyWords(words []string) string {
	for _, w := range words {
		switch t := strings.ToLower(strings.Trim(w, " \t\x00")); t {
		case "":
			return "an empty word, which all mail holds"
		case "@", ".", ":", "-", "/", "received", "received:", "date:", "from:", "to:", "message-id", "message-id:", "subject:", "a", "e", "の":
			return "the word \"" + t + "\", which all mail holds"
		}
	}
	return ""
}

var sizeNumber = regexp.MustCompile(`([\d,]+) bytes`)

// sizeOf reads "1 KB (1,024 bytes)" or a number.
func sizeOf(s string) (n int64, ok bool) {
	if m := sizeNumber.FindStringSubmatch(s); m != nil {
		s = strings.ReplaceAll(m[1], ",", "")
	}
	s = strings.TrimSpace(strings.ToUpper(s))
	unit := int64(1)
	for suffix, u := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "K": 1 << 10, "M": 1 << 20, "B": 1} {
		if rest, found := strings.CutSuffix(s, suffix); found && s != "" {
			if v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64); err == nil {
				return int64(v * float64(u)), true
			}
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n * unit, err == nil
}

// folderName takes the mailbox and the path off: `hanako:\RSS Feeds`.
func folderName(s string) string {
	if opaque(s) {
		return ""
	}
	if i := strings.LastIndexAny(s, `\/`); i >= 0 && i+1 < len(s) {
		s = s[i+1:]
	}
	return strings.TrimSpace(s)
}

// graphRule reads a messageRule of Microsoft Graph.
func (a *auditor) graphRule(rec record) {
	rec.warn = a.warn
	actions, conditions := sub(rec, "actions"), sub(rec, "conditions")
	flat := map[string]any{
		"forwardto": actions["forwardto"], "forwardasattachmentto": actions["forwardasattachmentto"], "redirectto": actions["redirectto"],
		"deletemessage": actions["delete"], "permanentdelete": actions["permanentdelete"], "markasread": actions["markasread"],
		"movetofolder": actions["movetofolder"], "stopprocessingrules": actions["stopprocessingrules"],
		"subjectcontainswords": conditions["subjectcontains"], "bodycontainswords": conditions["bodycontains"],
		"subjectorbodycontainswords": conditions["bodyorsubjectcontains"], "fromaddresscontainswords": conditions["sendercontains"],
		"headercontainswords": conditions["headercontains"], "recipientaddresscontainswords": conditions["recipientcontains"],
		"from": conditions["fromaddresses"], "sentto": conditions["senttoaddresses"], "inerror": rec.obj["haserror"],
	}
	size := lowerObject(conditions["withinsizerange"])
	if v, ok := size["minimumsize"].(float64); ok {
		flat["withinsizerangeminimum"] = v * 1024 // Graph counts kilobytes
	}
	limits := []string{}
	for name, v := range conditions {
		if _, known := graphWords[name]; !known && scalar(v) != "" && scalar(v) != "false" {
			limits = append(limits, name)
		}
	}
	if len(limits) > 0 {
		flat["hasattachment"] = true
	}
	s := &setting{
		place: rec.place, source: graphRule, mailbox: rec.owner("userprincipalname", "mailbox", "user", "userid"), name: rec.text("displayname"),
		id: rec.text("id"), what: "inbox rule", rule: true, nameable: rec.has("displayname"), off: rec.flag("isenabled", true) == no,
	}
	a.ruleBody(s, record{place: rec.place, obj: flat, warn: a.warn})
	a.add(s)
}

// graphWords are the conditions that graphRule reads by name.
var graphWords = map[string]bool{
	"subjectcontains": true, "bodycontains": true, "bodyorsubjectcontains": true, "sendercontains": true, "headercontains": true,
	"recipientcontains": true, "fromaddresses": true, "senttoaddresses": true, "withinsizerange": true, "@odata.type": true, "additionalproperties": true,
}

func sub(rec record, name string) map[string]any { return lowerObject(rec.obj[name]) }
