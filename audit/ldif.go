package audit

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// ldifStart: an LDIF begins with its version, or with the name of an entry,
// behind comments.
var ldifStart = regexp.MustCompile(`(?i)^\s*(#[^\n]*\n(\s[^\n]*\n)*\s*)*(version:\s*\d+\s*(#[^\n]*\n\s*)*)?(dn::? ?[^\n]*[=\n]|dn:: ?[A-Za-z0-9+/])`)

// ldif reads LDIF (RFC 2849): what Thunderbird, OpenLDAP and Active Directory
// export.
func (f *bookFile) ldif(text string) {
	f.kind = ldifFile
	unfoldLDIF(text, func(line string, n int) {
		p := place{path: f.path, line: n, record: f.auditor.read}
		name, value, ok := strings.Cut(line, ":")
		name, _, _ = strings.Cut(strings.ToLower(name), ";") // mail;lang-ja
		switch {
		case !ok && strings.TrimSpace(line) != "-": // ends a change
			f.skip(p, "no attribute of an entry: "+clip(line, 80))
			return
		case !ok || name == "version" || name == "changetype":
			return
		case name == "dn":
			f.next()
			return
		}
		f.attribute(p, name, value)
	})
	f.lastLine(f.path, text)
}

// unfoldLDIF joins lines that begin with a blank to the one before, and leaves
// comments out.
func unfoldLDIF(text string, visit func(line string, n int)) {
	current, first, n := "", 0, 0
	emit := func() {
		if first > 0 && current != "" && current[0] != '#' {
			visit(current, first)
		}
	}
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if first > 0 && strings.HasPrefix(line, " ") {
			if len(current) < maxProperty {
				current += line[1:]
			}
			continue
		}
		emit()
		current, first = line, n
	}
	emit()
}

// attribute reads "mail: taro@example.jp", in base64 behind two colons.
func (f *bookFile) attribute(p place, name, value string) {
	switch encoded, external := strings.CutPrefix(value, "<"); {
	case external:
		if mailAttribute(name) {
			f.skip(p, "the value is in another file: "+clip(strings.TrimSpace(encoded), 80))
		}
		return
	case strings.HasPrefix(value, ":"):
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value[1:]))
		if err != nil {
			f.skip(p, name+": no base64: the file was cut off or edited")
			return
		}
		value = string(raw)
	}
	value = strings.TrimSpace(value)
	if m := mailOfName.FindStringSubmatch(value); m != nil && strings.Contains(name, "member") {
		value = m[1]
	}
	if hasAt(value) || mailAttribute(name) && value != "" {
		f.cell(p, value, mailAttribute(name))
	}
}

// mailOfName finds the address in a member's distinguished name, as
// Thunderbird writes its lists: cn=Taro,mail=taro@example.jp.
var mailOfName = regexp.MustCompile(`(?i)(?:^|,)\s*(?:mail|e|email|emailaddress|rfc822mailbox)=([^,]+)`)

// mailAttribute: the attribute holds an address and nothing else.
func mailAttribute(name string) bool {
	switch name {
	case "mail", "email", "rfc822mailbox", "mailalternateaddress", "mozillasecondemail", "mailforwardingaddress", "mailroutingaddress", "rfc822mailmember", "mgrprfc822mailmember":
		return true
	}
	return false
}
