package personal

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"maillint/internal/needle"
)

// A look that rules a line out never rules out what its pattern matches.
func FuzzLooks(f *testing.F) {
	for _, s := range []string{
		"student no. 1234567", "ſtudent ID: ab123", "患者ID 12345", "MRN 1234", "membership number 12345", "12 High Street, London", "1 Elm St", "1 Elm St_x", "12A N. MAIN Rd",
		"San Jose, CA 95113-1234", "SAN JOSE,CA 95113", "Hauptstraße 12a", "Lindenweg 3", "12, rue de la Paix", "9 allée des Tilleuls", "東京都千代田区1-2-3", "長野市中央1丁目", "〒380-0001", "5A MAIN Street", "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "BNZPM2501F", "756.9217.0769.85", "ABCD850417HDFRRL09",
		"(03) 1234-5678", "03-1234-5678", "+81 3 1234 5678", "+1 (212) 555-0123", "1-212-555-0123", "212.555.0123", "+44 (0)20 7946 0018", "+4 9301234567", "(020) 7946 0018", "長野県中央三", "区1番", "区一-2", "昭和60年4月17日", "平成元年1月2日", "17/04/1985", "April 17, 1985",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if memberWord.MatchString(line) && !memberWords.In(line) {
			t.Errorf("memberWords rules %q out", line)
		}
		if jpAddress.MatchString(line) && !townSigns.In(line) {
			t.Errorf("townSigns rules %q out", line)
		}
		if jpAddress.MatchString(line) && !townBlocks.In(line) {
			t.Errorf("townBlocks rules %q out", line)
		}
		for i := range line {
			if dateForm.MatchString(line[i:]) && i == 0 && !dateStart(line, i) {
				t.Errorf("dateStart rules %q out", line)
			}
			for _, form := range phoneForms {
				if form.re.MatchString(line[i:]) && !form.may(line[i:]) {
					t.Errorf("%v: %q is ruled out", form.re, line[i:])
				}
			}
		}
		if street.MatchString(line) && !mayBeStreet(line) {
			t.Errorf("mayBeStreet rules %q out", line)
		}
		for i := range line {
			for _, s := range append(digitKinds[:len(digitKinds):len(digitKinds)], letterKinds...) {
				if _, n := s.read(line[i:]); n > 0 && (s.digits > 0 && n > longestShape || digitsWithin(line[i:]) < max(1, s.digits)) {
					t.Errorf("%s at %d of %q is ruled out", s.kind.ID, i, line)
				}
			}
		}
	})
}

// FuzzHeadKey: the key is what the words say that describe it.
func FuzzHeadKey(f *testing.F) {
	for _, s := range []string{"E-mail (home)", "(name", "((a(b", "氏名（漢字）", "【電話】番号", " Tel. No.1 ", "Ｎａｍｅ：", "\xffa", "A\u00a0B", "<x", "a\u3000b<c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		want := needle.Lower(Fold(cell))
		if i := strings.IndexAny(want, headBrackets); i > 0 {
			want = want[:i]
		}
		want = strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || strings.ContainsRune(headMarks, r) {
				return -1
			}
			return r
		}, want)
		want = strings.TrimRight(want, "0123456789")
		if got := string(headKey(nil, cell)); got != want {
			t.Errorf("headKey(%q) = %q, want %q", cell, got, want)
		}
	})
}

// FuzzSplitWide: as the expression does that describes it.
func FuzzSplitWide(f *testing.F) {
	for _, s := range []string{"", "a", "a  b", "a   b c    d", "  a", strings.Repeat("x  ", 70), "a  "} {
		f.Add(s)
	}
	wide := regexp.MustCompile(` {2,}`)
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := splitWide(s, 64), wide.Split(s, 64); !slices.Equal(got, want) {
			t.Errorf("splitWide(%q) = %q, want %q", s, got, want)
		}
	})
}

// FuzzHeaded: a line is the head of a table where its cells say so.
func FuzzHeaded(f *testing.F) {
	for _, s := range []string{"name, phone", "氏名 | 電話 | 備考 | x | y", "a,b,name,phone", "name\tphone\tx\ty\tz", "|name|phone|", "name   phone", `"name","tel, fax"`, "name;;;phone;", "I, you, name"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, delim := range []string{"\t", "|", ",", ";", "  "} {
			row := cut(line, delim)
			if len(row) >= 64 || delim == "  " && strings.ContainsAny(line, "\t\v\f\r\n") {
				continue
			}
			n := recognised(row)
			if got, want := headed(line, delim), n >= 2 && n*2 >= filled(row); got != want {
				t.Errorf("headed(%q, %q) = %v, want %v", line, delim, got, want)
			}
		}
	})
}
