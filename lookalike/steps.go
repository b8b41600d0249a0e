package lookalike

import "strings"

// emptyLabel mends ".gmail.com" and "gmail..com", which cannot exist.
func (x *Index) emptyLabel(name string) (finding, bool) {
	if !strings.HasPrefix(name, ".") && !strings.Contains(name, "..") {
		return finding{}, false
	}
	labels := strings.FieldsFunc(name, func(r rune) bool { return r == '.' })
	if len(labels) == 0 {
		return finding{}, true
	}
	mended := strings.Join(labels, ".")
	if s := x.names[mended]; s == protected || s == ours {
		return finding{mended, Dot, Certain}, true
	}
	if f, ok := x.find(mended); ok {
		return f, ok
	}
	return finding{mended, Dot, Likely}, true
}

// repeatedLabel finds a known domain with a label written twice:
// ezweb.ne.ne.jp.
func (x *Index) repeatedLabel(q *query) (finding, bool) {
	for i := strings.IndexByte(q.name, '.'); i >= 0 && i < len(q.name); {
		next := strings.IndexByte(q.name[i+1:], '.')
		if next < 0 {
			break
		}
		label := q.name[i : i+1+next] // with its dot
		if rest := q.name[i+len(label):]; strings.HasPrefix(rest, label) && (len(rest) == len(label) || rest[len(label)] == '.') {
			once := q.name[:i] + rest
			return finding{once, Dot, Certain}, x.names[once] == protected || x.names[once] == ours
		}
		i += 1 + next
	}
	return finding{}, false
}

// below ends the search for names under one of that standing.
func (x *Index) below(q *query, s standing) (finding, bool) {
	for rest := parent(q.name); rest != ""; rest = parent(rest) {
		if x.names[rest] == s {
			return finding{}, true
		}
	}
	return finding{}, false
}

// parent is the name without its first label.
func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

// fronts looks at what a name begins with: a known domain followed by more
// labels (gmail.com.example.net, docomo.ne.jp.jp), or a carrier's host and name
// under another suffix (i.softbank.co.jp).
func (x *Index) fronts(q *query) (finding, bool) {
	for i := 0; i < len(q.name); i++ {
		if q.name[i] != '.' {
			continue
		}
		front := q.name[:i]
		if domain, ok := x.carriers[front]; ok {
			return finding{domain, Suffix, Certain}, true
		}
		if s := x.names[front]; s != protected && s != ours {
			continue
		}
		if q.split(); q.label != "" && i < len(q.name)-len(q.suffix) {
			return finding{x.orCountry(front, q.name), Deception, Certain}, true
		}
	}
	return finding{}, false
}

// hyphened finds a known domain whose dots have become hyphens, under a suffix
// that is not its holder's: docomo-ne-jp.com.
func (x *Index) hyphened(name string) (finding, bool) {
	label, suffix, _ := strings.Cut(name, ".")
	if strings.IndexByte(label, '-') < 0 || len(label) > maxLabel {
		return finding{}, false
	}
	var buf [maxLabel]byte
	dotted := append(buf[:0], label...)
	for i, c := range dotted {
		if c == '-' {
			dotted[i] = '.'
		}
	}
	if s := x.names[string(dotted)]; s != protected && s != ours {
		return finding{}, false
	}
	intended := string(dotted)
	b, ok := x.labels[labelOf(intended)]
	return finding{intended, Deception, Certain}, ok && x.brands[b].placeWith(suffix) == nil
}

// orCountry gives the domain of the same brand that is nearer to name than
// front is: yahoo.com.jp was meant for yahoo.co.jp.
func (x *Index) orCountry(front, name string) string {
	if len(name) > len(front)+len(".jpp") || lastLabel(name) == lastLabel(front) {
		return front
	}
	b, ok := x.labels[labelOf(front)]
	if !ok {
		return front
	}
	for _, p := range x.brands[b].places {
		if distance(name, p.domain, 1) == 1 {
			return p.domain
		}
	}
	return front
}

// dots finds names that are a known one but for dots and hyphens: gmailc.om,
// docomone.jp, do.co.mo.ne.jp, t.-online.de.
func (x *Index) dots(q *query) (finding, bool) {
	var buf [maxName]byte
	intended, ok := x.squeezed[string(squeeze(buf[:0], q.name))]
	if !ok {
		return x.dotsAndSuffix(q)
	}
	label := labelOf(intended)
	if q.split(); q.exists && !strings.HasPrefix(q.label, label) && len(label) < 5 {
		return finding{}, false // on.et.pl may be a host of et.pl
	}
	if strings.ReplaceAll(q.label, "-", "") == label && q.host == "" && x.brands[x.labels[label]].class == Word {
		return finding{}, false // e-mail.com and fast-mail.org are written so on purpose
	}
	if x.names[intended] != ours || strings.ReplaceAll(q.name, "-", "") != strings.ReplaceAll(intended, "-", "") {
		return finding{intended, Dot, Certain}, true
	}
	if x.brands[x.labels[label]].origin == own {
		return finding{intended, Dot, Likely}, true
	}
	if x.words.torn(q.label) && q.host == "" && registryOf(q.suffix) == open {
		return finding{intended, Dot, Likely}, true
	}
	return finding{intended, Dot, Info}, true // wal-mart.com is Walmart's too
}

// dotsAndSuffix finds a dot within the name and another suffix (ez.web.jp), or
// a dot missing behind a carrier's host (i.softbankne.jp).
func (x *Index) dotsAndSuffix(q *query) (finding, bool) {
	var buf [maxName]byte
	host, rest, _ := strings.Cut(q.name, ".")
	if domain, ok := x.squeezed[string(squeeze(buf[:0], rest))]; ok {
		carrier, ok := x.carriers[host+"."+labelOf(domain)]
		return finding{carrier, Dot, Likely}, ok
	}
	end := strings.LastIndexByte(q.name, '.')
	if end <= len(host) || !q.exists {
		return finding{}, false
	}
	for _, cut := range [...]int{end, strings.LastIndexByte(q.name[:end], '.')} {
		squeezed := squeeze(buf[:0], q.name[:max(0, cut)])
		b, ok := x.labels[string(squeezed)]
		if !ok || len(squeezed) == cut || x.brands[b].class != Exclusive {
			continue
		}
		q.split()
		s, _ := x.brands[b].readSuffix(q.suffix, true, true)
		return finding{s.place.domain, Dot, Likely}, s.grade == cheap && q.host != ""
	}
	return finding{}, false
}

// labelOf is the label of a known domain that stands before its suffix.
func labelOf(domain string) string {
	_, label, _ := split(domain)
	return label
}

// subdomain looks at names below a known one.
func (x *Index) subdomain(q *query) (finding, bool) {
	for rest := parent(q.name); rest != ""; rest = parent(rest) {
		front := q.name[:len(q.name)-len(rest)-1]
		if host, ok := x.hosts[rest]; ok && distance(front, host, 1) == 1 && (len(front) <= 2 || compare(front, host).cheap()) {
			return finding{host + "." + rest, Host, Certain}, true
		}
		s := x.names[rest]
		if s == protected {
			if b, ok := x.labels[labelOf(rest)]; ok && x.brands[b].hostless(front) {
				return finding{rest, Glued, Likely}, true
			}
		}
		if s != unknown {
			return finding{}, true
		}
	}
	return finding{}, false
}

// hostless reports a host that a provider does not have: any of a webmail
// provider's, and one of a single letter of others that have their name to
// themselves (mb.sympatico.ca is one of theirs).
func (b *brand) hostless(host string) bool {
	return b.class == Exclusive && !service[host] && (len(host) == 1 || b.webmail && !strings.Contains(host, "."))
}

// service are names of hosts that serve mail and take none.
var service = map[string]bool{
	"www": true, "mail": true, "smtp": true, "imap": true, "pop": true, "pop3": true, "mx": true, "webmail": true,
	"accounts": true, "support": true, "groups": true, "calendar": true,
}

// glued finds a provider's domain with digits of the local part in front of it
// (123gmail.com), and a known name without suffix (gmail).
func (x *Index) glued(q *query) (finding, bool) {
	label, suffix, dotted := strings.Cut(q.name, ".")
	if !dotted {
		return x.bare(q.name)
	}
	brand := strings.TrimLeft(label, "0123456789")
	b, ok := x.labels[brand]
	if digits := len(label) - len(brand); !ok || digits == 0 || digits < 3 && x.brands[b].class != Exclusive {
		return finding{}, false
	}
	if !x.brands[b].distinct() || x.brands[b].origin != provider {
		return finding{}, false
	}
	if p := x.brands[b].placeWith(suffix); p != nil {
		return finding{p.domain, Glued, Likely}, true
	}
	return finding{}, false
}

// bare finds a name without any dot.
func (x *Index) bare(name string) (finding, bool) {
	if b, ok := x.labels[name]; ok && x.brands[b].distinct() {
		return finding{x.brands[b].places[0].domain, Bare, Likely}, true
	}
	mended := missingDot(name)
	return finding{mended, Dot, Likely}, mended != ""
}
