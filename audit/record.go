package audit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// record is one row of a table or one object of JSON, by lower-case names.
type record struct {
	place
	cols    map[string]int
	row     []string
	obj     map[string]any
	mailbox string // whose it is, where the surroundings say so
	// warn is called for values that are neither true nor false.
	warn func(p place, text string)
}

func (r record) has(name string) bool {
	if r.obj != nil {
		_, ok := r.obj[name]
		return ok
	}
	_, ok := r.cols[name]
	return ok
}

// object is a row as an object.
func (r record) object() map[string]any {
	m := make(map[string]any, len(r.cols))
	for name, i := range r.cols {
		if i < len(r.row) {
			m[name] = r.row[i]
		}
	}
	return m
}

// text is the first of the named fields that is not empty.
func (r record) text(names ...string) string {
	for _, name := range names {
		if r.obj != nil {
			if s := scalar(r.obj[name]); s != "" {
				return s
			}
			continue
		}
		if i, ok := r.cols[name]; ok && i < len(r.row) {
			if s := strings.TrimSpace(r.row[i]); s != "" {
				return s
			}
		}
	}
	return ""
}

// scalar is a JSON value as a table would hold it: what an object is called,
// the entries of an array with semicolons between.
func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var parts []string
		for _, e := range v {
			if s := scalar(e); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ";")
	case map[string]any:
		return objectText(v)
	case unopened:
		return scalar(opened(v))
	}
	return fmt.Sprint(v)
}

// objectText takes the telling field of an object: an address before a name.
func objectText(m map[string]any) string {
	for _, key := range []string{"emailaddress", "address", "smtpaddress", "addressstring", "primarysmtpaddress", "value", "displayname", "name", "id"} {
		if s := scalar(m[key]); s != "" {
			if kind := scalar(m["routingtype"]); kind != "" && key == "address" {
				return "[" + kind + ":" + s + "]"
			}
			return s
		}
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if s := scalar(m[k]); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ";")
}

// flag reads a boolean. What is neither is taken as the risky answer, with a
// warning.
func (r record) flag(name string, risky bool) answer {
	s := strings.TrimPrefix(strings.ToLower(r.text(name)), "$")
	if s == "" {
		return unsaid
	}
	if said, ok := booleans[s]; ok {
		return said
	}
	if r.warn != nil {
		r.warn(r.place, fmt.Sprintf("%s is neither true nor false (%q): taken as %t", columnTitle(name), clip(s, 40), risky))
	}
	if risky {
		return yes
	}
	return no
}

// booleans are true and false as programs write them, and as Excel does in the
// language of whoever saved the file again.
var booleans = map[string]answer{
	"true": yes, "1": yes, "yes": yes, "on": yes, "-1": yes, "t": yes, "y": yes, "enabled": yes,
	"false": no, "0": no, "no": no, "off": no, "f": no, "n": no, "disabled": no,
	"wahr": yes, "falsch": no, "ja": yes, "nein": no, "vrai": yes, "faux": no, "oui": yes, "non": no, "vero": yes, "falso": no, "sì": yes,
	"verdadero": yes, "sí": yes, "verdadeiro": yes, "sim": yes, "não": no, "waar": yes, "onwaar": no, "nee": no, "prawda": yes, "fałsz": no,
	"истина": yes, "ложь": no, "真": yes, "偽": no, "假": no, "はい": yes, "いいえ": no, "有効": yes, "無効": no, "オン": yes, "オフ": no, "참": yes, "거짓": no,
}

// targets reads an address cell.
func (r record) targets(name string) (list []target, partial bool) {
	s := r.text(name)
	if s == "" || strings.EqualFold(s, "$null") {
		return nil, false
	}
	if opaque(s) {
		return nil, true
	}
	whole := strings.TrimRight(s, "} ")
	for _, dots := range []string{"...", "…"} {
		if rest, cut := strings.CutSuffix(whole, dots); cut {
			return cellTargets(rest), true
		}
	}
	return cellTargets(s), false
}

// owner is whose record it is.
func (r record) owner(names ...string) string {
	for _, name := range names {
		s := r.text(name)
		if t, ok := addressTarget(s); ok {
			return t.addr.Key()
		}
	}
	if r.mailbox != "" {
		return r.mailbox
	}
	return r.text(names...)
}

// clip shortens a text for a message.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "..."
}

// titles are the columns' names as their programs write them.
var titles = map[string]string{
	"userprincipalname": "UserPrincipalName", "primarysmtpaddress": "PrimarySmtpAddress",
	"forwardingaddress": "ForwardingAddress", "forwardingsmtpaddress": "ForwardingSmtpAddress",
	"delivertomailboxandforward": "DeliverToMailboxAndForward", "forwardto": "ForwardTo",
	"redirectto": "RedirectTo", "forwardasattachmentto": "ForwardAsAttachmentTo", "enabled": "Enabled",
	"deletemessage": "DeleteMessage", "markasread": "MarkAsRead", "movetofolder": "MoveToFolder",
	"auditdata": "AuditData", "operation": "Operation", "forwardenabled": "forwardEnabled",
	"forwardingemail": "forwardingEmail", "verificationstatus": "verificationStatus", "user": "User",
	"identity": "Identity", "name": "Name", "id": "id", "blindcopyto": "BlindCopyTo", "copyto": "CopyTo",
	"redirectmessageto": "RedirectMessageTo", "autoforwardingmode": "AutoForwardingMode",
	"autoforwardenabled": "AutoForwardEnabled", "domainname": "DomainName", "delegateaddress": "delegateAddress",
	"disposition": "disposition", "state": "State", "emailaddress": "emailAddress",
	"subjectcontainswords": "SubjectContainsWords", "bodycontainswords": "BodyContainsWords",
	"subjectorbodycontainswords": "SubjectOrBodyContainsWords", "fromaddresscontainswords": "FromAddressContainsWords",
	"headercontainswords": "HeaderContainsWords", "recipientaddresscontainswords": "RecipientAddressContainsWords",
	"softdeletemessage": "SoftDeleteMessage", "permanentdelete": "PermanentDelete", "redirecttorecipients": "RedirectToRecipients",
	"addtorecipients": "AddToRecipients", "journalemailaddress": "JournalEmailAddress",
	"creationdate": "CreationDate", "userid": "UserId", "externalemailaddress": "ExternalEmailAddress",
}

func columnTitle(name string) string {
	if t, ok := titles[name]; ok {
		if t == "forwardTo" {
			return "forwardTo"
		}
		return t
	}
	return name
}
