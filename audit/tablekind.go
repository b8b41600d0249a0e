package audit

import "strings"

// tableKind is one kind of table, recognised by its columns.
type tableKind struct {
	source source
	title  string
	// signs: the header is of this kind if all columns of one group are there,
	// and none of not.
	signs [][]string
	not   []string
	need  [][]string // of each group one column
	wish  []string   // columns that would show more
	read  func(*auditor, record)
}

// tableKinds are tried in order: what is told by one column before what is
// told by common ones.
var tableKinds = []*tableKind{
	{
		source: unifiedLog, title: "Unified Audit Log",
		signs: [][]string{{"auditdata"}, {"operation", "userid", "creationdate"}, {"operations", "userids", "creationdate"}, {"recordtype", "operation"}, {"recordtype", "operations"}},
		need:  [][]string{{"auditdata"}},
		read:  (*auditor).auditRow,
	},
	{
		source: googleLog, title: "Google audit events",
		signs: [][]string{{"emailforwardingdestinationaddress"}},
		read:  (*auditor).googleRow,
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
		wish:  []string{"forwardasattachmentto", "enabled", "deletemessage"},
		read:  (*auditor).inboxRule,
	},
	{
		source: memberList, title: "list of members",
		signs: [][]string{
			{"email"}, {"e-mail"}, {"address"}, {"emailaddress"}, {"mail"}, {"memberaddress"}, {"member"}, {"memberemail"}, {"useremail"},
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
	"email", "e-mail", "address", "emailaddress", "mail", "memberaddress", "member", "memberemail", "useremail", "e-mailaddress", "mailaddress",
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
}
