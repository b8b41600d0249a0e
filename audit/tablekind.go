package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// tableKind is one kind of table, recognised by its columns.
type tableKind struct {
	source source
	title  string
	// signs: the header is of this kind if all columns of one group are there,
	// and none of not.
	signs [][]string
	not   []string
	need  [][]string // of each group one column
	wish  [][]string // columns that would show more
	read  func(*auditor, record)
}

// tableKinds are tried in order: what is told by one column before what is
// told by common ones.
var tableKinds = []*tableKind{
	{
		source: unifiedLog, title: "Unified Audit Log",
		signs: [][]string{{"auditdata"}, {"operation", "userid", "creationdate"}, {"operations", "userids", "creationdate"}, {"recordtype", "operation"}, {"recordtype", "operations"}, {"operation", "officeworkload"}, {"operation", "userid", "parameters"}},
		need:  [][]string{{"auditdata", "parameters"}},
		read:  (*auditor).auditRow,
	},
	{
		source: googleLog, title: "Google audit events",
		signs: [][]string{{"emailforwardingdestinationaddress"}},
		read:  (*auditor).googleRow,
	},
	{
		source: googleLog, title: "Google admin console, user log events",
		signs: [][]string{{"event", "description", "actor"}, {"event", "description", "user"}, {"event", "actor", "date"}, {"eventname", "description", "actor"}},
		not:   []string{"auditdata"},
		need:  [][]string{{"event", "eventname"}, {"actor", "user"}, {"description", "forwardingaddress", "targetemail"}},
		read:  (*auditor).consoleRow,
	},
	{
		source: exOutbound, title: "Get-HostedOutboundSpamFilterPolicy",
		signs: [][]string{{"autoforwardingmode"}},
		read:  (*auditor).outboundPolicy,
	},
	{
		source: exRemote, title: "Get-RemoteDomain",
		signs: [][]string{{"autoforwardenabled"}, {"domainname", "autoreplyenabled"}, {"domainname", "allowedooftype"}},
		need:  [][]string{{"autoforwardenabled"}, {"domainname"}},
		read:  (*auditor).remoteDomain,
	},
	{
		source: gamForward, title: "gam print forward",
		signs: [][]string{{"forwardenabled"}, {"user", "forwardto"}, {"user", "disposition"}, {"user", "enabled", "emailaddress"}},
		not:   []string{"redirectto", "forwardingemail", "deletemessage", "name"},
		need:  [][]string{{"user", "primaryemail"}, {"forwardenabled", "enabled"}, {"forwardto", "emailaddress"}, {"disposition"}},
		read:  (*auditor).gamForwardRow,
	},
	{
		source: gamAddress, title: "gam print forwardingaddresses",
		signs: [][]string{{"forwardingemail"}, {"user", "verificationstatus"}},
		not:   []string{"delegateaddress", "delegateemail", "sendasemail"},
		need:  [][]string{{"user", "primaryemail"}, {"forwardingemail"}, {"verificationstatus"}},
		read:  (*auditor).gamAddressRow,
	},
	{
		source: gamDelegate, title: "gam print delegates",
		signs: [][]string{{"delegateaddress"}, {"delegateemail"}, {"delegate"}, {"delegationstatus"}, {"sendasemail"}},
		need:  [][]string{{"user", "delegator"}, {"delegateaddress", "delegateemail", "delegate", "sendasemail"}},
		read:  (*auditor).gamDelegateRow,
	},
	{
		source: gamFilter, title: "gam print (JSON)",
		signs: [][]string{{"user", "json"}},
		need:  [][]string{{"user"}},
		read:  (*auditor).gamJSONRow,
	},
	{
		source: gamFilter, title: "gam print filters",
		signs: [][]string{
			{"user", "forward"}, {"user", "markread"}, {"user", "archive"}, {"user", "trash"}, {"user", "label"},
			{"user", "id", "from"}, {"user", "id", "to"}, {"user", "id", "subject"}, {"user", "id", "query"},
			{"user", "id", "negatedquery"}, {"user", "id", "hasattachment"}, {"user", "id", "size"}, {"user", "id", "neverspam"},
			{"id", "query", "forward"}, {"id", "from", "forward"}, {"id", "subject", "forward"},
		},
		need: [][]string{{"user"}, {"id"}},
		read: (*auditor).gamFilterRow,
	},
	{
		source: exTransport, title: "Get-TransportRule",
		signs: [][]string{{"blindcopyto"}, {"redirectmessageto"}, {"addtorecipients"}, {"copyto", "mode"}, {"copyto", "state"}, {"name", "state", "mode", "priority"}},
		need:  [][]string{{"name", "identity"}, {"blindcopyto"}, {"redirectmessageto"}, {"copyto"}},
		read:  (*auditor).transportRule,
	},
	{
		source: exJournal, title: "Get-JournalRule",
		signs: [][]string{{"journalemailaddress"}},
		need:  [][]string{{"name", "identity"}},
		read:  (*auditor).journalRule,
	},
	{
		source: exContact, title: "Get-MailContact",
		signs: [][]string{{"externalemailaddress"}},
		not:   []string{"forwardingsmtpaddress", "forwardingaddress"},
		need:  [][]string{{"externalemailaddress"}},
		read:  (*auditor).contact,
	},
	{
		source: exMailbox, title: "Get-Mailbox",
		signs: [][]string{
			{"forwardingsmtpaddress"}, {"forwardingaddress"}, {"delivertomailboxandforward"},
			{"userprincipalname", "primarysmtpaddress"}, {"userprincipalname", "recipienttypedetails"}, {"primarysmtpaddress", "recipienttypedetails"},
		},
		not:  []string{"redirectto", "forwardasattachmentto"},
		need: [][]string{{"primarysmtpaddress", "userprincipalname", "windowsemailaddress", "identity", "mailbox", "alias"}, {"forwardingsmtpaddress"}, {"forwardingaddress"}, {"delivertomailboxandforward"}},
		read: (*auditor).exchangeMailbox,
	},
	{
		source: exRule, title: "Get-InboxRule",
		signs: [][]string{{"redirectto"}, {"forwardasattachmentto"}, {"forwardto"}, {"deletemessage"}, {"movetofolder"}, {"stopprocessingrules"}, {"subjectorbodycontainswords"}, {"markasread"}},
		need:  [][]string{{"identity", "mailbox", "mailboxownerid", "userprincipalname", "primarysmtpaddress", "user", "mailboxidentity"}, {"forwardto"}, {"redirectto"}},
		wish:  [][]string{{"forwardasattachmentto"}, {"enabled", "isenabled"}, {"deletemessage", "delete"}},
		read:  (*auditor).inboxRule,
	},
	{
		// A list of accounts that says nothing of forwarding is no list of members.
		source: exMailbox, title: "a list of accounts; members of lists are for maillint audit addresses",
		signs: [][]string{{"primarysmtpaddress", "displayname"}, {"primarysmtpaddress", "alias"}, {"userprincipalname"}, {"emailaddress", "recipienttype"}, {"emailaddress", "recipienttypedetails"}},
		not:   []string{"goto", "destination", "forwardto", "group", "groupname", "list", "listname", "role"},
		need:  [][]string{{"primarysmtpaddress", "userprincipalname", "emailaddress"}, {"forwardingsmtpaddress"}, {"forwardingaddress"}, {"delivertomailboxandforward"}},
		read:  (*auditor).exchangeMailbox,
	},
	{
		source: virtualMap, title: "table of aliases",
		signs: [][]string{{"address", "goto"}, {"source", "destination"}, {"alias", "destination"}, {"alias", "goto"}, {"address", "destination"}, {"alias", "target"}, {"alias", "forwardto"}, {"email", "forwardto"}, {"email", "forward"}, {"email", "goto"}},
		read:  (*auditor).aliasRow,
	},
	{
		source: memberList, title: "list of members",
		signs: [][]string{
			{"email"}, {"e-mail"}, {"address"}, {"emailaddress"}, {"mail"}, {"memberaddress"}, {"member"}, {"memberemail"}, {"primarysmtpaddress"}, {"useremail"},
			{"e-mailaddress"}, {"mailaddress"}, {"メールアドレス"}, {"メール"}, {"アドレス"}, {"電子メール"}, {"eメール"}, {"電子メールアドレス"}, {"eメールアドレス"}, {"e-mailアドレス"}, {"emailアドレス"},
		},
		read: (*auditor).memberRow,
	},
}

// tableKindOf recognises a header.
func tableKindOf(cols map[string]int) *tableKind {
	for _, k := range tableKinds {
		if k.fits(cols) {
			return k
		}
	}
	return nil
}

func (k *tableKind) fits(cols map[string]int) bool {
	if hasAny(cols, k.not) {
		return false
	}
	for _, group := range k.signs {
		if hasAll(cols, group) {
			return true
		}
	}
	return false
}

// whole tells whether all columns are there that this kind needs.
func (k *tableKind) whole(cols map[string]int) bool {
	return !slices.ContainsFunc(k.need, func(group []string) bool { return !hasAny(cols, group) })
}

func hasAll(cols map[string]int, names []string) bool {
	for _, n := range names {
		if _, ok := cols[n]; !ok {
			return false
		}
	}
	return true
}

// memberColumns are the columns of a list that may hold addresses.
var memberColumns = []string{
	"email", "e-mail", "address", "emailaddress", "mail", "memberaddress", "primarysmtpaddress", "member", "memberemail", "useremail", "e-mailaddress", "mailaddress",
	"メールアドレス", "メール", "アドレス", "電子メール", "eメール", "電子メールアドレス", "eメールアドレス", "e-mailアドレス", "emailアドレス",
}

// memberRow reads one row of a list of members with a header.
func (a *auditor) memberRow(rec record) {
	var cells []string
	for _, c := range memberColumns {
		if s := rec.text(c); strings.Contains(s, "@") {
			cells = append(cells, s)
		}
	}
	if len(cells) == 0 {
		a.skip(rec.place, "no address in this row")
		return
	}
	for _, c := range cells {
		a.memberEntry(rec.place, c)
	}
	a.leftOver(rec)
}

// forwardColumn are names of columns that may say where mail goes.
var forwardColumn = regexp.MustCompile(`forward|redirect|goto|destination|target|転送|リダイレクト`)

// leftOver says that a list of members has a column which may be a forwarding.
func (a *auditor) leftOver(rec record) {
	for name, i := range rec.cols {
		if i < len(rec.row) && forwardColumn.MatchString(name) && strings.Contains(rec.row[i], "@") {
			key := rec.path + "\x00left\x00" + name
			if !a.said[key] {
				a.said[key] = true
				a.fail(rec.place, fmt.Sprintf("the column %q holds addresses that mail may go to; this kind of table is not known, so they were not judged", clip(name, 40)))
			}
		}
	}
}

// aliasRow reads a row of a table of aliases, as PostfixAdmin and other
// programs keep them in a database: address, goto, active.
func (a *auditor) aliasRow(rec record) {
	rec.warn = a.warn
	key := strings.ToLower(rec.text("address", "source", "alias", "email"))
	value := rec.text("goto", "destination", "target", "forwardto", "forward")
	if key == "" {
		a.skip(rec.place, "no alias in this row")
		return
	}
	a.people.seen(key)
	if value == "" {
		return
	}
	items, ok := virtualTargets(strings.NewReplacer(";", ",", "\n", ",").Replace(value))
	if !ok {
		a.skip(rec.place, "a target that cannot be read: "+clip(value, 80))
	}
	before := len(a.settings)
	a.virtualEntry(entry{key: key, value: value, line: rec.line}, items, false, rec.place)
	if rec.flag("active", true) == no || rec.flag("enabled", true) == no {
		for _, s := range a.settings[before:] {
			s.off = true
		}
	}
}
