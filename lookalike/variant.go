package lookalike

import "strings"

// before and behind are what is put around an organisation's name to make a
// name that seems to be its own.
var (
	before = [...]string{"www", "www-", "mail", "mail-", "my", "my-"}
	behind = [...]string{
		"jp", "-jp", "-co", "-inc", "inc", "-corp", "corp", "-group", "group", "-mail", "mail",
		"-online", "online", "-global", "-japan", "japan", "-net", "-com", "com", "-ac", "-edu",
	}
)

// variant finds variants of the organisation's own domain: widgets-jp.com,
// wwwwidgets.com, and widgets.com for widgets.co.jp.
func (x *Index) variant(q *query) (finding, bool) {
	if !x.hasOwn {
		return finding{}, false
	}
	label, rest, _ := strings.Cut(q.name, ".")
	if f, ok := x.variantOf(label, rest); ok {
		return f, true
	}
	for _, affix := range before {
		if core, ok := strings.CutPrefix(label, affix); ok {
			if f, ok := x.variantOf(core, ""); ok {
				return weigh(f, affix), true
			}
		}
	}
	for _, affix := range behind {
		if core, ok := strings.CutSuffix(label, affix); ok {
			if f, ok := x.variantOf(core, ""); ok {
				return weigh(f, affix), true
			}
		}
	}
	return finding{}, false
}

// weigh: an organisation often has sister domains that run its name together
// with a word (enrononline.com was Enron's own), and seldom ones with a hyphen.
func weigh(f finding, affix string) finding {
	if !strings.Contains(affix, "-") {
		f.certainty = Info
	}
	return f
}

// variantOf gives the own domain with that label. Under a suffix, which is not
// its own, it is only a variant where the two are taken for each other, and the
// label is no word.
func (x *Index) variantOf(label, suffix string) (finding, bool) {
	b, ok := x.labels[label]
	if !ok || len(label) < 5 || x.brands[b].origin != own {
		return finding{}, false
	}
	p := &x.brands[b].places[0]
	if suffix != "" && (x.words.has(label) || !interchanged(suffix, p.suffix)) {
		return finding{}, false
	}
	certainty := Likely
	if suffix != "" && general(suffix) && general(p.suffix) { // holders of one often hold the other
		certainty = Info
	}
	return finding{p.domain, Variant, certainty}, true
}

func general(suffix string) bool { return suffix == "com" || suffix == "net" || suffix == "org" }

// interchanged reports suffixes of which people write one for the other: com
// and those of one country.
func interchanged(a, b string) bool {
	national := func(s string) bool { return len(lastLabel(s)) == 2 && strings.Count(s, ".") <= 1 }
	return general(a) && general(b) || general(a) && national(b) || general(b) && a == "co.jp" ||
		general(b) && a == "jp" || national(a) && lastLabel(a) == lastLabel(b)
}
