package audit

import (
	"fmt"
	"strings"
)

// exchangeMailbox reads a row of Get-Mailbox.
func (a *auditor) exchangeMailbox(rec record) {
	rec.warn = a.warn
	box := rec.owner("primarysmtpaddress", "userprincipalname", "windowsemailaddress", "emailaddress", "mailbox", "alias", "identity", "name")
	if box == "" {
		a.skip(rec.place, "no UserPrincipalName or PrimarySmtpAddress: whose mailbox is it?")
		return
	}
	a.people.seen(box)
	a.learn(rec, box)
	s := &setting{place: rec.place, source: exMailbox, mailbox: box, what: "mailbox forwarding", all: true}
	a.smtpTarget(s, rec, "forwardingsmtpaddress")
	a.objectTarget(s, rec, "forwardingaddress")
	if len(s.targets) == 0 && !s.partial {
		return
	}
	s.rule = true
	switch rec.flag("delivertomailboxandforward", false) {
	case yes:
		s.copies = yes
	case no:
		s.copies = no
	case unsaid:
		if rec.has("delivertomailboxandforward") {
			s.copies = no // Exchange's default
		}
	}
	s.note("DeliverToMailboxAndForward", rec.text("delivertomailboxandforward"))
	a.add(s)
}

// smtpTarget reads ForwardingSmtpAddress, which is one address.
func (a *auditor) smtpTarget(s *setting, rec record, name string) {
	list, partial := rec.targets(name)
	s.partial = s.partial || partial
	if len(list) > 0 || partial {
		s.note(columnTitle(name), clip(rec.text(name), 200))
	}
	for _, t := range list {
		t.object = t.addr.IsZero()
		s.targets = append(s.targets, t)
	}
}

// objectTarget reads ForwardingAddress: one directory object, whose name may
// hold commas.
func (a *auditor) objectTarget(s *setting, rec record, name string) {
	raw := rec.text(name)
	if raw == "" || strings.EqualFold(raw, "$null") {
		return
	}
	s.note(columnTitle(name), clip(raw, 200))
	if opaque(raw) {
		s.partial = true
		return
	}
	if t, ok := cellTarget(raw); ok {
		s.targets = append(s.targets, t)
	}
}

// learn takes in the names of a mailbox or contact.
func (a *auditor) learn(rec record, address string) {
	t, ok := addressTarget(address)
	if !ok {
		return
	}
	key := t.addr.Key()
	for _, c := range []string{"name", "displayname", "alias", "identity", "distinguishedname", "legacyexchangedn", "guid", "id", "externaldirectoryobjectid", "exchangeguid", "userprincipalname", "samaccountname", "primarysmtpaddress"} {
		a.people.learn(rec.text(c), key)
	}
}

// contact reads a row of Get-MailContact or Get-MailUser: objects of the
// directory that may lead outside.
func (a *auditor) contact(rec record) {
	t, ok := addressTarget(rec.text("externalemailaddress"))
	if !ok {
		if name := rec.text("recipienttypedetails", "recipienttype"); strings.Contains(strings.ToLower(name), "mailbox") {
			a.learn(rec, rec.text("primarysmtpaddress"))
			return
		}
		a.skip(rec.place, "no ExternalEmailAddress in this row")
		return
	}
	a.learn(rec, t.addr.Key())
}

// transportRule reads a row of Get-TransportRule.
func (a *auditor) transportRule(rec record) {
	rec.warn = a.warn
	name := rec.text("name", "identity")
	s := &setting{
		place: rec.place, source: exTransport, name: name, id: name, what: "transport rule", rule: true, tenant: true, copies: yes,
	}
	state := strings.ToLower(rec.text("state", "enabled"))
	s.off = state == "disabled" || state == "false" || strings.HasPrefix(strings.ToLower(rec.text("mode")), "audit")
	for _, c := range []string{"blindcopyto", "redirectmessageto", "copyto", "addtorecipients"} {
		list, partial := rec.targets(c)
		if len(list) == 0 && !partial {
			continue
		}
		if c == "redirectmessageto" {
			s.copies = no
		}
		s.partial = s.partial || partial
		s.targets = append(s.targets, list...)
		s.note(columnTitle(c), clip(rec.text(c), 200))
	}
	s.deletes = rec.flag("deletemessage", true) == yes && len(s.targets) > 0
	s.all = !transportCondition(rec)
	s.words = rec.words("subjectcontainswords", "subjectorbodycontainswords", "subjectmatchespatterns", "subjectorbodymatchespatterns", "anyofrecipientaddresscontainswords")
	s.note("State", rec.text("state"))
	a.add(s)
}

// journalRule reads a row of Get-JournalRule: a copy of all mail, or of one
// recipient's.
func (a *auditor) journalRule(rec record) {
	rec.warn = a.warn
	name := rec.text("name", "identity")
	s := &setting{place: rec.place, source: exJournal, name: name, id: name, what: "journal rule", rule: true, tenant: true, copies: yes}
	list, partial := rec.targets("journalemailaddress")
	s.targets, s.partial = list, partial
	if len(list) == 0 && !partial && rec.obj == nil {
		a.skip(rec.place, "no JournalEmailAddress in this row")
		return
	}
	s.off = rec.flag("enabled", true) == no
	s.all = rec.text("recipient") == "" && !strings.EqualFold(rec.text("scope"), "internal")
	s.note("JournalEmailAddress", clip(rec.text("journalemailaddress"), 200))
	s.note("Recipient", rec.text("recipient"))
	s.note("Scope", rec.text("scope"))
	a.add(s)
}

// transportCondition tells whether anything limits a transport rule.
func transportCondition(rec record) bool {
	if c := rec.text("conditions"); c != "" && !opaque(c) {
		return true
	}
	for _, name := range []string{
		"from", "frommemberof", "fromscope", "sentto", "senttomemberof", "senttoscope", "subjectcontainswords", "subjectorbodycontainswords",
		"subjectmatchespatterns", "subjectorbodymatchespatterns", "fromaddresscontainswords", "fromaddressmatchespatterns", "recipientaddresscontainswords",
		"recipientaddressmatchespatterns", "senderdomainis", "recipientdomainis", "anyoftoheader", "anyoftoccheader", "headercontainswords", "hasclassification",
		"attachmentcontainswords", "attachmentnamematchespatterns", "messagesizeover", "senderaddresslocation", "betweenmemberof1", "messagecontainsdataclassifications",
	} {
		if rec.text(name) != "" {
			return true
		}
	}
	return false
}

// outboundPolicy reads Get-HostedOutboundSpamFilterPolicy.
func (a *auditor) outboundPolicy(rec record) {
	name := rec.text("name", "identity", "id")
	mode := rec.text("autoforwardingmode")
	s := &setting{place: rec.place, source: exOutbound, name: name, id: name, what: "outbound spam policy", rule: true, tenant: true}
	s.note("AutoForwardingMode", mode)
	switch strings.ToLower(mode) {
	case "on", "2":
		s.opens = "the outbound policy lets mailboxes forward to anybody"
	case "off", "automatic", "0", "1":
		s.rule = true
	default:
		a.skip(rec.place, fmt.Sprintf("AutoForwardingMode is %q: want Automatic, On or Off", clip(mode, 40)))
	}
	a.add(s)
}

// remoteDomain reads Get-RemoteDomain.
func (a *auditor) remoteDomain(rec record) {
	rec.warn = a.warn
	name := rec.text("domainname", "identity", "name")
	s := &setting{place: rec.place, source: exRemote, name: name, id: rec.text("identity", "name", "domainname"), what: "remote domain", rule: true, tenant: true}
	s.note("DomainName", rec.text("domainname"))
	s.note("AutoForwardEnabled", rec.text("autoforwardenabled"))
	if rec.flag("autoforwardenabled", true) == yes {
		s.opens = fmt.Sprintf("automatic forwarding to the remote domain %s is allowed", name)
		if name == "*" {
			s.opens = "automatic forwarding to every remote domain is allowed"
		}
	}
	a.add(s)
}
