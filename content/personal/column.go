package personal

import (
	"bytes"
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"maillint/internal/needle"
)

//go:embed data/columns.txt
var columnFile string

// role is what a column holds.
type role uint8

const (
	roleNone role = iota
	roleName
	roleSurname
	roleGiven
	roleKana
	roleAddress
	roleZip
	rolePhone
	roleMobile
	roleEmail
	roleBirth
	roleMember
	roleAbout
)

var roleNames = map[string]role{"name": roleName, "surname": roleSurname, "given": roleGiven, "kana": roleKana, "address": roleAddress, "zip": roleZip,
	"phone": rolePhone, "mobile": roleMobile, "email": roleEmail, "birth": roleBirth, "member": roleMember, "about": roleAbout}

// column is a head of the table that columns.txt is.
type column struct {
	role role
	weak bool // its cells must look like it
}

type columnTable struct {
	exact  map[string]column
	prefix [256][]pattern // by their first octet
	suffix [256][]pattern // by their last
}

type pattern struct {
	text string
	column
}

var columns = readColumns(columnFile)

func readColumns(file string) columnTable {
	t := columnTable{exact: map[string]column{}}
	for line := range strings.Lines(file) {
		name, heads, ok := strings.Cut(line, ":")
		r := roleNames[name]
		if !ok || r == roleNone {
			continue
		}
		for h := range strings.FieldsSeq(heads) {
			c := column{role: r}
			if h[0] == '~' {
				c.weak, h = true, h[1:]
			}
			if before, ok := strings.CutSuffix(h, "*"); ok {
				h = before
				before = strings.TrimPrefix(before, "*")
				t.prefix[before[0]] = append(t.prefix[before[0]], pattern{before, c})
			}
			if behind, ok := strings.CutPrefix(h, "*"); ok {
				last := behind[len(behind)-1]
				t.suffix[last] = append(t.suffix[last], pattern{behind, c})
				h = behind
			}
			if _, have := t.exact[h]; !have {
				t.exact[h] = c
			}
		}
	}
	return t
}

// notPeople are what a head with "name" or a like word in it may be about.
var notPeople = []string{"会社", "企業", "商品", "品", "ファイル", "店舗", "部署", "学校", "団体", "施設", "件", "案件", "科目", "組織", "機関", "法人", "システム", "サーバ", "ドメイン", "銀行", "支店",
	"company", "product", "file", "host", "domain", "server", "item", "project", "user", "store", "shop", "bank", "school", "organisation", "organization", "ip", "mac", "url", "web", "event", "account", "vendor", "supplier", "business", "brand", "class", "code", "column", "field", "table", "function"}

// headOf tells what the head of a column says.
func headOf(cell string) column {
	if cell == "" || len(cell) > 90 {
		return column{}
	}
	h := headKey(make([]byte, 0, 96), cell)
	if len(h) == 0 {
		return column{}
	}
	if c, ok := columns.exact[string(h)]; ok {
		return c
	}
	for _, p := range columns.suffix[h[len(h)-1]] {
		if before, ok := strings.CutSuffix(string(h), p.text); ok && !ofThings(before) {
			return p.column
		}
	}
	for _, p := range columns.prefix[h[0]] {
		if strings.HasPrefix(string(h), p.text) {
			return p.column
		}
	}
	return column{}
}

func ofThings(before string) bool {
	for _, w := range notPeople {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

const (
	headBrackets = "([{（【〔<"
	headMarks    = "*※_:;#?'\".・/\\-()[]【】（）"
)

// headSigns are those of ASCII that end a head's key, or are left out of it.
var headSigns = func() (t [utf8.RuneSelf]struct{ bracket, mark bool }) {
	for c := range t {
		t[c].bracket = strings.ContainsRune(headBrackets, rune(c))
		t[c].mark = unicode.IsSpace(rune(c)) || strings.ContainsRune(headMarks, rune(c))
	}
	return t
}()

// headKey appends a head as columns.txt has it: no blanks, marks or remarks in
// brackets, lower case. Every line of a letter with commas in it is asked.
func headKey(key []byte, cell string) []byte {
	bracketed := false
	for i, r := range needle.Lower(Fold(cell)) {
		var bracket, mark bool
		if r < utf8.RuneSelf {
			bracket, mark = headSigns[r].bracket, headSigns[r].mark
		} else {
			bracket = strings.ContainsRune(headBrackets, r)
			mark = unicode.IsSpace(r) || strings.ContainsRune(headMarks, r)
		}
		if bracket && i > 0 && !bracketed {
			break
		}
		bracketed = bracketed || bracket
		if !mark {
			key = utf8.AppendRune(key, r)
		}
	}
	return bytes.TrimRight(key, "0123456789")
}
