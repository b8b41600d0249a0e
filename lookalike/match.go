package lookalike

// Certainty grades a Match.
type Certainty int

// The certainties, in rising order. Info is for names that are somebody's and
// are often written by mistake; nobody's mail should be held for it.
const (
	Info Certainty = iota
	Likely
	Certain
)

var certaintyNames = [...]string{"info", "likely", "certain"}

func (c Certainty) String() string { return certaintyNames[c] }

// Kind names the slip that leads from the intended domain to the written one.
type Kind int

// The kinds of slip.
const (
	Contested  Kind = iota // a real domain that is often written by mistake
	Form                   // full-width, invisible or stray characters
	TLD                    // a suffix that does not exist: gmail.con
	Suffix                 // a suffix that is not the provider's: docomo.co.jp
	Dot                    // a dot or hyphen too many, missing or misplaced
	Confusable             // letters that look alike: grnail.com, gmаil.com
	Swap                   // two letters in the wrong order
	Omission               // a letter left out
	Doubling               // a letter typed twice
	Insertion              // a letter too many
	Key                    // the neighbouring key
	Letter                 // another wrong letter
	Spelling               // two wrong letters, or spelt by ear
	Combined               // a wrong letter and a wrong suffix
	Deception              // a known domain followed by more labels
	Glued                  // digits or letters in front of a known name
	Bare                   // a known name without its suffix
	Host                   // a host that is not the carrier's: is.softbank.jp
	Variant                // an own domain with something added
)

var kindNames = [...]string{
	"contested", "form", "tld", "suffix", "dot", "confusable", "swap",
	"omission", "doubling", "insertion", "key", "letter", "spelling",
	"combined", "deception", "glued", "bare", "host", "variant",
}

func (k Kind) String() string { return kindNames[k] }

// Match says that a domain looks like another one.
type Match struct {
	Domain    string // as it was given
	Intended  string // what was probably meant
	Kind      Kind
	Certainty Certainty
}

// reasons hold, for each kind, why the domain is taken for a slip.
var reasons = [...][2]string{
	Contested:  {"is a domain of its own", "は別の組織のドメインです"},
	Form:       {"contains characters that do not belong into a domain", "にはドメインに使えない文字が含まれています"},
	TLD:        {"ends in a suffix that does not exist", "の末尾は存在しません"},
	Suffix:     {"has a suffix that its provider does not use", "の末尾はその事業者では使われていません"},
	Dot:        {"has a dot or hyphen missing, misplaced or too many", "は「.」か「-」の位置が違います"},
	Confusable: {"only looks like a known domain", "は見た目の似た文字を使っています"},
	Swap:       {"has two letters in the wrong order", "は文字の順序が入れ替わっています"},
	Omission:   {"lacks a letter", "は文字が抜けています"},
	Doubling:   {"has a letter twice", "は同じ文字が余分に入っています"},
	Insertion:  {"has a letter too many", "は余分な文字が入っています"},
	Key:        {"has the letter of a neighbouring key", "は隣のキーの文字になっています"},
	Letter:     {"has a wrong letter", "は文字が違っています"},
	Spelling:   {"is spelt wrongly", "は綴りが違っています"},
	Combined:   {"has a wrong letter and a wrong suffix", "は綴りと末尾が違っています"},
	Deception:  {"begins with a known domain but belongs to another", "は既知のドメインで始まりますが別のドメインです"},
	Glued:      {"has something in front of a known domain", "は既知のドメインの前に余分な文字があります"},
	Bare:       {"lacks its suffix", "は末尾が抜けています"},
	Host:       {"is no host of this carrier", "はこの事業者のメールドメインではありません"},
	Variant:    {"is a variant of a known domain", "は既知のドメインを変えたものです"},
}

// Reason says in a few words what is wrong with the domain, in Japanese for "ja"
// and in English for every other language. It begins where the domain's name
// would stand: "has two letters in the wrong order".
func (m Match) Reason(lang string) string {
	if lang == "ja" {
		return reasons[m.Kind][1]
	}
	return reasons[m.Kind][0]
}

// Sentence explains the match in words, in Japanese for "ja" and in English
// for every other language.
func (m Match) Sentence(lang string) string {
	if lang == "ja" {
		return m.Domain + m.Reason(lang) + "。" + m.Intended + " ではありませんか。"
	}
	return m.Domain + " " + m.Reason(lang) + ". Did you mean " + m.Intended + "?"
}
