package personal

import "regexp"

// memberWord and the number behind it: a student, staff, patient or customer
// number.
var memberWord = regexp.MustCompile(`(?i)(?:学籍番号|学生番号|受験番号|社員番号|職員番号|従業員番号|会員番号|患者番号|患者ID|診察券番号|顧客番号|お客様番号|被保険者番号|student (?:id|no\.?|number)|employee (?:id|no\.?|number)|member(?:ship)? (?:id|no\.?|number)|patient (?:id|no\.?|number)|\bmrn\b)[ :#は=]{0,4}([A-Za-z0-9][A-Za-z0-9-]{3,15})`)

func members(line string) []item {
	if !memberWords.In(line) {
		return nil
	}
	var out []item
	for _, m := range memberWord.FindAllStringSubmatchIndex(line, 64) {
		if v := line[m[2]:m[3]]; hasDigits(v, 3) {
			out = append(out, item{kind: Member, key: v, show: v, at: m[2]})
		}
	}
	return out
}
