package lookalike

import (
	"os"
	"strings"
	"testing"
)

// rows reads a test file: tab-separated, "#" starts a comment.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.SplitSeq(string(text), "\n") {
		if line != "" && line[0] != '#' {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}

func TestSlips(t *testing.T) {
	x := New(Default(), Options{})
	for _, row := range rows(t, "testdata/slips.tsv") {
		m, ok := x.Match(row[0])
		got := strings.Join([]string{m.Intended, m.Kind.String(), m.Certainty.String()}, " ")
		if want := strings.Join(row[1:], " "); !ok || got != want {
			t.Errorf("%q: got %v %s, want %s", row[0], ok, got, want)
		}
	}
}

func TestHonest(t *testing.T) {
	x := New(Default(), Options{})
	for _, row := range rows(t, "testdata/honest.tsv") {
		if m, ok := x.Match(row[0]); ok && m.Certainty > Info {
			t.Errorf("%q: taken for %s (%v, %v)", row[0], m.Intended, m.Kind, m.Certainty)
		}
	}
}

// Every target and every suffix of it is silent.
func TestTargetsAreSilent(t *testing.T) {
	x := New(Default(), Options{})
	for _, target := range Default() {
		label := labelOf(target.Domain)
		if label == "" {
			t.Errorf("%s is a public suffix", target.Domain)
		}
		for _, d := range append([]string{target.Domain}, suffixed(label, target.Suffixes)...) {
			if m, ok := x.Match(d); ok {
				t.Errorf("%s: taken for %s", d, m.Intended)
			}
		}
	}
}

func suffixed(label string, suffixes []string) []string {
	var out []string
	for _, s := range suffixes {
		out = append(out, label+"."+s)
	}
	return out
}

func TestOwnAndPartners(t *testing.T) {
	x := New(Default(), Options{
		Own:      []string{"kagoshima-u.example-city.jp", "widgets.com", "us.gadgetry.com", "gizmotron.co.jp", "lynx-u.ac.jp"},
		Partners: []string{"partnership.co.jp", "gamemakers.co.jp", "bücher-stube.de"},
		Learned:  []string{"partnerschip.co.jp"},
		Allow:    []string{"gmial.com"},
	})
	for domain, want := range map[string]string{
		"widgets.com":          "",
		"mail.widgets.com":     "",
		"widgest.com":          "widgets.com",
		"mail.bücher-stube.de": "",
		"garnemakers.co.jp":    "gamemakers.co.jp",
		"widgets.con":          "widgets.com",
		"widgets.cm":           "widgets.com",
		"widgetsc.om":          "widgets.com",
		"widgets-jp.com":       "widgets.com",
		"wwwwidgets.com":       "widgets.com",
		"widg-ets.com":         "widgets.com",
		"dept.widgest.com":     "widgets.com",
		"blue-widgets.com":     "",
		"gizmotron.com":        "gizmotron.co.jp",
		"gizmotron.jp":         "gizmotron.co.jp",
		"gizmotron.de":         "",
		"usgadgetry.com":       "us.gadgetry.com",
		"widgets.com.evil.jp":  "widgets.com",
		"partnershp.co.jp":     "partnership.co.jp",
		"partnerschip.co.jp":   "",
		"partnerships.co.jp":   "",
		"gmial.com":            "",
		"x.gmial.com":          "",
		"gizmotron.ne.jp":      "gizmotron.co.jp",
		"gizmotron.co":         "gizmotron.co.jp",
		"gizmotron.cojp":       "gizmotron.co.jp",
		"gizmotron.co.jpp":     "gizmotron.co.jp",
		"gizmotron-co-jp.com":  "gizmotron.co.jp",
		"gizm0tron.co.jp":      "gizmotron.co.jp",
		"gіzmotron.co.jp":      "gizmotron.co.jp",
		"gizmotron-jp.com":     "gizmotron.co.jp",
		"eng.gizmotron.co.jo":  "eng.gizmotron.co.jp",
		"lynx-u.ac":            "lynx-u.ac.jp",
		"lynx-u.jp":            "lynx-u.ac.jp",
		"lynx-u.ac.jo":         "lynx-u.ac.jp",
		"lynxu.ac.jp":          "lynx-u.ac.jp",
		"lynx-wu.ac.jp":        "",
		"onyx-u.ac.jp":         "",
		"partnership.co.jpp":   "partnership.co.jp",
		"partnership.com":      "",
		"partnerhsip.co.jp":    "partnership.co.jp",
		"mail.partnerhsip.jp":  "",
	} {
		if m, _ := x.Match(domain); m.Intended != want {
			t.Errorf("%s: got %q (%v), want %q", domain, m.Intended, m.Kind, want)
		}
	}
}

func TestSentence(t *testing.T) {
	m := Match{Domain: "gmial.com", Intended: "gmail.com", Kind: Swap}
	if got, want := m.Sentence("en"), "gmial.com has two letters in the wrong order. Did you mean gmail.com?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := m.Sentence("ja"), "gmial.comは文字の順序が入れ替わっています。gmail.com ではありませんか。"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for k := range Variant + 1 {
		if k.String() == "" || reasons[k][0] == "" || reasons[k][1] == "" {
			t.Errorf("kind %d has no name or no reason", k)
		}
	}
}

func TestList(t *testing.T) {
	list := New(Default(), Options{}).List("gmail.com")
	for _, want := range []string{"gmial.com", "gmai.com", "gmail.con", "gmail.jp", "gmailc.om", "grnail.com"} {
		if !strings.Contains("\n"+strings.Join(list, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("%s is not listed", want)
		}
	}
	for _, d := range list {
		if d == "gmail.com" || d == "email.com" {
			t.Errorf("%s is listed", d)
		}
	}
}

func TestNoAllocationOnMiss(t *testing.T) {
	x := New(Default(), Options{Partners: []string{"partnership.co.jp"}})
	names := []string{"example-hospital.co.jp", "cs.uni-kl.de", "gmail.com", "widgets.com", "mail.cc.kagoshima-u.ac.jp"}
	for _, d := range names {
		if n := testing.AllocsPerRun(100, func() { x.examine(d) }); n != 0 {
			t.Errorf("%s: %v allocations", d, n)
		}
		if n := testing.AllocsPerRun(100, func() { x.Match(d) }); n != 0 {
			t.Errorf("%s: %v allocations when it is asked again", d, n)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"", ".", "..", "gmail.com", "[::1]", "xn--", "xn--a.com", "ｇmail。com", "\xff.com", "a@b", "com", ".com", strings.Repeat("a.", 200)} {
		f.Add(s)
	}
	x := New(Default(), Options{Own: []string{"widgets.com"}})
	f.Fuzz(func(t *testing.T, domain string) {
		m, ok := x.Match(domain)
		if ok && (m.Intended == "" || m.Intended == domain || m.Domain != domain) {
			t.Errorf("%q: %+v", domain, m)
		}
		if !ok && m != (Match{}) {
			t.Errorf("%q: %+v without a match", domain, m)
		}
	})
}
