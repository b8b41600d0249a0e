package audit

import (
	"fmt"
	"strings"
	"unicode"
)

// remedy gives the command, or the step, that takes a setting away. Everything
// that comes from an export is quoted for the shell it goes to: a rule's name
// is text that an attacker wrote.
func remedy(s *setting, t target) string {
	if s.remove != "" {
		return s.remove
	}
	switch {
	case s.tenant:
		return remedyTenant(s)
	case strings.HasPrefix(string(s.source), "gam"), strings.HasPrefix(string(s.source), "gmail"), s.source == googleLog:
		return remedyGoogle(s, t)
	}
	switch s.source {
	case exMailbox:
		return "Set-Mailbox -Identity " + psBox(s.mailbox) + " -ForwardingAddress $null -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false"
	case exRule:
		return remedyRule(s)
	case graphRule:
		return fmt.Sprintf("Remove-MgUserMailFolderMessageRule -UserId %s -MailFolderId inbox -MessageRuleId %s", psBox(s.mailbox), ps(s.id))
	case unifiedLog:
		return remedyLog(s)
	}
	return remedyFile(s, t)
}

// remedyRule removes a rule by its Identity. A name serves where the export has
// nothing better, if no other rule of the mailbox has it and all of it shows.
func remedyRule(s *setting) string {
	box := "Get-InboxRule -Mailbox " + psBox(s.mailbox) + " -IncludeHidden"
	id := s.id
	if id == "" {
		id = s.name
	}
	switch {
	case id == "":
		return box + "  # find the rule there: the export gives neither its Identity nor its name"
	case clean(id) != id:
		return box + " | Format-List RuleIdentity,Name,ForwardTo,RedirectTo  # its name holds characters that do not show: remove it by RuleIdentity"
	case s.namesake:
		return box + " | Where-Object {$_.Name -eq " + ps(id) + "} | Format-List RuleIdentity,ForwardTo,RedirectTo  # several rules have this name: remove the one by RuleIdentity"
	}
	command := fmt.Sprintf("Remove-InboxRule -Mailbox %s -Identity %s -Confirm:$false", psBox(s.mailbox), ps(id))
	if s.hidden {
		return command + "  # if it is refused, the rule is hidden: " + box + " | Where-Object {$_.RuleIdentity -eq " + ps(id) + "} | Remove-InboxRule"
	}
	return command
}

// psBox and gamBox are the mailbox in a command, or a word to replace where the
// export does not say whose it is.
func psBox(mailbox string) string {
	if mailbox == "" {
		return "MAILBOX"
	}
	return ps(mailbox)
}

func gamBox(mailbox string) string {
	if mailbox == "" {
		return "MAILBOX"
	}
	return sh(mailbox)
}

// namesakes marks rules that only their name tells apart, and it does not.
func (a *auditor) namesakes() {
	type key struct{ mailbox, name string }
	seen := map[key]*setting{}
	for _, s := range a.settings {
		if s.source != exRule || s.id != "" && s.id != s.name {
			continue
		}
		k := key{strings.ToLower(s.mailbox), strings.ToLower(s.name)}
		if first := seen[k]; first != nil {
			first.namesake, s.namesake = true, true
		} else {
			seen[k] = s
		}
	}
}

// remedyLog undoes what a log tells of, if it still stands.
func remedyLog(s *setting) string {
	switch s.what {
	case "mailbox forwarding":
		return "Set-Mailbox -Identity " + psBox(s.mailbox) + " -ForwardingAddress $null -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false"
	case "mailbox access":
		return "Get-MailboxPermission -Identity " + psBox(s.mailbox) + " | Where-Object {-not $_.IsInherited}  # then Remove-MailboxPermission for what is foreign"
	}
	return "Get-InboxRule -Mailbox " + psBox(s.mailbox) + " -IncludeHidden  # then: " + remedyRule(s)
}

func remedyTenant(s *setting) string {
	switch s.source {
	case exOutbound:
		return remedyOutbound(s.id)
	case exRemote:
		return remedyRemote(s.id)
	case exJournal:
		return remedyJournal(s.id)
	case googleLog:
		return "Admin console: Apps > Google Workspace > Gmail > Routing (and Compliance): remove " + sh(s.name)
	}
	return "Disable-TransportRule -Identity " + ps(s.id) + " -Confirm:$false; Remove-TransportRule -Identity " + ps(s.id)
}

func remedyOutbound(id string) string {
	return "Set-HostedOutboundSpamFilterPolicy -Identity " + ps(id) + " -AutoForwardingMode Off"
}

func remedyJournal(id string) string {
	return "Disable-JournalRule -Identity " + ps(id) + " -Confirm:$false; Remove-JournalRule -Identity " + ps(id)
}

func remedyRemote(id string) string {
	return "Set-RemoteDomain -Identity " + ps(id) + " -AutoForwardEnabled $false"
}

func remedyGoogle(s *setting, t target) string {
	user := "gam user " + gamBox(s.mailbox) + " "
	switch s.source {
	case gamFilter, gmailFilter:
		return user + "delete filters " + sh(s.id)
	case gamDelegate, gmailDelegate:
		if s.what == "send-as address" {
			return user + "delete sendas " + sh(t.String())
		}
		return user + "delete delegates " + sh(t.String())
	case gamAddress, gmailAddress:
		return user + "delete forwardingaddresses " + sh(t.String())
	}
	return user + "forward off && " + user + "delete forwardingaddresses " + sh(t.String())
}

// remedyFile is for what stands in a file on a server: a command that opens it
// at the line, and what to do there as a comment. All that was read is quoted in
// comments too, for some shells run what stands in one.
func remedyFile(s *setting, t target) string {
	path, what := shPath(s.path), sh(clip(t.String(), 100))
	edit := fmt.Sprintf("${EDITOR:-vi} +%d %s", s.line, path)
	switch s.source {
	case sieveScript:
		return fmt.Sprintf("doveadm sieve deactivate -u %s  # then take %s out of line %d and compile it: %s && sievec %s", gamBox(s.mailbox), what, s.line, edit, path)
	case aliasFile:
		return fmt.Sprintf("%s && newaliases  # take out %s", edit, what)
	case virtualMap:
		return fmt.Sprintf("%s && postmap %s  # take out %s; regexp and pcre tables need no postmap", edit, path, what)
	case dotForward:
		return fmt.Sprintf("mv %s %s  # or take %s out of line %d", path, shPath(s.path+".removed"), what, s.line)
	case dotQmail, eximFilter:
		return fmt.Sprintf("mv %s %s  # or take %s out of line %d", path, shPath(s.path+".removed"), what, s.line)
	case procmailrc:
		return fmt.Sprintf("%s  # take out the recipe with %s", edit, what)
	case memberList:
		return fmt.Sprintf("remove_members LIST %s  # Mailman 2; of Mailman 3: mailman delmembers -l LIST -m %s", what, what)
	}
	return edit + "  # remove it there"
}

// shPath is a path that no program takes for an option.
func shPath(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return sh(path)
}

// remedyShared names the way for all mailboxes of a cluster.
func remedyShared(c *cluster) string {
	var kinds = map[source]bool{}
	for _, s := range c.boxes {
		kinds[s.source] = true
	}
	if len(kinds) == 1 && (kinds[exMailbox]) {
		quoted := make([]string, 0, len(c.boxOrder))
		for _, b := range c.boxOrder {
			quoted = append(quoted, ps(b))
		}
		return strings.Join(quoted, ",") + " | ForEach-Object { Set-Mailbox -Identity $_ -ForwardingAddress $null -ForwardingSmtpAddress $null }"
	}
	return "remove each setting (its own finding has the command), then block the target: maillint audit forwards --block-list FILE"
}

// ps quotes for PowerShell, which takes typographic quotes for quotes too.
func ps(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range clean(s) {
		switch r {
		case '\'', '‘', '’', '‚', '‛':
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// sh quotes for a POSIX shell, where it is needed.
func sh(s string) string {
	s = clean(s)
	if s != "" && s[0] != '-' && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@._-+/:", r))
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// clean takes out characters that do not show.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || unicode.In(r, unicode.Cf) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}
