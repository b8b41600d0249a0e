package rules_test

import (
	"slices"
	"strings"
	"testing"

	"maillint"
	"maillint/corpus"
	"maillint/internal/cases"
	"maillint/policy"
	"maillint/rules"
)

// Every case fires as it says, and its twin is silent, under the policy that
// ships.
func TestCorpus(t *testing.T) {
	all, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d cases", len(all))
	}
	for _, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			for _, problem := range cases.Run(p, c).Problems {
				t.Errorf("%s: %s", problem.File, problem.Text)
			}
		})
	}
}

// Every rule has a case that fires.
func TestEveryRuleHasACase(t *testing.T) {
	all, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All {
		if !slices.ContainsFunc(all, func(c corpus.Case) bool {
			return slices.ContainsFunc(c.Want, func(e corpus.Expect) bool { return e.Rule == r.ID && e.Severity != "info" })
		}) {
			t.Errorf("%s: no case of the corpus fires", r.ID)
		}
	}
}

// No ordinary message is held: its disposition stays below delay, as the
// sender's own copy and on its way.
func TestOrdinary(t *testing.T) {
	themes, err := corpus.OrdinaryMail()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, theme := range themes {
		for _, mail := range theme.Messages {
			n++
			name := theme.Folder + "/" + mail.File
			problems, remarks := cases.RunOrdinary(p, theme, mail)
			for _, problem := range problems {
				t.Errorf("ordinary/%s: %s\n\tyet: %s", name, problem.Text, mail.Fine)
			}
			if got := strings.Join(remarks, " "); got != ordinaryTags[name] {
				t.Errorf("ordinary/%s: found by %q, want %q\n\tyet: %s", name, got, ordinaryTags[name], mail.Fine)
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d ordinary messages", n)
	}
}

// ordinaryTags are the ordinary messages about which something is said (their
// disposition is tag at most), and which rules say it. No other message may
// be found at warning or over: a silence that goes away shows here.
var ordinaryTags = map[string]string{
	"attachments/encrypted-archive-agreed-password.eml":    "encrypted-archive",
	"attachments/macro-workbook.eml":                       "risky-attachment",
	"attachments/ppap-first.eml":                           "encrypted-archive",
	"automatic/receipt-of-a-form.eml":                      "sender-mismatch",
	"machines/php-form-to-applicant.eml":                   "sender-mismatch",
	"machines/php-shift-jis-form.eml":                      "sender-mismatch",
	"on-behalf/alias-of-hers.eml":                          "sender-mismatch",
	"on-behalf/shared-mailbox-send-as.eml":                 "sender-mismatch",
	"on-behalf/web-form-from-our-server.eml":               "sender-mismatch",
	"groups/guest-speaker-with-the-whole-office.eml":       "stray-recipient",
	"groups/subdomains-of-ours-are-ours.eml":               "stray-recipient",
	"links/onedrive-link-card.eml":                         "sharing-link",
	"links/shared-folder-to-one-partner.eml":               "sharing-link",
	"machines/raid-controller.eml":                         "sender-mismatch",
	"meetings/outlook-room-and-twenty-five-colleagues.eml": "stray-recipient",
	"on-behalf/draft-to-own-gmail.eml":                     "private-webmail",
	"on-behalf/photo-to-own-icloud.eml":                    "private-webmail",
	"on-behalf/reply-to-own-gmail.eml":                     "sender-mismatch",
	"on-behalf/reply-to-the-list.eml":                      "sender-mismatch",
}
