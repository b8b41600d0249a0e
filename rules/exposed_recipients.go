package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// ExposedRecipients finds a mailing whose recipients can all read each other's
// addresses because they stand in To or Cc instead of Bcc.
var ExposedRecipients = lint.New(lint.Meta{
	ID:       "exposed-recipients",
	Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.Info: "pass", lint.High: "confirm", lint.Critical: "approve"},
	Title: lint.Text{
		En: "many outside recipients can read each other's addresses",
		Ja: "多数の外部宛先のアドレスが、受信者どうしに見えている",
	},
	Why: lint.Text{
		En: `A list that was meant for Bcc and stands in To or Cc shows every recipient who else received
the message. Where being on the list says something about a person (a patient, an applicant, a
participant), the list itself is the breach. In March 2023 a hand-out of the Tokyo Metropolitan
Government went to 105 addresses in To; recalling it sent the list twice more, and a reply to all a
fourth time. In April 2023 Toyota City's forced-Bcc system had stopped unnoticed, and 24 messages
exposed 652 addresses.`,
		Ja: `Bccに入れるはずの宛先をToやCcに入れると、受信者全員に他の受信者のアドレスが見えてしまいます。
名簿に載っていること自体が個人の情報（患者、応募者、参加者など）である場合、宛先一覧がそのまま漏えいになります。
2023年3月、東京都の送付資料は105件のアドレスをToに入れて送られ、取り消し機能の使用でさらに2回、
参加者の全員返信で4回目の露出が起きました。2023年4月には豊田市の強制Bccシステムが気づかれずに止まり、
24通で652件のアドレスが露出しました。`,
	},
	Fix: lint.Text{
		En: "Move the outside recipients to Bcc, or send one message to each.",
		Ja: "外部の宛先をBccに移すか、一人ずつ送信してください。",
	},
	Quiet: lint.Text{
		En: `Below 10 outside addresses, below 20 in fewer than 3 organisations (a committee of one partner), and
where nobody outside receives the message. Colleagues never count. List domains whose members know each
other under params.exempt.`,
		Ja: `外部アドレスが10件未満の場合、20件未満でかつ組織が3つ未満の場合（取引先1社との打ち合わせなど）、
外部の受信者がいない場合は何も言いません。内部の宛先は数えません。互いに知り合いの組織のドメインは
params.exempt に書けます。`,
	},
	Held: lint.Text{
		En: "Ask whether the recipients know of each other. If in doubt, release with hidden recipients.",
		Ja: "受信者どうしが互いを知っているかを確認してください。迷う場合は宛先を隠して送信してください。",
	},
	Incidents: []string{"tokyo-2023", "toyota-2023"},
	Refs: []string{
		"RFC 5322, 3.6.3: destination address fields",
		"Information Commissioner's Office, penalty notices HIV Scotland (2021) and Central YMCA (2024)",
	},
	Since: "0.1.0",
}, exposedRecipients{Addresses: 10, Domains: 3, Any: 20}, checkExposedRecipients)

type exposedRecipients struct {
	Addresses int      `yaml:"addresses" doc:"visible outside addresses from which on it is a finding, if they belong to several organisations" doc_ja:"複数の組織にまたがる場合に検出とする、見えている外部アドレスの件数"`
	Domains   int      `yaml:"domains" doc:"how many registrable domains make several organisations" doc_ja:"複数の組織とみなす登録ドメインの数"`
	Any       int      `yaml:"any" doc:"visible outside addresses from which on it is a critical finding, in any number of organisations" doc_ja:"組織の数によらず重大な検出とする、見えている外部アドレスの件数"`
	Exempt    []string `yaml:"exempt" doc:"registrable domains whose addresses do not count" doc_ja:"数えない登録ドメイン"`
}

// Validate keeps the thresholds in order.
func (p exposedRecipients) Validate() error {
	switch {
	case p.Addresses < 2:
		return errors.New("addresses: must be at least 2")
	case p.Domains < 1:
		return errors.New("domains: must be at least 1")
	case p.Any < p.Addresses:
		return errors.New("any: must not be less than addresses")
	}
	return nil
}

func checkExposedRecipients(pass *lint.Pass, p exposedRecipients) {
	if !pass.Facts.Leaves() {
		return
	}
	var exposed []lint.Visible
	domains := map[string]bool{}
	for _, a := range pass.Facts.Visible() {
		if pass.Facts.Internal(a.Address) {
			continue
		}
		if d := a.Registrable(); !slices.Contains(p.Exempt, d) {
			domains[d] = true
			exposed = append(exposed, a)
		}
	}
	severity := lint.High
	switch n := len(exposed); {
	case n >= p.Any:
		severity = lint.Critical
	case n < p.Addresses || len(domains) < p.Domains:
		return
	}
	where, evidence := fieldsOf(exposed)
	pass.Reportf(severity, where, evidence, "%d external addresses in %s can be read by every recipient",
		len(exposed), count(len(domains), "domain"))
}

// fieldsOf names the fields that addresses stand in, and points at them: from
// the first to the last address of each field.
func fieldsOf(list []lint.Visible) (where string, evidence []lint.Evidence) {
	n := map[string]int{}
	for _, a := range list {
		if n[a.Field]++; n[a.Field] == 1 {
			evidence = append(evidence, lint.Evidence{Where: a.Field, Span: a.Span})
			continue
		}
		for i := range evidence {
			if e := &evidence[i]; e.Where == a.Field {
				e.Span = message.Span{Start: min(e.Span.Start, a.Span.Start), End: max(e.Span.End, a.Span.End)}
			}
		}
	}
	var names []string
	for i := range evidence {
		names = append(names, evidence[i].Where)
		evidence[i].Text = count(n[evidence[i].Where], "external address")
	}
	return strings.Join(names, ", "), evidence
}

// count gives "1 domain", "2 domains", "3 addresses".
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
