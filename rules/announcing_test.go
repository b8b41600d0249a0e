package rules

import (
	"reflect"
	"strings"
	"testing"
)

// Where sentences end, and where lines are joined.
func TestSentences(t *testing.T) {
	long := strings.Repeat("word ", 240) // sentenceMost octets
	for text, want := range map[string][]string{
		"資料を\n添付します。明日まで": {"資料を 添付します。", "明日まで"},
		"one\n\ntwo":          {"one", "two"},
		"one: two\nthree":     {"one: two three"},
		"one:\ntwo":           {"one:", "two"},
		"one;\ttwo":           {"one;", "two"},
		"Is it? Yes! No. x":   {"Is it?", "Yes!", "No. x"},
		"v1.2 is out":         {"v1.2 is out"},
		"so am I. We go":      {"so am I.", "We go"},
		"J. Smith of A. Co":   {"J. Smith of A. Co"},
		"(Mr. Kano) came":     {"(Mr. Kano) came"},
		"see\n- one\n* two":   {"see", "- one", "* two"},
		"see\n1. one\n2) two": {"see", "1.", "one", "2) two"},
		"see\n10 of them":     {"see 10 of them"},
		"see\n1":              {"see 1"},
		"see\n:. one":         {"see :.", "one"},
		"see\n/. one":         {"see /.", "one"},
		"見出し\n【添付】\n次":        {"見出し", "【添付】 次"},
		long + "end":          {strings.TrimSpace(long) + " e", "nd"},
	} {
		if got := sentences(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, word := range []string{"Mr", "Mrs", "Ms", "Dr", "Prof", "No", "e.g", "i.e", "Inc", "Ltd", "Co", "Corp", "St", "vs", "etc", "Fig", "approx", "pls"} {
		if text := "a " + word + ". b"; len(sentences(text)) != 1 {
			t.Errorf("%q is cut", text)
		}
	}
}

// A sentence that goes on over lines ends at its bound.
func TestSentencesOfManyLines(t *testing.T) {
	line := strings.Repeat("x", 99)
	got := sentences(strings.Repeat(line+"\n", 30))
	if len(got) != 3 || len(got[0]) != 13*100-1 {
		t.Errorf("%d sentences, the first of %d octets", len(got), len(got[0]))
	}
}

func TestFoldSentence(t *testing.T) {
	for s, want := range map[string]string{
		"I’ve": "i've", "‘x": "'x", "`y": "'y", "z´": "z'", "“q": "\"q", "q”": "q\"",
		"at\u00adtached": "attached", "attach\u200bed": "attached", "*now": "now",
		"添 付 します": "添付します", "PDF を 添付": "pdfを添付", "添付 PDF": "添付pdf",
		" a  b ": "a b",
		"ＰＤＦ":    "pdf",
	} {
		if got := foldSentence(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// Slips of the key announce as well.
func TestAnnouncementsMisspelt(t *testing.T) {
	for _, s := range []string{"report atached", "I have attched the report.", "Please see the attatched file.", "PFA the report", "PDFを送信します。"} {
		if announced(s) == "" {
			t.Errorf("not found: %s", s)
		}
	}
}

// Enclosures go by post where the text says so anywhere.
func TestEnclosuresByPost(t *testing.T) {
	for text, want := range map[string]bool{
		"申込書を同封いたします。":                 true,
		"カタログを郵送しました。申込書を同封いたします。":     false,
		"原本は速達でお送りしました。申込書の写しを添付します。":  true,
		"申込書を同封いたします。返信用の封筒もお使いください。":  false,
		"申込書を同封し、写しを添付します。原本は速達で送ります。": true,
	} {
		if got := announced(text) != ""; got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
