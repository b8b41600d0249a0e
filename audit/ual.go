package audit

import (
	"cmp"
	"errors"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// auditRow reads a row of the Unified Audit Log, or the record inside it.
func (a *auditor) auditRow(rec record) {
	data := rec.obj
	if rec.obj == nil && !rec.has("auditdata") {
		data = rec.object() // Sentinel and hunting queries: the record's fields are columns
	}
	if rec.has("auditdata") {
		inner, doc, err := a.auditData(rec)
		if err != nil {
			a.skip(rec.place, err.Error())
			return
		}
		data = inner
		defer func() {
			if doc != nil && doc.fault != nil {
				a.skip(rec.place, "AuditData is no whole JSON: "+doc.fault.Error())
			}
		}()
	}
	e := auditEvent{auditor: a, place: rec.place, obj: data, outer: rec}
	e.params = named(data["parameters"], data["officeobjectparameters"])
	e.props = named(data["operationproperties"])
	e.read()
}

// auditData decodes the JSON in the cell.
func (a *auditor) auditData(rec record) (map[string]any, *jsonDoc, error) {
	if isObject(rec.obj["auditdata"]) {
		return lowerObject(rec.obj["auditdata"]), nil, nil
	}
	cell := rec.text("auditdata")
	if cell == "" {
		return nil, nil, errors.New("AuditData is empty")
	}
	v, doc, err := parseJSON([]byte(cell), rec.line, a.names)
	switch {
	case err != nil && len(cell) > 32_000 && len(cell) < 33_000:
		err = errors.New("AuditData is cut off: Excel keeps 32,767 characters of a cell; use the file as it was exported")
	case errors.Is(err, errHalfJSON):
		err = errors.New("AuditData is no whole JSON: the record was cut off")
	case err == nil && !isObject(v):
		err = errors.New("AuditData is no object of JSON")
	}
	return lowerObject(v), doc, err
}

// named makes one map of lists of {Name, Value}, in JSON or in a string of
// JSON.
func named(lists ...any) map[string]any {
	out := map[string]any{}
	for _, l := range lists {
		if s, ok := l.(string); ok {
			if v, err := wholeJSON(s); err == nil {
				l = v
			}
		}
		switch v := opened(l).(type) {
		case []any:
			for _, e := range v {
				if low := lowerObject(e); low != nil {
					out[columnName(scalar(low["name"]))] = low["value"]
				}
			}
		case map[string]any:
			for k, e := range v {
				out[columnName(k)] = e
			}
		}
	}
	return out
}

// auditEvent is one record of the log.
type auditEvent struct {
	*auditor
	place
	obj, params, props map[string]any
	outer              record
}

// field takes a value of the record, or of the row around it.
func (e *auditEvent) field(names ...string) string {
	if s := (record{obj: e.obj}).text(names...); s != "" {
		return s
	}
	return e.outer.text(names...)
}

func (e *auditEvent) param(name string) string { return scalar(e.params[name]) }

// read takes the operations that touch forwarding; the others are counted.
func (e *auditEvent) read() {
	op := e.field("operation", "operations")
	if op == "" {
		e.skip(e.place, "no Operation in this record")
		return
	}
	if failed(e.field("resultstatus")) {
		return
	}
	switch strings.ToLower(op) {
	case "new-inboxrule", "set-inboxrule":
		e.ruleChange(op)
	case "enable-inboxrule":
		s := e.setting(op, "inbox rule")
		s.unknown = "an inbox rule was switched on; the log does not say what it does"
		e.add(s)
	case "updateinboxrules":
		e.outlookRule(op)
	case "set-mailbox":
		e.mailboxChange(op)
	case "new-transportrule", "set-transportrule":
		e.transportChange(op)
	case "new-journalrule", "set-journalrule":
		e.journalChange(op)
	case "set-hostedoutboundspamfilterpolicy", "new-hostedoutboundspamfilterpolicy":
		e.policyChange(op)
	case "set-remotedomain", "new-remotedomain":
		e.remoteChange(op)
	case "add-mailboxpermission", "add-recipientpermission", "set-mailboxauditbypassassociation", "set-mailboxjunkemailconfiguration":
		e.accessChange(op)
	}
}

// failed tells a change that was refused.
func failed(status string) bool {
	switch strings.ToLower(status) {
	case "failed", "failure", "false":
		return true
	}
	return false
}

// setting begins a setting of this event.
func (e *auditEvent) setting(op, what string) *setting {
	s := &setting{place: e.place, source: unifiedLog, mailbox: e.owner(), what: what, rule: true, event: e.when()}
	s.note("Operation", op)
	if s.event.client != "" {
		s.note("ClientIP", s.event.client)
	}
	if !s.event.when.IsZero() {
		s.note("CreationTime", s.event.when.Format(time.RFC3339))
	}
	return s
}

// owner is whose mailbox was changed; the user who did it is the last guess,
// and none where an administrator works on somebody else's.
func (e *auditEvent) owner() string {
	user := e.field("userid", "userids")
	object := objectOwner(e.field("objectid", "officeobjectid"))
	for _, s := range []string{e.param("mailbox"), e.param("identity"), e.field("mailboxownerupn"), object} {
		s, _, _ = strings.Cut(s, `\`)
		if t, ok := addressTarget(s); ok {
			return t.addr.Key()
		}
	}
	named := []string{e.param("mailbox"), e.param("identity"), object}
	if strings.Contains(strings.ToLower(e.field("operation", "operations")), "rule") {
		box, _, ok := strings.Cut(e.param("identity"), `\`)
		if !ok {
			box = "" // it is the rule's name
		}
		named = []string{e.param("mailbox"), box}
	}
	for _, s := range named {
		if local, _, _ := strings.Cut(user, "@"); s != "" && !strings.EqualFold(s, local) {
			return s
		}
	}
	if t, ok := addressTarget(user); ok {
		return t.addr.Key()
	}
	return cmp.Or(user, object)
}

// objectOwner takes the mailbox out of "…/corp.onmicrosoft.com/hanako\rule".
func objectOwner(id string) string {
	id, _, _ = strings.Cut(id, `\`)
	return id[strings.LastIndexByte(id, '/')+1:]
}

// when tells time, client and actor.
func (e *auditEvent) when() *event {
	ev := &event{client: clientAddress(e.field("clientip", "clientipaddress", "client_ip", "actoripaddress")), actor: strings.ToLower(e.field("userid", "userids"))}
	ev.when = parseTime(e.field("creationtime", "creationdate", "timegenerated", "timegenerated[utc]", "timestamp", "starttime"))
	switch strings.ToLower(e.field("usertype")) {
	case "2", "3", "admin", "dcadmin":
		ev.admin = true
	}
	return ev
}

// clientAddress takes the port off: 1.2.3.4:44321, [2001:db8::1]:443.
func clientAddress(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	s = strings.Trim(s, "[]")
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Unmap().String()
	}
	return s
}

// parseTime reads the forms that exports write; the zero time for others.
func parseTime(s string) time.Time {
	s = strings.Replace(s, ", ", " ", 1)
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05.9999999", "2006-01-02 15:04:05", "2006/01/02 15:04:05", "2006/1/2 15:04:05",
		"1/2/2006 3:04:05 PM", "1/2/2006 3:04:05.999 PM", "1/2/2006 15:04:05", "02.01.2006 15:04:05", "2006-01-02 15:04", "2006/01/02 15:04",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

func (e *auditEvent) ruleChange(op string) {
	s := e.setting(op, "inbox rule")
	s.name, s.nameable = e.param("name"), true
	if s.name == "" {
		_, s.name, _ = strings.Cut(e.field("objectid", "officeobjectid"), `\`)
	}
	if _, rule, ok := strings.Cut(e.param("identity"), `\`); ok {
		s.id = rule
	} else {
		s.id = s.name
	}
	s.nameable = s.name != "" || op == "New-InboxRule"
	s.off = strings.EqualFold(e.param("enabled"), "false")
	e.ruleBody(s, record{place: e.place, obj: e.params, warn: e.warn})
	if strings.EqualFold(op, "Set-InboxRule") {
		s.all = s.all && s.trick != "" // only what was changed is told
	}
	s.note("Name", s.name)
	if len(e.params) == 0 {
		s.unknown = "an inbox rule was made or changed; the record does not say what it does"
	}
	e.add(s)
}

func (e *auditEvent) mailboxChange(op string) {
	s := e.setting(op, "mailbox forwarding")
	rec := record{place: e.place, obj: e.params, warn: e.warn}
	e.smtpTarget(s, rec, "forwardingsmtpaddress")
	e.objectTarget(s, rec, "forwardingaddress")
	if len(s.targets) == 0 && !s.partial {
		return
	}
	s.all = true
	switch rec.flag("delivertomailboxandforward", false) {
	case yes:
		s.copies = yes
	case no:
		s.copies = no
	}
	s.note("DeliverToMailboxAndForward", e.param("delivertomailboxandforward"))
	e.add(s)
}

func (e *auditEvent) transportChange(op string) {
	rec := record{place: e.place, obj: e.params, warn: e.warn}
	before := len(e.settings)
	e.transportRule(rec)
	for _, s := range e.settings[before:] {
		s.source, s.event = unifiedLog, e.when()
		s.evidence = append([]string{"Operation=" + op}, s.evidence...)
		if s.name == "" {
			s.name = e.field("objectid", "officeobjectid")
			s.id = s.name
		}
		if op == "Set-TransportRule" {
			s.all = false
		}
	}
}

func (e *auditEvent) journalChange(op string) {
	before := len(e.settings)
	e.journalRule(record{place: e.place, obj: e.params, warn: e.warn})
	for _, s := range e.settings[before:] {
		s.source, s.event = unifiedLog, e.when()
		s.remove = remedyJournal(s.id)
		s.evidence = append([]string{"Operation=" + op}, s.evidence...)
	}
}

func (e *auditEvent) policyChange(op string) {
	if mode := e.param("autoforwardingmode"); strings.EqualFold(mode, "On") || mode == "2" {
		s := e.setting(op, "outbound spam policy")
		s.tenant, s.id = true, e.param("identity")
		s.opens = "the outbound policy was changed to let mailboxes forward to anybody"
		s.remove = remedyOutbound(s.id)
		s.mailbox = ""
		e.add(s)
	}
}

func (e *auditEvent) remoteChange(op string) {
	rec := record{obj: e.params, place: e.place, warn: e.warn}
	if rec.flag("autoforwardenabled", true) == yes {
		s := e.setting(op, "remote domain")
		s.tenant, s.id = true, e.param("identity")
		s.opens = "automatic forwarding to a remote domain was allowed"
		s.remove = remedyRemote(s.id)
		s.mailbox = ""
		e.add(s)
	}
}

// accessChange reads changes that let somebody else in or hide what is done.
func (e *auditEvent) accessChange(op string) {
	s := e.setting(op, "mailbox access")
	low := strings.ToLower(op)
	switch {
	case strings.HasPrefix(low, "add-"):
		who := e.param("user")
		if who == "" {
			who = e.param("trustee")
		}
		s.targets = cellTargets(who)
		s.delegate = true
		for i, t := range s.targets {
			if g, ok := guest(t); ok {
				s.targets[i] = g
			}
		}
		for i := range s.targets {
			s.targets[i].local = s.targets[i].addr.IsZero() // an account of the tenant
		}
	case strings.Contains(low, "bypass") && strings.EqualFold(e.param("auditbypassenabled"), "true"):
		s.unknown = "the account's actions are no longer logged"
	default:
		return
	}
	e.add(s)
}

// guest gives the address of a guest account: a user principal name
// x_evil.test#EXT#@tenant stands for x@evil.test.
func guest(t target) (target, bool) {
	name, _, ok := strings.Cut(strings.ToUpper(t.raw), "#EXT#@")
	if i := strings.LastIndexByte(name, '_'); ok && i > 0 {
		return addressTarget(t.raw[:i] + "@" + t.raw[i+1:len(name)])
	}
	return target{}, false
}

var anyAddress = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[\pL\pN.-]+\.[\pL\pN-]+`)

// outlookRule reads UpdateInboxRules, which Outlook and other clients cause.
func (e *auditEvent) outlookRule(op string) {
	prop := func(name string) string { return scalar(e.props[name]) }
	operation := prop("ruleoperation")
	if strings.HasPrefix(strings.ToLower(operation), "remove") {
		return
	}
	s := e.setting(op, "inbox rule")
	s.name, s.id = prop("rulename"), prop("ruleid")
	s.copies = yes
	s.note("RuleOperation", operation)
	actions, server := prop("ruleactions"), e.props["serverrule"]
	e.outlookActions(s, actions, server)
	condition := prop("rulecondition")
	if blank(actions) && server == nil && len(s.targets) == 0 {
		s.unknown = "an inbox rule was changed; the log does not say what it does"
		e.add(s)
		return
	}
	_, named := e.props["rulename"]
	s.nameable = named || s.name != ""
	s.off = strings.Contains(strings.ToLower(prop("rulestate")), "disabled")
	s.all = blank(condition) && server == nil
	if !s.all {
		s.words = keywordsIn(condition + " " + scalar(server))
		s.note("RuleCondition", clip(condition, 200))
	}
	s.note("RuleName", s.name)
	s.note("RuleActions", clip(actions, 300))
	e.add(s)
}

// blank tells an empty text or an empty JSON value.
func blank(s string) bool {
	switch strings.TrimSpace(s) {
	case "", "[]", "{}", "null", "[{}]":
		return true
	}
	return false
}

// outlookActions reads RuleActions (JSON in a string, or words) and ServerRule.
func (e *auditEvent) outlookActions(s *setting, text string, server any) {
	v, err := wholeJSON(text)
	if err != nil {
		v = text
	}
	w := actionWords{setting: s}
	w.walk(v, "", 0)
	if str, ok := server.(string); ok {
		if inner, err := wholeJSON(str); err == nil {
			server = inner
		}
	}
	if low := lowerObject(server); low != nil {
		s.name = cmp.Or(s.name, scalar(low["name"]))
		if actions, ok := low["actions"]; ok {
			server = actions
		}
	}
	w.walk(server, "", 0)
}

// actionWords gathers actions from a structure whose shape varies.
type actionWords struct{ *setting }

func (w actionWords) walk(v any, key string, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := opened(v).(type) {
	case []any:
		for _, e := range v {
			w.walk(e, key, depth+1)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			w.action(k)
			if strings.Contains(columnName(k), "type") {
				w.action(scalar(v[k]))
			}
			w.walk(v[k], columnName(k), depth+1)
		}
	case string:
		w.text(v, key)
	}
}

// action recognises an action by its name.
func (w actionWords) action(name string) {
	low := strings.ToLower(name)
	switch {
	case strings.Contains(low, "markasread"):
		w.reads = true
	case strings.Contains(low, "delete"):
		w.deletes, w.copies = true, no
	}
}

// text takes addresses and folders out of a value.
func (w actionWords) text(s, key string) {
	if strings.Contains(key, "folder") && (key == "foldername" || key == "destinationfoldername" || key == "destinationfolder") {
		w.folder = folderName(s)
		return
	}
	if low := strings.ToLower(s); key == "" { // words, not JSON
		w.action(low)
	}
	if strings.Contains(key, "name") || strings.Contains(key, "id") && !strings.Contains(s, "@") {
		return
	}
	found := anyAddress.FindAllString(s, 20)
	for _, m := range found {
		if t, ok := addressTarget(m); ok {
			w.targets = append(w.targets, t)
		}
	}
	if len(found) == 0 && strings.HasPrefix(strings.ToLower(s), "/o=") {
		w.targets = append(w.targets, target{raw: "[EX:" + s + "]", object: true})
	}
}
