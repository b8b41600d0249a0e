package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// The rules, in the order in which findings of one severity stand.
const (
	sharedTarget  = "shared-forward-target"
	changesBurst  = "mailbox-changes-burst"
	tenantForward = "tenant-forward"
	catchAll      = "catch-all-forward"
	withoutCopy   = "forward-without-copy"
	andHide       = "forward-and-hide"
	lookalikeTo   = "lookalike-target"
	keywordFilter = "keyword-filter"
	everything    = "forward-everything"
	hiddenRule    = "hidden-rule"
	obscureName   = "obscure-rule-name"
	externalFwd   = "external-forward"
	mailHiding    = "mail-hiding"
	delegateExt   = "delegate-external"
	pipeInclude   = "pipe-or-include"
	unresolvedTo  = "unresolved-target"
	ruleChanged   = "rule-changed"
	emptyExport   = "empty-export"
)

var ruleOrder = []string{
	sharedTarget, changesBurst, tenantForward, catchAll, withoutCopy, andHide, lookalikeTo, keywordFilter, everything, hiddenRule, obscureName,
	externalFwd, mailHiding, delegateExt, pipeInclude, unresolvedTo, ruleChanged, emptyExport,
}

// Rules lists the IDs of all findings.
func Rules() []string { return slices.Clone(ruleOrder) }

// sortFindings puts the worst first, and what concerns most mailboxes.
func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(slices.Index(ruleOrder, a.Rule), slices.Index(ruleOrder, b.Rule)),
			cmp.Compare(len(b.Mailboxes), len(a.Mailboxes)),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Record, b.Record), cmp.Compare(a.Target, b.Target),
		)
	})
}

// verdict gathers the findings of one setting.
type verdict struct {
	*auditor
	s    *setting
	out  []Finding
	ext  []target // external targets
	lost []target // targets nobody can place
}

// judge looks at one setting.
func (a *auditor) judge(s *setting) []Finding {
	v := &verdict{auditor: a, s: s}
	for _, t := range s.targets {
		switch {
		case a.external(t):
			v.ext = append(v.ext, t)
		case t.unresolved():
			v.lost = append(v.lost, t)
		}
	}
	switch {
	case s.member:
		v.lookalikes()
	case s.delegate:
		v.delegates()
	case s.tenant:
		v.wide()
	default:
		v.forwards()
		v.conceals()
		v.programs()
	}
	v.unplaced()
	if s.unknown != "" {
		v.say(ruleChanged, lint.Info, target{}, s.unknown)
	}
	return v.out
}

// say adds a finding. What is switched off is information only.
func (v *verdict) say(rule string, sev lint.Severity, t target, message string) {
	s := v.s
	if s.off && rule != lookalikeTo {
		sev = lint.Info
		message += " (not active)"
	}
	v.out = append(v.out, Finding{
		Rule: rule, Severity: sev, Path: s.path, Line: s.line, Record: s.record, Mailbox: s.mailbox, Target: t.String(), Message: message,
		Evidence: strings.Join(s.evidence, "; "), Remove: remedy(s, t), Source: string(s.source), forwards: !t.addr.IsZero() && !s.member,
	})
}

// owner names the mailbox for a message.
func (v *verdict) owner() string {
	if v.s.mailbox == "" {
		return "somebody (the export does not say whose it is)"
	}
	return v.s.mailbox
}

// forwards judges what a mailbox's own setting sends out.
func (v *verdict) forwards() {
	s := v.s
	for _, t := range v.ext {
		v.say(externalFwd, v.plainSeverity(), t, fmt.Sprintf("%s of %s sends mail to %s, outside the organisation%s", s.what, v.owner(), t, v.aside()))
		if s.notice || !s.rule {
			continue
		}
		if s.catchAll {
			v.say(catchAll, lint.High, t, fmt.Sprintf("mail to any address of a whole domain (%s) goes to %s, outside", s.mailbox, t))
		}
		if s.copies == no && !s.deletes {
			v.say(withoutCopy, v.copySeverity(), t, fmt.Sprintf("%s keeps no copy of what goes to %s", v.owner(), t))
		}
		if s.hides() {
			v.say(andHide, v.hideSeverity(), t, fmt.Sprintf("what goes to %s is kept from the eyes of %s: %s", t, v.owner(), s.concealment()))
		}
		v.ruleSigns(t)
	}
	v.lookalikes()
	v.odd()
}

func (v *verdict) plainSeverity() lint.Severity {
	return lint.Warning
}

func (v *verdict) aside() string {
	switch s := v.s; {
	case !s.rule:
		return " (registered and confirmed; the export does not show whether it is in use)"
	case s.broken:
		return " (the rule is in error)"
	case s.notice:
		return " (a notice, not the mail itself)"
	}
	return ""
}

// copySeverity: for an alias or a map it is usual that nothing stays.
func (v *verdict) copySeverity() lint.Severity {
	if v.s.mild {
		return lint.Warning
	}
	return lint.High
}

func (v *verdict) hideSeverity() lint.Severity {
	if s := v.s; s.deletes || rarelySeen(s.folder) || s.reads && s.files {
		return lint.High
	}
	return lint.Warning
}

// concealment says how mail is hidden.
func (s *setting) concealment() string {
	var how []string
	if s.deletes {
		how = append(how, "deleted")
	}
	if s.reads {
		how = append(how, "marked as read")
	}
	if s.files {
		how = append(how, "taken out of the inbox")
	}
	if s.folder != "" {
		how = append(how, "moved to "+clip(s.folder, 60))
	}
	return strings.Join(how, ", ")
}

// ruleSigns are signs that count because mail leaves.
func (v *verdict) ruleSigns(t target) {
	s := v.s
	if k := keywordsIn(strings.Join(s.words, "\n")); len(k) > 0 {
		v.say(keywordFilter, lint.High, t, fmt.Sprintf("mail about %s goes to %s", strings.Join(k[:min(len(k), 6)], ", "), t))
	}
	switch {
	case s.trick != "" && s.all:
		v.say(everything, lint.High, t, fmt.Sprintf("all mail goes to %s, under a condition that is none: %s", t, s.trick))
	case s.all && s.conditioned():
		v.say(everything, lint.Warning, t, fmt.Sprintf("a rule without a condition sends all mail of %s to %s", v.owner(), t))
	}
}

// conditioned: kinds that usually have a condition.
func (s *setting) conditioned() bool {
	return !s.mild && s.source != exMailbox && s.source != dotForward && s.source != dotQmail && s.source != eximFilter && !strings.HasPrefix(s.what, "Gmail forwarding") && s.what != "mailbox forwarding"
}

// odd judges names and flags of a rule that does something to mail.
func (v *verdict) odd() {
	s := v.s
	risky := len(v.ext) > 0 || len(v.lost) > 0 || s.partial
	nothing, short := obscure(s.name)
	if s.nameable && (nothing && (risky || s.deletes || rarelySeen(s.folder)) || short && risky) {
		sev := lint.Warning
		if risky && nothing {
			sev = lint.High
		}
		v.say(obscureName, sev, first(v.ext), fmt.Sprintf("a rule of %s is named %q, which says nothing", v.owner(), clip(s.name, 40)))
	}
	if s.hidden && (risky || s.deletes || rarelySeen(s.folder)) {
		v.say(hiddenRule, lint.High, first(v.ext), fmt.Sprintf("a rule of %s is hidden from its owner", v.owner()))
	}
}

func first(list []target) target {
	if len(list) == 0 {
		return target{}
	}
	return list[0]
}

// conceals judges rules that hide mail and send nothing out.
func (v *verdict) conceals() {
	s := v.s
	if len(v.ext) > 0 || !s.hides() && s.folder == "" {
		return
	}
	k := keywordsIn(strings.Join(s.words, "\n"))
	gone := s.deletes || rarelySeen(s.folder)
	switch {
	case len(k) > 0 && gone && s.source != sieveScript && s.source != procmailrc, len(k) > 0 && gone && s.reads:
		v.say(keywordFilter, lint.High, target{}, fmt.Sprintf("mail about %s is hidden from %s: %s", strings.Join(k[:min(len(k), 6)], ", "), v.owner(), s.concealment()))
	case len(k) > 0 && gone:
		v.say(keywordFilter, lint.Warning, target{}, fmt.Sprintf("mail about %s is hidden from %s: %s", strings.Join(k[:min(len(k), 6)], ", "), v.owner(), s.concealment()))
	case len(v.lost) == 0 && s.nameable && (s.all && gone || rarelySeen(s.folder) && s.reads):
		sev := lint.Warning
		if nothing, _ := obscure(s.name); s.all || nothing {
			sev = lint.High
		}
		v.say(mailHiding, sev, target{}, fmt.Sprintf("a rule hides mail from %s: %s", v.owner(), s.concealment()))
	}
}

// programs judges pipes and files that say more.
func (v *verdict) programs() {
	s := v.s
	if s.pipe != "" {
		sev, why := lint.Warning, ""
		if s.harmless {
			sev, why = lint.Info, " (a usual program)"
		}
		v.say(pipeInclude, sev, target{raw: "|" + s.pipe}, fmt.Sprintf("mail of %s goes to a program: %s%s", v.owner(), clip(s.pipe, 100), why))
	}
	if s.include != "" {
		sev, why := lint.Warning, "; audit that file too"
		if s.harmless {
			sev, why = lint.Info, ""
		}
		v.say(pipeInclude, sev, target{raw: s.include}, fmt.Sprintf("more settings of %s stand in another file: %s%s", v.owner(), clip(s.include, 100), why))
	}
}

// unplaced judges targets that nobody can place: not ours until shown.
func (v *verdict) unplaced() {
	for _, t := range v.lost {
		v.say(unresolvedTo, lint.Warning, t, fmt.Sprintf("%s of %s sends mail to %s, and this export does not tell whether that is outside%s", v.s.what, v.owner(), clip(t.raw, 120), hintFor(v.s, t)))
	}
	if v.s.partial {
		v.say(unresolvedTo, lint.Warning, target{raw: "(not exported)"}, fmt.Sprintf("%s of %s has targets that the export does not show%s", v.s.what, v.owner(), partialHint(v.s)))
	}
}

func hintFor(s *setting, t target) string {
	if t.object && strings.HasPrefix(string(s.source), "exchange") || t.object && s.source == unifiedLog {
		return " (add Get-Mailbox and Get-MailContact exports with Name, Alias and Identity)"
	}
	return ""
}

func partialHint(s *setting) string {
	if s.source == exRule || s.source == exTransport || s.source == exMailbox {
		return ": export lists as text, @{n='ForwardTo';e={$_.ForwardTo -join ';'}}"
	}
	return ""
}

// lookalikes judges domains that look like another one.
func (v *verdict) lookalikes() {
	if v.opts.Lookalike == nil {
		return
	}
	for _, t := range v.ext {
		intended, ok := v.opts.Lookalike(t.addr.Domain)
		if !ok {
			continue
		}
		text := fmt.Sprintf("%s: the domain looks like %s and is not", t, intended)
		if v.s.member {
			text = fmt.Sprintf("the list member %s is at a domain that looks like %s", t, intended)
		}
		mended := message.Address{Local: t.addr.Local, Domain: intended}.String()
		v.say(lookalikeTo, lint.High, t, text+": did you mean "+mended+"?")
		v.out[len(v.out)-1].Suggest = mended
	}
}

// delegates judges who else may read or send.
func (v *verdict) delegates() {
	for _, t := range v.ext {
		v.say(delegateExt, lint.Warning, t, fmt.Sprintf("%s, outside the organisation, is %s of %s", t, article(v.s.what), v.owner()))
	}
	v.lookalikes()
}

func article(what string) string {
	if what == "mailbox access" {
		return "given access to the mailbox"
	}
	return "a " + what
}

// wide judges what holds for the whole tenant.
func (v *verdict) wide() {
	s := v.s
	for _, t := range v.ext {
		sev, scope := lint.High, ""
		switch {
		case s.source == googleLog: // the log does not tell conditions
			sev = lint.Critical
		case s.all:
			sev, scope = lint.Critical, " without a condition"
		}
		v.say(tenantForward, sev, t, fmt.Sprintf("the %s %q%s sends mail of the organisation to %s, outside", s.what, clip(s.name, 80), scope, t))
		if k := keywordsIn(strings.Join(s.words, "\n")); len(k) > 0 {
			v.say(keywordFilter, lint.High, t, fmt.Sprintf("mail about %s goes to %s", strings.Join(k[:min(len(k), 6)], ", "), t))
		}
		if nothing, _ := obscure(s.name); nothing && s.source == exTransport {
			v.say(obscureName, lint.High, t, fmt.Sprintf("a transport rule is named %q, which says nothing", clip(s.name, 40)))
		}
	}
	if s.opens != "" {
		v.say(tenantForward, lint.Warning, target{raw: s.name}, s.opens)
	}
	v.lookalikes()
}

// hollowFindings are findings about files that held nothing.
func (a *auditor) hollowFindings() []Finding {
	var out []Finding
	for _, h := range a.hollow {
		sev := lint.Warning
		if h.mild {
			sev = lint.Info
		}
		out = append(out, Finding{Rule: emptyExport, Severity: sev, Path: h.path, Line: h.line, Record: h.record, Message: h.text})
	}
	return out
}
