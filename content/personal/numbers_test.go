package personal

import (
	"strings"
	"testing"
)

// numberCase is an example of a kind: its issuer's own, or one made by the
// published rule. bad are numbers of the same shape that the rule refuses; where
// at is given, every other digit or letter in that place of the key is one.
type numberCase struct {
	id, word, number string
	at               int // from 1, of the number without separators; 0 where there is no check digit
	bad              []string
}

var numberCases = []numberCase{
	{"card", "card", "4111 1111 1111 1111", 16, []string{"9111 1111 1111 1116"}},
	{"card", "クレジットカード", "3530 1113 3330 0000", 16, nil},
	{"my-number", "マイナンバー", "1234-5678-9018", 12, nil},
	{"iban", "IBAN", "GB82 WEST 1234 5698 7654 32", 22, []string{"ZZ82 WEST 1234 5698 7654 32"}},
	{"jp-driving", "免許証", "301234567810", 11, nil},
	{"jp-residence", "在留カード", "AB12345678CD", 0, nil},
	{"jp-pension", "基礎年金番号", "1234-567890", 0, nil},
	{"jp-insurance", "保険者番号", "01130012", 8, nil},
	{"jp-account", "口座番号", "1234567", 0, nil},
	{"passport", "旅券", "TR1234567", 0, nil},
	{"us-ssn", "SSN", "219-09-9999", 0, []string{"000-12-3456", "666-12-3456", "219-00-9999", "219-09-0000", "078-05-1120"}},
	{"us-ssn-plain", "social security", "219099999", 0, []string{"000123456"}},
	{"us-itin", "ITIN", "912-90-3456", 0, []string{"912-93-3456", "812-70-3456"}},
	{"us-mbi", "Medicare", "1EG4-TE5-MK73", 0, nil},
	{"uk-nhs", "NHS", "943 476 5919", 10, nil},
	{"uk-nino", "national insurance", "AB 12 34 56 C", 0, []string{"BG 12 34 56 C", "DA 12 34 56 C", "AB 12 34 56 E"}},
	{"de-steuer", "Steuer-ID", "36 574 261 809", 11, []string{"11 111 111 113"}},
	{"fr-nir", "sécurité sociale", "2 55 08 14 168 025 38", 15, []string{"2 55 14 14 168 025 20"}},
	{"es-dni", "DNI", "12345678Z", 9, nil},
	{"es-dni", "NIE", "X1234567L", 9, nil},
	{"it-cf", "codice fiscale", "RSSMRA85T10A562S", 16, nil},
	{"nl-bsn", "BSN", "111222333", 9, nil},
	{"pl-pesel", "PESEL", "44051401359", 11, nil},
	{"se-pnr", "personnummer", "811218-9876", 10, []string{"811318-9876"}},
	{"fi-hetu", "hetu", "131052-308T", 10, nil},
	{"dk-cpr", "CPR", "211062-5629", 0, []string{"321062-5629"}},
	{"no-fnr", "fødselsnummer", "151086 95088", 11, nil},
	{"au-tfn", "TFN", "123 456 782", 9, nil},
	{"au-medicare", "Medicare", "2123 45670 1", 9, []string{"1123 45679 1"}},
	{"ca-sin", "SIN", "130 692 544", 9, []string{"046 454 286"}},
	{"nz-ird", "IRD", "49-091-850", 8, nil},
	{"in-aadhaar", "Aadhaar", "2341 2341 2346", 12, []string{"1341 2341 2346"}},
	{"in-pan", "PAN", "ABCPE1234F", 0, []string{"ABCDE1234F"}},
	{"br-cpf", "CPF", "529.982.247-25", 11, nil},
	{"mx-curp", "CURP", "BOXW310820HNERXN09", 18, nil},
	{"cl-rut", "RUT", "12.531.909-2", 9, nil},
	{"kr-rrn", "주민등록번호", "900101-1234567", 0, []string{"901301-1234567", "900101-9234567"}},
	{"cn-id", "身份证", "11010519491231002X", 18, []string{"11010518491231002X"}},
	{"tw-id", "身分證", "A123456789", 10, nil},
	{"hk-id", "HKID", "C123456(9)", 8, nil},
	{"sg-nric", "NRIC", "S1234567D", 9, []string{"A1234567D"}},
	{"my-nric", "MyKad", "770305-02-1234", 0, []string{"771305-02-1234"}},
	{"th-id", "thai id", "1-2345-45678-78-1", 13, nil},
	{"id-ktp", "NIK", "3171011708450001", 0, []string{"3171017708450001"}},
	{"za-id", "ID number", "7503305044089", 13, nil},
	{"tr-id", "kimlik", "17291716060", 11, nil},
	{"ch-ahv", "AHV", "756.9217.0769.85", 13, nil},
	{"at-svnr", "SVNR", "1237 010180", 4, nil},
	{"be-nrn", "registre national", "85.07.30-033.28", 11, nil},
	{"ie-ppsn", "PPS", "6433435F", 8, nil},
	{"cz-rc", "rodné číslo", "710319/2745", 10, nil},
	{"ro-cnp", "CNP", "1630615123457", 13, nil},
	{"bg-egn", "EGN", "7523169263", 10, nil},
	{"ee-lt-id", "isikukood", "36805280109", 11, nil},
	{"ee-lt-id", "asmens kodas", "38703181745", 11, nil},
	{"gr-amka", "AMKA", "01013099997", 11, nil},
	{"hr-oib", "OIB", "33392005961", 11, nil},
	{"il-id", "teudat zehut", "039337423", 9, nil},
}

// metIn gives how a kind was met in a line: "" not at all, "alone", "beside".
func metIn(line, id string) string {
	for _, h := range numbers(line, strings.ToLower(line), "", map[*NumberKind]int{}) {
		if h.kind.ID == id {
			if h.beside {
				return "beside"
			}
			return "alone"
		}
	}
	return ""
}

// Every kind: the right number with its word, without a word, with a wrong
// check digit.
func TestEveryKindOfNumber(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range numberCases {
		tested[c.id] = true
		k := kindOf(c.id)
		if got := metIn(c.word+" "+c.number, c.id); got != "beside" {
			t.Errorf("%s: %s %s: %q, want beside", c.id, c.word, c.number, got)
		}
		want := ""
		if k.Bare {
			want = "alone"
		}
		if got := metIn("ref "+c.number, c.id); got != want {
			t.Errorf("%s: %s without a word: %q, want %q", c.id, c.number, got, want)
		}
		for _, bad := range append(c.bad, wrongDigits(c)...) {
			if got := metIn(c.word+" "+bad, c.id); got != "" {
				t.Errorf("%s: %s %s: %q, though it is no such number", c.id, c.word, bad, got)
			}
		}
		if k.Check != nil && c.at == 0 && c.bad == nil {
			t.Errorf("%s: no number that its check refuses", c.id)
		}
	}
	for i := range Numbers {
		if !tested[Numbers[i].ID] {
			t.Errorf("%s is not tested", Numbers[i].ID)
		}
	}
}

func kindOf(id string) *NumberKind {
	for i := range Numbers {
		if Numbers[i].ID == id {
			return &Numbers[i]
		}
	}
	return &NumberKind{}
}

// wrongDigits puts every other digit, or letter, in the place of the check.
func wrongDigits(c numberCase) []string {
	if c.at == 0 {
		return nil
	}
	at, n := -1, 0
	for i := range len(c.number) {
		if alnum(c.number[i]) {
			if n++; n == c.at {
				at = i
			}
		}
	}
	others := digitFirst
	if c.number[at] > '9' {
		others = letterFirst
	}
	var out []string
	for i := range len(others) {
		if others[i] != c.number[at] {
			out = append(out, c.number[:at]+others[i:i+1]+c.number[at+1:])
		}
	}
	return out
}
