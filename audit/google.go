package audit

import (
	"fmt"
	"slices"
	"strings"
)

// outOfDomain is the event that tells of a forwarding to outside.
const outOfDomain = "email_forwarding_out_of_domain"

// routeEvents are the administrators' events that lead mail elsewhere.
var routeEvents = []string{
	"CREATE_EMAIL_ROUTE", "CHANGE_EMAIL_ROUTE", "EDIT_EMAIL_ROUTE", "ADD_EMAIL_ROUTE", "UPDATE_EMAIL_ROUTE", "CREATE_MAIL_ROUTE", "ADD_MAIL_ROUTE",
	"CREATE_ROUTING", "ADD_ROUTING", "CREATE_GMAIL_SETTING", "CHANGE_GMAIL_SETTING",
}

// googleEvent reads an activity of the Reports API, or one event of it.
func (a *auditor) googleEvent(rec record) {
	base := googleChange{auditor: a, place: rec.place}
	base.actor = scalar(sub(rec, "actor")["email"])
	base.client = rec.text("ipaddress", "ip_address")
	base.when = scalar(sub(rec, "id")["time"])
	events, ok := list(rec.obj["events"])
	if !ok {
		events = []any{rec.obj["events"]}
		if rec.obj["events"] == nil {
			events = []any{rec.obj}
		}
	}
	for _, v := range events {
		low := lowerObject(v)
		c := base
		c.name = scalar(low["name"])
		c.params = parameters(low["parameters"], low["parameter"])
		c.read()
	}
}

// googleCloudEvent reads the same events as Google Cloud Logging writes them.
func (a *auditor) googleCloudEvent(rec record) {
	payload := sub(rec, "protopayload")
	base := googleChange{auditor: a, place: rec.place}
	base.actor = scalar(lowerObject(payload["authenticationinfo"])["principalemail"])
	base.client = scalar(lowerObject(payload["requestmetadata"])["callerip"])
	base.when = rec.text("timestamp", "receivetimestamp")
	meta := lowerObject(payload["metadata"])
	events, ok := list(meta["event"])
	if !ok {
		events = []any{meta["event"]}
	}
	for _, v := range events {
		low := lowerObject(v)
		c := base
		c.name = scalar(low["eventname"])
		c.params = parameters(low["parameter"], low["parameters"])
		c.read()
	}
}

// googleRow reads a row of "gam report".
func (a *auditor) googleRow(rec record) {
	c := googleChange{auditor: a, place: rec.place}
	c.actor = rec.text("actor.email", "actoremail", "email", "user", "actor")
	c.client = rec.text("ipaddress")
	c.when = rec.text("id.time", "time", "date")
	c.name = outOfDomain
	if name := rec.text("name", "eventname", "event"); name != "" {
		c.name = name
	}
	c.params = map[string]string{"emailforwardingdestinationaddress": rec.text("emailforwardingdestinationaddress")}
	c.read()
}

// consoleRow reads a row of the admin console's download of the user log
// events, whose sentence holds the address: "... to drop@evil.test".
func (a *auditor) consoleRow(rec record) {
	c := googleChange{auditor: a, place: rec.place, name: outOfDomain}
	c.actor, c.client, c.when = rec.text("actor", "user", "actoremail"), rec.text("ipaddress"), rec.text("date", "time")
	text := rec.text("event", "eventname") + " " + rec.text("description", "eventdescription")
	if low := strings.ToLower(text); !strings.Contains(low, "forwarding") || strings.Contains(low, "disabled") {
		return
	}
	to := rec.text("forwardingaddress", "emailforwardingaddress", "targetemail", "emailforwardingdestinationaddress")
	if found := anyAddress.FindAllString(text, 20); to == "" && len(found) > 0 {
		to = strings.TrimRight(found[len(found)-1], ".")
	}
	c.params = map[string]string{"emailforwardingdestinationaddress": to}
	c.read()
}

// parameters come as a list of {name, value} or as an object.
func parameters(lists ...any) map[string]string {
	out := map[string]string{}
	for _, l := range lists {
		switch v := opened(l).(type) {
		case []any:
			for _, e := range v {
				low := lowerObject(e)
				value := low["value"]
				for _, k := range []string{"multivalue", "multistrvalue", "intvalue", "boolvalue", "multimessagevalue"} {
					if value == nil {
						value = low[k]
					}
				}
				out[columnName(scalar(low["name"]))] = scalar(value)
			}
		case map[string]any:
			for k, e := range v {
				out[columnName(k)] = scalar(e)
			}
		}
	}
	return out
}

// googleChange is one event.
type googleChange struct {
	*auditor
	place
	name, actor, client, when string
	params                    map[string]string
}

func (c *googleChange) read() {
	low := strings.ToLower(c.name)
	switch {
	case strings.Contains(strings.ReplaceAll(low, "_", ""), "emailforwardingoutofdomain"):
		c.forwarding()
	case slices.Contains(routeEvents, strings.ToUpper(c.name)), strings.HasSuffix(low, "_email_setting"), strings.HasSuffix(low, "_gmail_setting"), strings.Contains(low, "email_route") && !strings.Contains(low, "delete") && !strings.Contains(low, "remove"):
		c.route()
	case c.name == "":
		c.skip(c.place, "an event without a name")
	}
}

func (c *googleChange) setting(what string) *setting {
	s := &setting{place: c.place, source: googleLog, mailbox: strings.ToLower(c.actor), what: what, rule: true}
	s.event = &event{client: clientAddress(c.client), actor: strings.ToLower(c.actor), when: parseTime(c.when)}
	s.note("event", c.name)
	s.note("ipAddress", s.event.client)
	s.note("time", c.when)
	return s
}

func (c *googleChange) forwarding() {
	s := c.setting("Gmail forwarding")
	to := c.params["emailforwardingdestinationaddress"]
	s.all = true
	s.targets = cellTargets(to)
	if len(s.targets) == 0 {
		c.skip(c.place, "a forwarding event without email_forwarding_destination_address")
		return
	}
	s.note("destination", to)
	c.add(s)
}

// route reads an administrator's change of routing. Settings of Gmail are many;
// those that cannot lead mail elsewhere are left out.
func (c *googleChange) route() {
	name := strings.ToUpper(c.params["settingname"])
	if low := strings.ToLower(c.name); strings.HasSuffix(low, "_setting") && (!routing(name) || strings.HasPrefix(low, "delete")) {
		return
	}
	s := c.setting("Gmail route")
	s.mailbox, s.tenant, s.name, s.id = "", true, strings.Trim(c.name+" "+name, " "), name
	for key, v := range c.params {
		if key == "useremail" || key == "actor" {
			continue
		}
		for _, m := range anyAddress.FindAllString(v, 20) {
			if t, ok := addressTarget(m); ok {
				s.targets = append(s.targets, t)
				s.note(key, clip(v, 200))
			}
		}
	}
	if len(s.targets) == 0 {
		s.opens = "a route for mail was created or changed; the log does not say where to"
	}
	c.add(s)
}

func routing(setting string) bool {
	for _, w := range []string{"ROUTE", "ROUTING", "MESSAGE_SECURITY_RULE", "GATEWAY", "AUTO_FORWARD", "AUTOFORWARD", "EMAIL_FORWARD", "FORWARDING", "CATCH_ALL", "CATCHALL"} {
		if strings.Contains(setting, w) {
			return true
		}
	}
	return false
}

// gamForwardRow reads a row of "gam print forward".
func (a *auditor) gamForwardRow(rec record) {
	rec.warn = a.warn
	a.autoForwarding(rec, gamForward, "forwardenabled", "enabled")
}

// gmailForward reads settings.getAutoForwarding.
func (a *auditor) gmailForward(rec record) {
	rec.warn = a.warn
	a.autoForwarding(rec, gmailForward, "enabled")
}

func (a *auditor) autoForwarding(rec record, src source, enabled ...string) {
	box := rec.owner("user", "primaryemail", "userid", "mailbox", "useremail")
	if box != "" {
		a.people.seen(box)
	}
	on := unsaid
	for _, name := range enabled {
		if on == unsaid {
			on = rec.flag(name, true)
		}
	}
	to := rec.text("forwardto", "emailaddress")
	switch {
	case on == no && to == "":
		return
	case on != no && to == "" && (on == yes || rec.has(enabled[0])):
		if on == yes {
			a.skip(rec.place, "forwarding is on, but its target is not in the export")
		} else {
			a.skip(rec.place, "neither on nor off: "+enabled[0]+" is empty")
		}
		return
	}
	s := &setting{place: rec.place, source: src, mailbox: box, what: "Gmail forwarding", rule: true, all: true, off: on == no}
	s.targets = cellTargets(to)
	s.note("forwardTo", to)
	disposition := columnName(rec.text("disposition"))
	s.note("disposition", disposition)
	switch disposition {
	case "trash", "delete":
		s.deletes, s.copies = true, no
	case "archive", "keep", "archivemail":
		s.files, s.copies = true, yes
	case "markread":
		s.reads, s.copies = true, yes
	case "leaveininbox", "dispositionunspecified", "leaveinbox":
		s.copies = yes
	default:
		if on != no {
			a.warn(rec.place, fmt.Sprintf("unknown disposition %q: whether a copy stays is not known", clip(disposition, 40)))
		}
	}
	a.add(s)
}

func (a *auditor) gamAddressRow(rec record) { rec.warn = a.warn; a.forwardingAddress(rec, gamAddress) }

// gmailAddress reads an entry of forwardingAddresses.list.
func (a *auditor) gmailAddress(rec record) { rec.warn = a.warn; a.forwardingAddress(rec, gmailAddress) }

// forwardingAddress is an address that the owner may forward to; whether they
// do stands elsewhere, or in the columns that showenabled adds.
func (a *auditor) forwardingAddress(rec record, src source) {
	s := &setting{place: rec.place, source: src, mailbox: rec.owner("user", "primaryemail", "userid", "mailbox"), what: "Gmail forwarding address"}
	s.targets = cellTargets(rec.text("forwardingemail"))
	if len(s.targets) == 0 {
		if s.mailbox == "" {
			a.skip(rec.place, "no forwardingEmail in this row")
			return
		}
		a.people.seen(s.mailbox)
		return
	}
	s.note("verificationStatus", rec.text("verificationstatus"))
	status := strings.ToLower(rec.text("verificationstatus"))
	enabled := rec.flag("enabled", true)
	s.off = enabled == no || enabled == unsaid && status == "pending"
	if enabled == yes {
		s.rule, s.all = true, true
		s.copies = yes
		if d := strings.ToLower(rec.text("disposition")); d == "trash" {
			s.deletes, s.copies = true, no
		}
		s.note("disposition", rec.text("disposition"))
	}
	a.add(s)
}

func (a *auditor) gamDelegateRow(rec record) { a.delegated(rec, gamDelegate) }

// gmailDelegate reads an entry of delegates.list or sendAs.list.
func (a *auditor) gmailDelegate(rec record) { a.delegated(rec, gmailDelegate) }

func (a *auditor) delegated(rec record, src source) {
	to := rec.text("delegateaddress", "delegateemail", "sendasemail")
	s := &setting{place: rec.place, source: src, mailbox: rec.owner("user", "delegator", "primaryemail", "userid", "mailbox"), what: "delegate", rule: true, delegate: true}
	if to == "" {
		to = rec.text("delegate")
	}
	s.targets = cellTargets(to)
	if rec.has("sendasemail") {
		s.what = "send-as address"
		if reply := rec.text("replytoaddress"); reply != "" {
			s.targets = append(s.targets, cellTargets(reply)...)
			s.note("replyToAddress", reply)
		}
	}
	if len(s.targets) == 0 {
		if s.mailbox != "" {
			a.people.seen(s.mailbox)
			return
		}
		a.skip(rec.place, "no delegate's address in this row")
		return
	}
	s.note("status", rec.text("verificationstatus", "delegationstatus"))
	a.add(s)
}

// gamJSONRow reads rows that "gam ... formatjson" writes: User,JSON.
func (a *auditor) gamJSONRow(rec record) {
	v, err := wholeJSON(rec.text("json"))
	if err != nil {
		a.skip(rec.place, "the JSON column is cut off or no JSON")
		return
	}
	j := &jsonFile{auditor: a, path: rec.path}
	a.report.Records--
	a.read--
	if !j.value(v, rec.place, context{mailbox: rec.owner("user")}) {
		a.record()
		if !emptyValue(v) {
			a.skip(rec.place, "the JSON column holds nothing that is known here")
		}
	}
}
