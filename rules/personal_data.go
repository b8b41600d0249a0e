package rules

import (
	"fmt"
	"regexp"
	"strings"

	"maillint/content"
	"maillint/content/personal"
	"maillint/lint"
)

// PersonalData finds the data of many people, and numbers that open somebody's
// life: cards, national numbers.
var PersonalData = lint.NewPrepared(lint.Meta{
	ID:       "personal-data",
	Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.High: "approve", lint.Critical: "approve"},
	Title: lint.Text{
		En: "personal data of many people, a card or a national number goes to an outside recipient",
		Ja: "多数の個人情報、カード番号、マイナンバー等が外部に送られる",
	},
	Why: lint.Text{
		En: `Lists of customers, pupils and patients leave by mail: carried to a new employer (Ai Koumuten), to a wrong
address (QST, Kagoshima), by a forwarding that a stranger set (Yokohama), in a hidden sheet or column that
nobody saw. What has left cannot be called back.`,
		Ja: `顧客、児童生徒、患者の名簿がメールで外に出ています。転職先への持ち出し（アイ工務店）、誤った宛先
（量子科学技術研究開発機構、鹿児島大学）、不正な転送設定（横浜市立大学）、気付かれなかった非表示のシートや列。
一度出たものは取り戻せません。`,
	},
	Fix: lint.Text{
		En: `Send only the columns and rows that the recipient needs. Look for hidden sheets, rows and columns (the
finding names them). Share the file by a link that asks for the recipient's log-in.`,
		Ja: `相手に必要な列と行だけを送ってください。非表示のシート、行、列も確認してください（検出結果に場所が
示されます）。受信者のログインを必要とする共有リンクも使えます。`,
	},
	Quiet: lint.Text{
		En: `Mail that stays inside. Fewer people than params.people; names alone; telephone numbers and addresses
without a name; mailboxes of functions (info@, support@); the conversation's own people, their signatures and
quoted headers; a number whose check digit is right by chance. People are counted, not matches, by the same
name, address or number. Partners to whom such data are sent by agreement stand under params.exempt.`,
		Ja: `組織内のメール、params.people 人未満、氏名だけ、氏名のない電話番号や住所、部署のアドレス（info@ など）、
やり取りの当事者とその署名や引用ヘッダー、偶然チェックディジットが合う番号には反応しません。一致箇所ではなく
人数を数えます。取り決めにより個人情報を送る相手は params.exempt に書けます。`,
	},
	Held: lint.Text{
		En: "Does the recipient need these data, of all these people? The places are shown masked; the file itself tells more.",
		Ja: "この相手に、この全員分の情報が必要ですか。場所は伏せ字で示されます。詳しくはファイルを確認してください。",
	},
	Incidents: []string{"aikoumuten-2023", "qst-2022", "kagoshima-2023", "yokohama-2018", "boeing-2016", "australia-2014", "nyc-hhc-2015"},
	Refs:      []string{"ISO/IEC 7812-1 (cards)", "ISO 13616-1 (IBAN)", "content/personal/numbers.go names the source of each number"},
	Since:     "0.2.0",
}, personalData{People: 20, Numbers: 5, WithWord: 1}, preparePersonalData, checkPersonalData)

type personalData struct {
	People   int      `yaml:"people" doc:"from how many people on it is a finding" doc_ja:"検出する最小の人数"`
	Numbers  int      `yaml:"numbers" doc:"from how many numbers of one kind on, without a word beside them" doc_ja:"見出しや語がなくても検出する、同じ種類の番号の最小数"`
	WithWord int      `yaml:"with_word" doc:"from how many cards or national numbers (My Number) on, with a word or an expiry date beside them; 0 for never" doc_ja:"「マイナンバー」などの語や有効期限が近くにあるカード番号・個人番号の最小数。0 で無効"`
	Patterns []string `yaml:"patterns" doc:"regular expressions of your own numbers (students, staff): each distinct one is a person" doc_ja:"学籍番号や職員番号の正規表現。異なる番号ごとに一人と数えます"`
	Exempt   []string `yaml:"exempt" doc:"registrable domains to which personal data are sent by agreement" doc_ja:"取り決めにより個人情報を送る登録ドメイン"`
}

// Validate keeps the thresholds thresholds and the patterns small.
func (p personalData) Validate() error {
	switch {
	case p.People < 1:
		return fmt.Errorf("people: must be at least 1, not %d", p.People)
	case p.Numbers < 1:
		return fmt.Errorf("numbers: must be at least 1, not %d", p.Numbers)
	case p.WithWord < 0:
		return fmt.Errorf("with_word: must not be negative, not %d", p.WithWord)
	case len(p.Patterns) > 20:
		return fmt.Errorf("patterns: at most 20, not %d", len(p.Patterns))
	}
	for _, s := range p.Patterns {
		re, err := regexp.Compile(s)
		switch {
		case err != nil:
			return fmt.Errorf("patterns: %q: %w", s, err)
		case len(s) > 200:
			return fmt.Errorf("patterns: %.20q...: longer than 200 characters", s)
		case re.MatchString(""):
			return fmt.Errorf("patterns: %q matches an empty text", s)
		}
	}
	return nil
}

type personalCheck struct {
	personalData
	patterns []*regexp.Regexp
}

func preparePersonalData(_ *lint.Org, p personalData) personalCheck {
	c := personalCheck{personalData: p}
	for _, s := range p.Patterns {
		c.patterns = append(c.patterns, regexp.MustCompile(s))
	}
	return c
}

func checkPersonalData(pass *lint.Pass, c personalCheck) {
	if !leavesBeyond(pass, c.Exempt) {
		return
	}
	r := pass.Facts.Personal()
	own, where := c.ownNumbers(pass.Facts.Content())
	people := max(r.People, own)
	var said []string
	severity := lint.High
	if people >= c.People {
		severity = lint.Critical
		said = append(said, describePeople(r, people, own))
	}
	for _, f := range r.Numbers {
		switch {
		case f.One && c.WithWord > 0 && f.Beside >= c.WithWord:
			said = append(said, count(f.Beside+f.Alone, f.Title)+" with a word beside it")
		case f.Sure(c.Numbers):
			said = append(said, count(f.Beside+f.Alone, f.Title))
		}
	}
	if r.Truncated {
		said = append(said, c.unsearched(pass, said != nil))
	}
	if said == nil {
		return
	}
	evidence := evidenceOfPlaces(r)
	switch {
	case evidence == nil && own == 0:
		evidence = []lint.Evidence{{Where: unsearchedAt(pass)}}
	case evidence == nil:
		evidence = []lint.Evidence{{Where: where, Text: "numbers of params.patterns"}}
	}
	part, _, _ := strings.Cut(evidence[0].Where, ", ")
	part, _, _ = strings.Cut(part, ":")
	pass.Report(lint.Finding{Severity: severity, Where: part, Message: strings.Join(said, "; "), Evidence: evidence})
}

// unsearched says that there is more text than was searched, which is never a
// pass.
func (c *personalCheck) unsearched(pass *lint.Pass, more bool) string {
	if more {
		return "and there is more text than was searched"
	}
	if pass.Facts.Content().Late(unsearchedAt(pass)) {
		return "not searched to its end: the time that the policy gives a message is spent"
	}
	return "not searched to its end: there is more text than the policy lets search"
}

// unsearchedAt is where the first text stands that was not searched to its end.
func unsearchedAt(pass *lint.Pass) string {
	for _, d := range pass.Facts.Content().Defects() {
		if d.Kind.Limit() {
			return d.Where
		}
	}
	return "message"
}

// describePeople gives the number of people, what is told of them, and how
// many of them stand where a reader does not look.
func describePeople(r *personal.Report, people, own int) string {
	var kinds []string
	for _, k := range r.Counts {
		if k.Kind != personal.About {
			kinds = append(kinds, count(k.N, k.Kind.String()))
		}
	}
	if own > 0 {
		kinds = append(kinds, count(own, "number")+" of params.patterns")
	}
	s := fmt.Sprintf("personal data of %d people (%s)", people, strings.Join(kinds, ", "))
	if r.Hidden > 0 {
		s += fmt.Sprintf(", %d of them in what a reader does not see", r.Hidden)
	}
	return s
}

// evidenceOfPlaces points at the first places, masked, the hidden ones first.
// It has no span: a report would show the bytes that stand there.
func evidenceOfPlaces(r *personal.Report) []lint.Evidence {
	var out []lint.Evidence
	for _, p := range append(r.HiddenPlaces[:len(r.HiddenPlaces):len(r.HiddenPlaces)], r.Places...) {
		if len(out) == 6 {
			break
		}
		out = append(out, lint.Evidence{Where: p.Where, Text: p.Kind + " " + p.Mask})
	}
	return out
}

// mostOwn is up to how many of the policy's own numbers are told apart.
const mostOwn = 100_000

// ownNumbers counts the distinct numbers that the policy's patterns find.
func (c *personalCheck) ownNumbers(in *content.Inspection) (n int, where string) {
	if len(c.patterns) == 0 {
		return 0, ""
	}
	texts := in.Texts()
	seen := map[string]bool{}
	look := func(s, at string) {
		for _, re := range c.patterns {
			for _, m := range re.FindAllString(s, mostOwn) {
				if len(seen) == 0 {
					where = at
				}
				if len(seen) < mostOwn {
					seen[m] = true
				}
			}
		}
	}
	for i := range texts {
		t := &texts[i]
		look(personal.Fold(t.Prose), t.Where)
		for r, row := range t.Rows {
			if r%1000 == 0 && in.Late(t.Where) {
				return len(seen), where
			}
			for _, cell := range row {
				look(personal.Fold(cell), t.Where)
			}
		}
	}
	return len(seen), where
}
