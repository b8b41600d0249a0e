package lookalike

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

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
	end := strings.LastIndexByte(q.name, '.')
	for depth := 0; depth < 3 && end > 0; depth++ {
		start := strings.LastIndexByte(q.name[:end], '.') + 1
		label := q.name[start:end]
		var hits candidates
		x.around(label, 2, &hits)
		for _, b := range hits.brands[:hits.n] {
			x.judge(q, &x.brands[b], start, end, &best)
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

// around collects the brands that a label may stand for.
func (x *Index) around(label string, depth int, hits *candidates) {
	if b, ok := x.labels[label]; ok {
		hits.add(b)
		return
	}
	if len(label) >= minSight && len(label) <= maxLabel {
		var buf [maxLabel]byte
		if b, ok := x.skeletons[string(skeleton(buf[:0], label))]; ok {
			hits.add(b)
		}
	}
	x.stuttered(label, hits)
	x.providers.near(label, depth, hits)
	x.partners.near(label, 1, hits)
}

// stuttered adds the brand that is left when a part that is written twice is
// written once.
func (x *Index) stuttered(label string, hits *candidates) {
	if len(label) > maxLabel {
		return
	}
	for k := 2; k <= 4; k++ {
		for i := 0; i+2*k <= len(label); i++ {
			if label[i:i+k] != label[i+k:i+2*k] {
				continue
			}
			var buf [maxLabel]byte
			once := append(append(buf[:0], label[:i]...), label[i+k:]...)
			if b, ok := x.labels[string(once)]; ok {
				hits.add(b)
			}
		}
	}
}

// judge weighs one brand against the label between start and end and what
// follows, and keeps the reading when it is the best so far.
func (x *Index) judge(q *query, b *brand, start, end int, best *verdict) {
	label, rest, host := q.name[start:end], q.name[end+1:], q.name[:max(0, start-1)]
	l, ok := b.readLabel(label)
	if !ok || !b.bears(host, l) {
		return
	}
	q.split()
	if q.exists && len(rest) < len(q.suffix) {
		return // part of the suffix
	}
	if q.exists && len(rest) > len(q.suffix) && !l.exact && !(b.distinct() && l.edits == 1) {
		return // an inexact host
	}
	s, ok := b.readSuffix(rest, q.exists && (rest == q.suffix || l.exact && b.class == Exclusive && looksLikeSuffix(rest)), q.exists)
	if !ok || l.exact && s.grade == asIs {
		return
	}
	l.host = b.hasHost(host)
	v, ok := b.believe(label, l, s)
	if !ok || v.doubt >= best.doubt {
		return
	}
	v.intended = b.intended(q.name, label, host, s.place.suffix)
	if l.exact && host != "" && b.class != Exclusive && s.place.host == "" {
		v.intended = host + "." + s.place.domain
	}
	*best = v
}

// hasHost reports a host of two letters or more that people have their mailbox
// under.
func (b *brand) hasHost(host string) bool {
	return len(host) > 1 && slices.ContainsFunc(b.places, func(p place) bool { return p.host == host })
}

// looksLikeSuffix reports co.br and the like, which are no suffix in their
// country and are written for one.
func looksLikeSuffix(rest string) bool {
	second, country, _ := strings.Cut(rest, ".")
	switch second {
	case "co", "com", "ne", "net", "or", "org":
		return len(country) == 2
	}
	return false
}

// bears reports whether a name with that host may be a slip of the brand.
// Nobody's mailbox is under a host of gmial.com; but carriers have hosts of their
// own, and i.sofbank.jp or is.sofbank.jp is meant for one. Of the organisation's
// own domain every host may be meant.
func (b *brand) bears(host string, l labelReading) bool {
	if host == "" || l.exact || b.origin == own {
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
func (b *brand) intended(name, label, host, suffix string) string {
	best, least := "", 1<<30
	for _, p := range b.places {
		d := levenshtein.ComputeDistance(name, p.domain)
		switch {
		case p.host != "" && label == p.host+b.label:
			d -= 100
		case p.host != host && (host != "" || p.suffix != suffix):
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
