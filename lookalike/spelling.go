package lookalike

import "github.com/agnivade/levenshtein"

// minSight is the shortest label whose skeleton is compared: shorter ones have
// neighbours that are drawn alike and real.
const minSight = 5

// distinct reports names that are nobody else's and no word.
func (b *brand) distinct() bool {
	return len(b.label) >= 5 && (b.class != Word && b.class != Ordinary || b.origin != provider)
}

// placeWith gives the place of a brand with that suffix.
func (b *brand) placeWith(suffix string) *place {
	for i := range b.places {
		if b.places[i].suffix == suffix {
			return &b.places[i]
		}
	}
	return nil
}

// spelling finds names whose label, suffix or both are a slip of a brand's. It
// looks at every label with what follows it: mostly that is the label before
// the public suffix, but in docomo.be.jp or gmail.con it is not.
func (x *Index) spelling(q *query) (finding, bool) {
	best := verdict{doubt: maxDoubt}
	if q.exists && q.label != "" {
		x.weigh(q, q.host, q.label, q.suffix, &best)
	}
	end := len(q.name)
	for depth := 0; depth < 4 && end > 0; depth++ {
		start := end - 1
		for start > 0 && q.name[start-1] != '.' {
			start--
		}
		if rest := q.name[min(end+1, len(q.name)):]; depth > 0 && (!q.exists || len(rest) > len(q.suffix)) {
			x.weighBroken(q, q.name[:max(0, start-1)], q.name[start:end], rest, &best)
		}
		end = start - 1
	}
	return best.finding, best.doubt < maxDoubt
}

// A verdict is the best reading so far; less doubt is better.
type verdict struct {
	finding
	doubt int
}

// maxDoubt is where a reading is no longer believed.
const maxDoubt = 100

// weigh compares a label in front of a suffix that exists.
func (x *Index) weigh(q *query, host, label, suffix string, best *verdict) {
	hits := x.around(label, 2)
	for _, b := range hits.brands[:hits.n] {
		x.judge(q, &x.brands[b], host, label, suffix, true, best)
	}
}

// weighBroken compares a label in front of something that is no suffix.
func (x *Index) weighBroken(q *query, host, label, rest string, best *verdict) {
	var hits candidates
	if q.exists {
		if b, ok := x.labels[label]; ok {
			hits.add(b)
		}
	} else {
		hits = x.around(label, 1)
	}
	for _, b := range hits.brands[:hits.n] {
		x.judge(q, &x.brands[b], host, label, rest, false, best)
	}
}

// around collects the brands that a label may stand for.
func (x *Index) around(label string, depth int) (hits candidates) {
	if b, ok := x.labels[label]; ok {
		hits.add(b)
		return hits
	}
	if len(label) >= minSight && len(label) <= maxLabel {
		var buf [maxLabel]byte
		if b, ok := x.skeletons[string(skeleton(buf[:0], label))]; ok {
			hits.add(b)
		}
	}
	x.providers.near(label, depth, &hits)
	x.partners.near(label, 1, &hits)
	return hits
}

// judge weighs one brand and keeps its reading when it is the best so far.
func (x *Index) judge(q *query, b *brand, host, label, rest string, real bool, best *verdict) {
	l, ok := b.readLabel(label)
	if !ok {
		return
	}
	s, ok := b.readSuffix(rest, real, q.exists)
	if !ok || l.exact && s.grade == asIs || !b.bears(host, l) {
		return
	}
	v, ok := b.believe(label, l, s)
	if !ok || v.doubt >= best.doubt {
		return
	}
	v.intended = b.intended(q.name, host, s.place.suffix)
	if l.exact && host != "" && b.class != Exclusive && s.place.host == "" {
		v.intended = host + "." + s.place.domain
	}
	*best = v
}

// bears reports whether a name with that host may be a slip of the brand.
// Webmail is not read under a host, so www.gmial.com is a site; but carriers
// have hosts of their own, and i.sofbank.jp or is.sofbank.jp is meant for one.
func (b *brand) bears(host string, l labelReading) bool {
	if host == "" || l.exact || b.origin != provider {
		return true
	}
	for _, p := range b.places {
		if p.host != "" && distance(host, p.host, 1) <= 1 {
			return true
		}
	}
	return false
}

// intended picks the domain of a brand that was probably meant: one with the
// same host where there is one, then the one with the suffix that was read,
// then the one nearest to what was written.
func (b *brand) intended(name, host, suffix string) string {
	best, least := "", 1<<30
	for _, p := range b.places {
		d := levenshtein.ComputeDistance(name, p.domain)
		if p.host != host {
			d += 100
		}
		if p.suffix != suffix {
			d += 10
		}
		if d < least {
			best, least = p.domain, d
		}
	}
	return best
}
