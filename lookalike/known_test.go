package lookalike

import "testing"

// What tells a partner's slip from the name of somebody else.
func TestPartnersNeighbours(t *testing.T) {
	x := New(nil, Options{Partners: []string{
		"deskpress.com", "harborbank.com", "nqtimes.com", "mail2ron.com", "quaveo.com",
		"brandish.com", "brandish.de", "brandish.fr", "stateford.edu", "wellborough.net", "kyoto-v.ac.jp", "fujitsu.com",
	}})
	for domain, want := range map[string]string{
		"dekspress.com":    "deskpress.com",
		"deskp-ress.com":   "deskpress.com",
		"desk-press.com":   "", // two words: a remark at most
		"hqrborbank.com":   "harborbank.com",
		"harvestbank.com":  "",
		"nqtimws.com":      "nqtimes.com",
		"nztimes.com":      "", // another abbreviation before a word
		"mail2don.com":     "", // another member of a series
		"mail2rno.com":     "",
		"nail2ron.com":     "mail2ron.com",
		"quaveo.co":        "quaveo.com",
		"quaveo.cm":        "quaveo.com",
		"quaveo.xom":       "quaveo.com",
		"brandish.co":      "", // held under many suffixes
		"kyoto-v.co.jp":    "kyoto-v.ac.jp",
		"fujibsu.com":      "",
		"fujitu.com":       "fujitsu.com",
		"stateford.eu":     "stateford.edu",
		"wellborough.bet":  "wellborough.net",
		"wellborough.info": "",
	} {
		m, ok := x.Match(domain)
		if ok = ok && m.Certainty >= Likely; ok != (want != "") || ok && m.Intended != want {
			t.Errorf("%s: got %q (%v %v), want %q", domain, m.Intended, m.Kind, m.Certainty, want)
		}
	}
}

func TestAnother(t *testing.T) {
	l := shipped().words
	for pair, want := range map[[2]string]bool{
		{"likenation", "livenation"}: true,  // two words each
		{"fireboz", "firebox"}:       false, // no word is left
		{"nstimes", "nytimes"}:       true,  // an abbreviation for another
		{"paimpal", "paypal"}:        false,
		{"storeboard", "scoreboard"}: true,
	} {
		if got := l.another(pair[0], pair[1], false); got != want {
			t.Errorf("%v: got %v", pair, got)
		}
	}
	if l.another("ntimes", "nytimes", true) || !l.another("ntimes", "nytimes", false) {
		t.Error("a letter left out of an abbreviation")
	}
	if (*lexicon)(nil).another("likenation", "livenation", false) || (*lexicon)(nil).reads("mail", 1) || (*lexicon)(nil).part("the") {
		t.Error("no lexicon knows a word")
	}
	if !l.reads("stander", 3) || l.reads("xqzander", 2) || l.reads("sh0p", 2) {
		t.Error("what reads like a word and what does not")
	}
}
