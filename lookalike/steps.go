package lookalike

import "strings"

// emptyLabel mends ".gmail.com" and "gmail..com", which cannot exist.
func (x *Index) emptyLabel(name string) (finding, bool) {
	if name[0] != '.' && !strings.Contains(name, "..") {
		return finding{}, false
	}
	labels := strings.FieldsFunc(name, func(r rune) bool { return r == '.' })
	if len(labels) == 0 {
		return finding{}, false
	}
	mended := strings.Join(labels, ".")
	if f, ok := x.find(mended); ok {
		return f, ok
	}
	return finding{mended, Dot, Likely}, true
}

// dots finds names that are a known one but for dots and hyphens: gmailc.om,
// docomone.jp, do.co.mo.ne.jp, t.-online.de.
func (x *Index) dots(q *query) (finding, bool) {
	var buf [maxName]byte
	intended, ok := x.squeezed[string(squeeze(buf[:0], q.name))]
	if !ok {
		return x.dotsAndSuffix(q)
	}
	if label := labelOf(intended); len(label) < 5 && q.exists && !strings.HasPrefix(q.label, label) {
		return finding{}, false // on.et.pl may be a host of et.pl
	}
	return finding{intended, Dot, Certain}, true
}

// dotsAndSuffix finds a dot within the name and another suffix: ez.web.jp.
func (x *Index) dotsAndSuffix(q *query) (finding, bool) {
	if q.label == "" || len(q.host) > maxLabel || !q.exists {
		return finding{}, false
	}
	var buf [maxName]byte
	b, ok := x.labels[string(squeeze(buf[:0], q.name[:len(q.name)-len(q.suffix)-1]))]
	if !ok || x.brands[b].class != Exclusive || q.host == "" {
		return finding{}, false
	}
	s, _ := x.brands[b].readSuffix(q.suffix, true, true)
	return finding{s.place.domain, Dot, Likely}, s.grade == cheap
}

// labelOf is the label of a known domain that stands before its suffix.
func labelOf(domain string) string {
	_, label, _ := split(domain)
	return label
}

// subdomain looks at names below a known one. A finding without an intended
// domain means that the name is a host of somebody's and needs no further look.
func (x *Index) subdomain(q *query) (finding, bool) {
	if q.host == "" {
		return finding{}, false
	}
	registrable := q.registrable()
	if host, ok := x.hosts[registrable]; ok && len(q.host) <= 2 && distance(q.host, host, 1) == 1 {
		return finding{host + "." + registrable, Host, Certain}, true
	}
	if p := x.carrier(q); p != nil {
		return finding{p.domain, Suffix, Certain}, true
	}
	if x.names[registrable] == protected {
		if b := x.brands[x.labels[q.label]]; b.class == Exclusive && len(q.host) <= 3 {
			return finding{registrable, Glued, Likely}, true
		}
		return finding{}, true
	}
	return finding{}, x.names[registrable] != unknown || x.below(q.name, protected)
}

// carrier gives the place of a carrier whose host was written under another
// suffix: i.softbank.co.jp.
func (x *Index) carrier(q *query) *place {
	b, ok := x.labels[q.label]
	if !ok || x.brands[b].class != Exclusive {
		return nil
	}
	for i, p := range x.brands[b].places {
		if p.host == q.host && p.suffix != q.suffix {
			return &x.brands[b].places[i]
		}
	}
	return nil
}

// deception finds a known domain followed by more labels: gmail.com.example.net,
// and the repeated tail: docomo.ne.jp.ne.jp.
func (x *Index) deception(q *query) (finding, bool) {
	if q.label == "" {
		return finding{}, false
	}
	for i := 0; i < len(q.name); i++ {
		if q.name[i] != '.' {
			continue
		}
		front := q.name[:i]
		known := x.names[front] == protected || x.names[front] == ours
		if known && i < len(q.name)-len(q.suffix) {
			return finding{front, Deception, Certain}, true
		}
	}
	return finding{}, false
}

// glued finds a known domain with something in front of it that came from the
// local part (123gmail.com), and a known name without suffix (gmail).
func (x *Index) glued(q *query) (finding, bool) {
	if q.host != "" || q.label == "" && strings.Contains(q.name, ".") {
		return finding{}, false
	}
	if !strings.Contains(q.name, ".") {
		return x.bare(q.name)
	}
	digits := len(q.label) - len(strings.TrimLeft(q.label, "0123456789"))
	b, ok := x.labels[q.label[digits:]]
	if digits == 0 || !ok || !x.brands[b].distinct() {
		return finding{}, false
	}
	if p := x.brands[b].placeWith(q.suffix); p != nil {
		return finding{p.domain, Glued, Likely}, true
	}
	return finding{}, false
}

// bare finds a name without any dot.
func (x *Index) bare(name string) (finding, bool) {
	if b, ok := x.labels[name]; ok && x.brands[b].distinct() {
		return finding{x.brands[b].places[0].domain, Bare, Likely}, true
	}
	for _, tld := range [...]string{"com", "net", "org", "cojp", "nejp", "acjp"} {
		label, ok := strings.CutSuffix(name, tld)
		if !ok || len(label) < 4 || wordsInNet[name] {
			continue
		}
		if len(tld) == 4 {
			tld = tld[:2] + "." + tld[2:]
		}
		return finding{label + "." + tld, Dot, Likely}, true
	}
	return finding{}, false
}

// wordsInNet are words that end like a domain without its dot, as hosts of
// private networks are called.
var wordsInNet = map[string]bool{
	"intranet": true, "extranet": true, "internet": true, "ethernet": true, "telecom": true,
	"intercom": true, "fortinet": true, "bacnet": true, "profinet": true, "usenet": true,
}

// anyTLD mends an impossible suffix behind a name that is not known: x.con,
// x.co.jo, x.cojp.
func (x *Index) anyTLD(q *query) (finding, bool) {
	if q.exists && !q.besideJP() {
		return x.doubledTLD(q)
	}
	dot := strings.LastIndexByte(q.name, '.')
	if dot < 0 {
		return finding{}, false
	}
	tail, front := q.name[dot+1:], q.name[:dot]
	if name := split1(front, tail); name != "" {
		return finding{name, Dot, Likely}, true
	}
	second := front[strings.LastIndexByte(front, '.')+1:]
	if mend := mendTLD(second, tail); mend != "" {
		return finding{front + "." + mend, TLD, Likely}, true
	}
	return finding{}, false
}

// besideJP reports x.co.jo and the like: a suffix that exists, one key from jp,
// behind a label that is a suffix in Japan and a strange name elsewhere.
func (q *query) besideJP() bool {
	return q.host != "" && len(q.suffix) == 2 && distance(q.suffix, "jp", 1) == 1 && secondJP[q.label]
}

// secondJP are the second-level suffixes of Japan.
var secondJP = map[string]bool{"co": true, "ne": true, "or": true, "ac": true, "go": true, "ed": true, "lg": true, "gr": true}

// doubledTLD mends x.com.com and x.con.com.
func (x *Index) doubledTLD(q *query) (finding, bool) {
	if q.host == "" && len(q.label) > 5 && (q.suffix == "om" || q.suffix == "et") {
		name := split1(q.label, q.suffix)
		return finding{name, Dot, Likely}, name != ""
	}
	if q.host == "" || q.suffix != "com" {
		return finding{}, false
	}
	if q.label == "com" || mendTLD("", q.label) == "com" && q.label == "con" {
		return finding{q.host + ".com", TLD, Likely}, true
	}
	return finding{}, false
}

// split1 mends a dot that came one letter too late: somethingc.om.
func split1(front, tail string) string {
	for _, s := range [...]string{"com", "net", "org"} {
		if tail == s[1:] && strings.HasSuffix(front, s[:1]) && len(front) > 1 {
			return front[:len(front)-1] + "." + s
		}
	}
	return ""
}

// mendTLD gives the suffix that an impossible last label was meant to be, or
// nothing. The label before it tells co.jp from others.
func mendTLD(second, tail string) string {
	for _, s := range [...]string{"cojp", "nejp", "orjp", "acjp", "gojp", "edjp", "lgjp", "couk", "comau", "combr"} {
		if tail == s {
			return s[:len(s)-2] + "." + s[len(s)-2:]
		}
	}
	if secondJP[second] && distance(tail, "jp", 1) == 1 {
		return "jp"
	}
	if strings.HasPrefix(tail, "com") && len(tail) <= 5 {
		return "com"
	}
	for _, s := range [...]string{"com", "net", "org", "jp"} {
		if len(tail) > 1 && distance(tail, s, 1) == 1 {
			return s
		}
	}
	return ""
}
