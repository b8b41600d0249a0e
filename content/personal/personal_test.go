package personal

import (
	"fmt"
	"strings"
	"testing"

	"maillint/content"
)

// Numbers made by the checks' own definitions or taken from the issuers'
// documents as examples; none is anybody's.
func TestNumbers(t *testing.T) {
	tests := []struct{ text, want string }{
		{"マイナンバー 123456789018", "my-number+"}, {"個人番号：1234-5678-9018", "my-number+"}, {"番号 1234 5678 9018", "my-number"}, {"マイナンバー 123456789010", ""},
		{"card 4111 1111 1111 1111", "card+"}, {"4111111111111111 12/27", "card+"}, {"4111111111111111", "card"}, {"card 4111 1111 1111 1112", ""}, {"card 4111 1111 1111 1111 1111", ""}, {"Amex 3782-822463-10005", "card+"}, {"card 9111111111111111", ""},
		{"SSN 219-09-9999", "us-ssn+"}, {"ssn: 219099999", "us-ssn-plain+"}, {"SSN 000-12-3456", ""}, {"NHS number 943 476 5919", "uk-nhs+"}, {"9434765919", ""}, {"NI number AB 12 34 56 C", "uk-nino+"},
		{"drives ST320014A ST340810A", ""}, {"Steuer-ID 86095742719", "de-steuer+"}, {"IBAN DE89 3704 0044 0532 0130 00", "iban+"}, {"IBAN DE88 3704 0044 0532 0130 00", ""}, {"DNI 12345678Z", "es-dni+"}, {"NIE X1234567L", "es-dni+"}, {"DNI 12345678A", ""},
		{"codice fiscale RSSMRA85T10A562S", "it-cf+"}, {"BSN 111222333", "nl-bsn+"}, {"PESEL 44051401359", "pl-pesel+"}, {"personnummer 811218-9876", "se-pnr+"}, {"hetu 131052-308T", "fi-hetu+"},
		{"TFN 123 456 782", "au-tfn+"}, {"SIN 130 692 544", "ca-sin+"}, {"business 130 692 544", ""}, {"Aadhaar 2341 2341 2346", "in-aadhaar+"}, {"CPF 529.982.247-25", "br-cpf+"}, {"NRIC S1234567D", "sg-nric+"},
		{"身份证 11010519491231002X", "cn-id+"}, {"身分證 A123456789", "tw-id+"}, {"AHV 756.9217.0769.85", "ch-ahv+"}, {"NIR 2 55 08 14 168 025 38", "fr-nir+"}, {"registre national 85.07.30-033.28", "be-nrn+"},
	}
	for _, tt := range tests {
		got := ""
		for _, h := range numbers(tt.text, strings.ToLower(tt.text), "", map[*NumberKind]int{}) {
			if strings.HasPrefix(tt.want, h.kind.ID) {
				if got = h.kind.ID; h.beside {
					got += "+"
				}
			} else if tt.want == "" && h.beside {
				got = h.kind.ID + "+"
			}
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Every kind of number has a source, and words or a strict check.
func TestNumberTable(t *testing.T) {
	seen := map[string]bool{}
	for i := range Numbers {
		k := &Numbers[i]
		if k.Source == "" || len(k.Words) == 0 || seen[k.ID] || k.Bare && k.Check == nil || k.match == nil && len(k.Shapes) == 0 {
			t.Errorf("%s: an entry that is not whole", k.ID)
		}
		for _, w := range k.Words {
			if w != strings.ToLower(w) {
				t.Errorf("%s: the word %q is not in lower case", k.ID, w)
			}
		}
		seen[k.ID] = true
	}
}

func TestPhones(t *testing.T) {
	for text, want := range map[string]string{
		"090-1234-5678": "09012345678 mobile number", "09012345678": "09012345678 mobile number", "+81 90 1234 5678": "09012345678 mobile number", "03-5200-1100": "0352001100 telephone number", "(03) 5200-1100": "0352001100 telephone number",
		"0120-444-444": "", "FAX 03-5200-1100": "", "2024-01-15": "", "1234567890": "", "AB-090-1234-5678": "", "(713) 853-1234": "+17138531234 telephone number", "800-853-1234": "", "+44 7700 900123": "+447700900123 mobile number", "12345-090-1234-5678-9": "",
	} {
		got := ""
		for _, p := range phones(text) {
			got = p.key + " " + p.kind().String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBirths(t *testing.T) {
	for text, want := range map[string]string{
		"生年月日：1985年4月17日": "19850417", "昭和60年4月17日生": "19850417", "生年月日 S60.4.17": "19850417", "平成元年1月8日生まれ": "19890108", "DOB: 17/04/1985": "19850417", "born April 17, 1985": "19850417", "Date of birth 17 April 1985": "19850417",
		"2024年4月17日 会議": "", "birthday party": "", "生産日 2024年4月17日": "20240417",
	} {
		if text == "生産日 2024年4月17日" {
			want = ""
		}
		got := ""
		for _, b := range births(text, strings.ToLower(text), "") {
			got = b.key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// many makes a text of n lines of a form with two numbers.
func many(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form+"\n", i, 1000+i)
	}
	return b.String()
}

func rowsOf(text, delim string) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), delim))
	}
	return rows
}

func TestPeopleAreCounted(t *testing.T) {
	given := strings.Fields("花 健一 美咲 翔 千尋 大輔 陽子 隆 幸子 淳 恵 亮 正 浩司 綾子 剛 誠 麻衣 悠 拓也")
	list := ""
	for i, g := range given {
		list += fmt.Sprintf("佐原 %s 03-5200-%04d\n", g, 1000+i)
	}
	tests := []struct {
		name string
		text content.Text
		want int
	}{
		{"mobile numbers", content.Text{Prose: many(20, "x%d 090-5550-%04d")}, 20},
		{"the same three times", content.Text{Prose: strings.Repeat("佐原 花 090-1234-5678\n", 3)}, 1},
		{"namesakes, told twice", content.Text{Prose: strings.Repeat(many(20, "佐原 花 x%d@home.example 090-5550-%04d"), 2)}, 20},
		{"names with landlines", content.Text{Prose: list}, 20},
		{"landlines alone", content.Text{Prose: many(20, "%d号室 03-5200-%04d")}, 0},
		{"names alone", content.Text{Prose: strings.ReplaceAll(list, "03-5200", "")}, 0},
		{"functions' mailboxes", content.Text{Prose: many(20, "info%d@shop%d.example")}, 0},
		{"two on a line", content.Text{Prose: many(10, "a%[1]d@x.example, b%[1]d@y.example") + "%!d"}, 20},
		{"sheet", content.Text{Rows: rowsOf("氏名,学籍番号\n"+many(20, "佐原 花%d,24K%04d"), ",")}, 20},
		{"sheet whose names alone are told", content.Text{Rows: rowsOf("氏名,備考\n"+many(20, "佐原 花%d,-%d"), ",")}, 0},
		{"a dump of a database on one line", content.Text{Prose: "INSERT INTO c VALUES " + strings.ReplaceAll(many(20, "(%d,'佐原 花','090-5550-%04d','北区本町1-1'),"), "\n", "")}, 20},
		{"mobile numbers on one line", content.Text{Prose: strings.ReplaceAll(many(20, "%d: 090-5550-%04d;"), "\n", "")}, 20},
		{"shops", content.Text{Rows: rowsOf("店舗名,住所,電話番号\n"+many(20, "店%d,北区本町1-1,03-5200-%04d"), ",")}, 0},
		{"functions of a program", content.Text{Rows: rowsOf("Name,Type,Phone\n"+many(20, "user_id%d,string,%04d"), ",")}, 0},
		{"our own addresses in prose", content.Text{Prose: many(20, "p%d@ours.example %d")}, 0},
		{"a form", content.Text{Rows: [][]string{{"氏名", "佐原 花"}, {"生年月日", "1985年4月17日"}, {"住所", "北区本町1丁目2-3"}, {"電話", "090-5550-0177"}}}, 1},
		{"customers of one of ours", content.Text{Prose: many(20, "佐原 花%d 090-5550-%04d 担当 taro@ours.example")}, 20},
		{"a signature in a long thread", content.Text{Prose: strings.Repeat("佐原 花\n090-5550-0001\ntaro@ours.example\n\n本文\n\n", 20)}, 0},
		{"the conversation", content.Text{Prose: "佐原 花\n090-1111-2222\nhana@out.example\n"}, 0},
	}
	known := Known{Party: map[string]bool{"hana@out.example": true, PartyName("佐原 花子"): true}, Internal: func(d string) bool { return d == "ours.example" }}
	for _, tt := range tests {
		tt.text.Where = "1"
		if got := Scan([]content.Text{tt.text}, known).People; got != tt.want {
			t.Errorf("%s: %d people, want %d", tt.name, got, tt.want)
		}
	}
}

// A word above a list is for all of the list; an address that a date runs into is
// one all the same.
func TestListsWithoutWords(t *testing.T) {
	var born, meetings, glued strings.Builder
	for i := range 25 {
		fmt.Fprintf(&born, "矢島 拓海%c %d年8月24日\n", 'ア'+i, 1960+i)
		fmt.Fprintf(&meetings, "矢島 拓海%c %d年8月24日\n", 'ア'+i, 2024)
		fmt.Fprintf(&glued, "1982/04/%02djendo%d@mail.example\n", i+1, i)
	}
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"born", "名前と生年月日です。\n" + born.String(), 25},
		{"dates of anything", "名前と面談日です。\n" + meetings.String(), 0},
		{"glued", glued.String(), 25},
	} {
		if r := Scan([]content.Text{{Where: "1", Prose: c.text}}, Known{}); r.People != c.want {
			t.Errorf("%s: %d people, want %d", c.name, r.People, c.want)
		}
	}
}

func TestMask(t *testing.T) {
	for s, want := range map[string]string{"090-1234-5678": "0901******8", "佐原 花": "佐**", "hana@gmail.com": "h***@gm******", "0523": "0***", "a": "*", "": ""} {
		if got := Mask(s); got != want {
			t.Errorf("Mask(%q) = %q, want %q", s, got, want)
		}
	}
}
