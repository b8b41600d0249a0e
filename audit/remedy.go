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
		return "Set-Mailbox -Identity " + ps(s.mailbox) + " -ForwardingAddress $null -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false"
	case exRule:
		return remedyRule(s)
	case graphRule:
		return fmt.Sprintf("Remove-MgUserMailFolderMessageRule -UserId %s -MailFolderId inbox -MessageRuleId %s", ps(s.mailbox), ps(s.id))
	case unifiedLog:
		return remedyLog(s)
	}
	return remedyFile(s, t)
}

func remedyRule(s *setting) string {
	id := s.id
	if id == "" {
		id = s.name
	}
	if id == "" {
		return "Get-InboxRule -Mailbox " + ps(s.mailbox) + " -IncludeHidden  # find the rule there: the export gives neither its Identity nor its name"
	}
	command := fmt.Sprintf("Remove-InboxRule -Mailbox %s -Identity %s -Confirm:$false", ps(s.mailbox), ps(id))
	if s.hidden {
		return command + "  # if it is refused, the rule is hidden: Get-InboxRule -Mailbox " + ps(s.mailbox) + " -IncludeHidden | Remove-InboxRule"
	}
	return command
}

// remedyLog undoes what a log tells of, if it still stands.
func remedyLog(s *setting) string {
	switch s.what {
	case "mailbox forwarding":
		return "Set-Mailbox -Identity " + ps(s.mailbox) + " -ForwardingAddress $null -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false"
	case "mailbox access":
		return "Get-MailboxPermission -Identity " + ps(s.mailbox) + " | Where-Object {-not $_.IsInherited}  # then Remove-MailboxPermission for what is foreign"
	}
	return "Get-InboxRule -Mailbox " + ps(s.mailbox) + " -IncludeHidden  # then: " + remedyRule(s)
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
		return "Admin console: Apps > Google Workspace > Gmail > Routing (and Compliance): remove " + clean(s.name)
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
	user := "gam user " + sh(s.mailbox) + " "
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

// remedyFile is for what stands in a file on a server.
func remedyFile(s *setting, t target) string {
	where := fmt.Sprintf("%s line %d", sh(s.path), s.line)
	what := clean(clip(t.String(), 100))
	if what == "" {
		what = "the line"
	}
	switch s.source {
	case sieveScript:
		return fmt.Sprintf("doveadm sieve deactivate -u %s; then take %s out of %s and compile it: sievec %s", sh(s.mailbox), what, where, sh(s.path))
	case aliasFile:
		return fmt.Sprintf("take %s out of %s, then run: newaliases", what, where)
	case virtualMap:
		return fmt.Sprintf("take %s out of %s, then run: postmap %s (not for regexp and pcre tables)", what, where, sh(s.path))
	case dotForward:
		return fmt.Sprintf("take %s out of %s, or: mv %s %s", what, where, sh(s.path), sh(s.path+".removed"))
	case procmailrc:
		return fmt.Sprintf("take the recipe with %s out of %s", what, where)
	case memberList:
		return fmt.Sprintf("correct or remove the member: mailman members --delete, or remove_members LIST %s", sh(t.String()))
	}
	return "remove it at " + where
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
