package audit

import "strings"

// objectKind is one kind of JSON object.
type objectKind struct {
	title string
	is    func(has func(string) bool, low map[string]any, c context) bool
	need  [][]string
	read  func(*auditor, record)
}

// objectKinds are tried in order.
var objectKinds = []*objectKind{
	{title: "Unified Audit Log", is: isAuditRecord, read: (*auditor).auditRow},
	{title: "Google audit event", is: isGoogleEvent, read: (*auditor).googleEvent},
	{title: "Google Cloud log entry", is: func(has func(string) bool, _ map[string]any, _ context) bool { return has("protopayload") }, read: (*auditor).googleCloudEvent},
	{title: "Get-HostedOutboundSpamFilterPolicy", is: func(has func(string) bool, _ map[string]any, _ context) bool { return has("autoforwardingmode") }, read: (*auditor).outboundPolicy},
	{title: "Get-RemoteDomain", is: func(has func(string) bool, _ map[string]any, _ context) bool {
		return has("autoforwardenabled") || has("domainname") && has("allowedooftype")
	}, need: [][]string{{"autoforwardenabled"}}, read: (*auditor).remoteDomain},
	{title: "Microsoft Graph messageRule", is: isGraphRule, read: (*auditor).graphRule},
	{title: "Get-TransportRule", is: func(has func(string) bool, _ map[string]any, _ context) bool {
		return has("blindcopyto") || has("redirectmessageto") || has("copyto") && (has("mode") || has("state")) || has("addtorecipients")
	}, need: [][]string{{"blindcopyto"}, {"redirectmessageto"}, {"copyto"}}, read: (*auditor).transportRule},
	{title: "Get-JournalRule", is: func(has func(string) bool, _ map[string]any, _ context) bool { return has("journalemailaddress") }, read: (*auditor).journalRule},
	{title: "Get-InboxRule", is: isInboxRule, need: [][]string{{"forwardto"}, {"redirectto"}}, read: (*auditor).inboxRule},
	{title: "Get-MailContact", is: func(has func(string) bool, _ map[string]any, _ context) bool {
		return has("externalemailaddress") && !has("forwardingsmtpaddress")
	}, read: (*auditor).contact},
	{title: "Get-Mailbox", is: isMailbox, need: [][]string{{"forwardingsmtpaddress"}, {"forwardingaddress"}, {"delivertomailboxandforward"}}, read: (*auditor).exchangeMailbox},
	{title: "Gmail forwarding address", is: func(has func(string) bool, _ map[string]any, _ context) bool { return has("forwardingemail") }, need: [][]string{{"verificationstatus"}}, read: (*auditor).gmailAddress},
	{title: "Gmail delegate", is: func(has func(string) bool, _ map[string]any, _ context) bool {
		return has("delegateemail") || has("sendasemail")
	}, read: (*auditor).gmailDelegate},
	{title: "Gmail filter", is: isGmailFilter, read: (*auditor).gmailFilter},
	{title: "Gmail auto-forwarding", is: isAutoForwarding, read: (*auditor).gmailForward},
}

func objectKindOf(low map[string]any, c context) *objectKind {
	has := func(name string) bool { _, ok := low[name]; return ok }
	for _, k := range objectKinds {
		if k.is(has, low, c) {
			return k
		}
	}
	return nil
}

// isAuditRecord knows the export's rows, the records inside, and Sentinel's
// OfficeActivity.
func isAuditRecord(has func(string) bool, low map[string]any, _ context) bool {
	if has("auditdata") {
		return true
	}
	return has("operation") && (has("workload") || has("officeworkload") || has("recordtype") || has("userid") || has("parameters") || has("operationproperties")) && !has("protopayload")
}

// isGoogleEvent knows activities of the Reports API, and single events taken
// out of them.
func isGoogleEvent(has func(string) bool, low map[string]any, _ context) bool {
	if isList(low["events"]) && (has("id") || has("actor")) {
		return true
	}
	if isObject(low["events"]) && has("actor") {
		return true
	}
	return has("actor") && has("parameters") && has("name")
}

func isGraphRule(has func(string) bool, low map[string]any, _ context) bool {
	actions := isObject(low["actions"])
	conditions := isObject(low["conditions"])
	return (actions || conditions) && (has("displayname") || has("sequence") || has("isenabled") || has("haserror")) ||
		has("displayname") && has("isenabled") && has("sequence")
}

func isInboxRule(has func(string) bool, _ map[string]any, c context) bool {
	if has("forwardingsmtpaddress") || has("criteria") {
		return false
	}
	n := 0
	for _, name := range []string{"forwardto", "redirectto", "forwardasattachmentto", "deletemessage", "movetofolder", "markasread", "stopprocessingrules", "subjectcontainswords", "subjectorbodycontainswords", "bodycontainswords"} {
		n += count(has(name))
	}
	return n >= 2 || n == 1 && (has("name") || has("identity") || has("ruleidentity"))
}

func isMailbox(has func(string) bool, _ map[string]any, _ context) bool {
	return has("forwardingsmtpaddress") || has("delivertomailboxandforward") || has("forwardingaddress") ||
		has("userprincipalname") && has("primarysmtpaddress") || has("primarysmtpaddress") && has("recipienttypedetails")
}

func isGmailFilter(has func(string) bool, low map[string]any, c context) bool {
	criteria := isObject(low["criteria"])
	action := isObject(low["action"])
	return criteria || action || has("id") && strings.HasPrefix(c.key, "filter")
}

func isAutoForwarding(has func(string) bool, low map[string]any, c context) bool {
	if has("emailaddress") && has("disposition") || has("enabled") && (has("emailaddress") || has("disposition")) {
		return true
	}
	if _, ok := low["enabled"].(bool); ok {
		return len(low) == 1 || strings.Contains(c.key, "autoforward") || len(low) == 2 && (has("user") || has("userid") || has("mailbox"))
	}
	return false
}
