package lookalike

import "strings"

// Class says how a provider uses its name, and so what a neighbour of the name
// means.
type Class int

// The classes of targets.
const (
	Ordinary   Class = iota // other suffixes and near names may be somebody's
	Exclusive               // the name under any other suffix is a slip
	Regional                // the name is used under many suffixes
	Word                    // a word of the language: only sure slips count
	Everywhere              // the holder has the name under nearly every suffix
)

var classNames = map[string]Class{
	"ordinary": Ordinary, "exclusive": Exclusive, "regional": Regional, "word": Word,
	"everywhere": Everywhere,
}

// Target is a domain to protect.
type Target struct {
	Domain   string   // the domain that mail is sent to, such as i.softbank.jp
	Suffixes []string // further suffixes under which the same name is the provider's
	Sounds   []string // other ways to spell the name by ear
	Class    Class
	Country  string // the market, as a ccTLD, or "global"
}

// Options are the domains an organisation knows.
type Options struct {
	Own      []string // the organisation's own: silent with their sub-domains, and protected
	Partners []string // written to on purpose: silent with their sub-domains, and protected
	Learned  []string // written to often, and answering: the same as partners
	Allow    []string // silent with their sub-domains, but not protected
	// RulesOnly leaves out what data/ lists of names near a target (honest, contested,
	// words.tsv), and keeps the dictionary, which was not made for the targets: what the
	// rules alone would say, for measuring them.
	RulesOnly bool
}

// Index answers for one domain at a time. It is immutable but for a memo of
// names that were silent, and safe for concurrent use.
type Index struct {
	brands    []brand
	labels    map[string]int32    // label, or spelling by ear, to its brand
	names     map[string]standing // what is known of a whole name
	claims    map[string]string   // contested name to the one it is mistaken for
	squeezed  map[string]string   // without dots and hyphens, to the domain
	skeletons map[string]int32
	hosts     map[string]string // registrable domain to the only host that takes mail
	carriers  map[string]string // host and label of such a domain, to the domain
	providers *deletions        // two edits
	partners  *deletions        // one edit
	words     *lexicon
	hasOwn    bool
	memo      *memo
	tlds      *tlds
}

// A brand is one name with all the domains its holder uses it under.
type brand struct {
	label  string
	sounds []string
	places []place
	class  Class
	origin origin
	words  *lexicon
	// webmail: nobody is given an address below the domain.
	webmail bool
}

// place is one domain of a brand.
type place struct {
	domain, host, suffix string
	known                bool // an own domain or a partner's, not only a provider's
}

type origin int

const (
	provider origin = iota
	partner
	own
)

// standing is what is known of a whole name.
type standing int

const (
	unknown   standing = iota
	protected          // a target: silent, its sub-domains are looked at
	honest             // somebody's: silent, its sub-domains too
	contested          // honest, and often written by mistake
	ours               // own, partner, learned or allowed: silent before all else
)

// New builds an index of the targets and of the domains in options.
func New(targets []Target, options Options) *Index {
	x := &Index{
		labels: map[string]int32{}, names: map[string]standing{}, claims: map[string]string{},
		squeezed: map[string]string{}, skeletons: map[string]int32{}, hosts: map[string]string{},
		carriers:  map[string]string{},
		providers: newDeletions(), partners: newDeletions(), memo: newMemo(), tlds: newTLDs(),
	}
	x.words = shipped().dictionary
	if !options.RulesOnly {
		x.addShipped()
	}
	for _, t := range targets {
		x.addTarget(t)
	}
	x.hasOwn = len(options.Own) > 0
	for _, d := range options.Own {
		x.addKnown(d, own)
	}
	for _, d := range options.Partners {
		x.addKnown(d, partner)
	}
	for _, d := range options.Learned {
		if name, _ := clean(d); x.names[name] != protected { // everybody is answered from gmail.com
			x.addKnown(d, partner)
		}
	}
	for _, d := range options.Allow {
		x.allow(d)
	}
	x.file()
	return x
}

// addShipped notes the names that look like slips and are somebody's, or words.
func (x *Index) addShipped() {
	x.words = shipped().words
	for _, d := range shipped().honest {
		x.names[d] = honest
	}
	for d, claim := range shipped().contested {
		x.names[d] = contested
		x.claims[d] = claim
	}
}

func (x *Index) addTarget(t Target) {
	domain, _ := clean(t.Domain)
	host, label, suffix := split(domain)
	if label == "" {
		return
	}
	b := x.brand(label, provider, t.Class)
	x.addPlace(b, place{domain: domain, host: host, suffix: suffix}, protected)
	for _, s := range t.Suffixes {
		x.addPlace(b, place{domain: label + "." + s, suffix: s}, protected)
	}
	x.brands[b].addSounds(label, t.Sounds)
	x.brands[b].webmail = t.Country == "global"
	if host != "" {
		x.hosts[label+"."+suffix] = host
		if t.Class == Exclusive {
			x.carriers[host+"."+label] = domain
		}
	}
}

// addSounds notes how a name is spelt by ear: gmale, hotmale.
func (b *brand) addSounds(label string, sounds []string) {
	if stem, ok := strings.CutSuffix(label, "mail"); ok && len(b.sounds) == 0 {
		b.sounds = append(b.sounds, stem+"male")
	}
	b.sounds = append(b.sounds, sounds...)
}

// addKnown notes a domain of the organisation or of a partner.
func (x *Index) addKnown(domain string, o origin) {
	name, _ := clean(domain)
	host, label, suffix := split(name)
	x.names[name] = ours
	if label == "" || reserved(name) {
		return
	}
	b := x.brand(label, o, Ordinary)
	x.addPlace(b, place{domain: name, host: host, suffix: suffix, known: true}, ours)
}

func (x *Index) allow(domain string) {
	if name, _ := clean(domain); name != "" {
		x.names[name] = ours
	}
}

// brand gives the brand of a label, which keeps what it was first: a provider
// stays one when it is a partner too.
func (x *Index) brand(label string, o origin, c Class) int32 {
	b, ok := x.labels[label]
	if !ok {
		b = int32(len(x.brands))
		x.brands = append(x.brands, brand{label: label, class: c, origin: o, words: x.words})
		x.labels[label] = b
	}
	return b
}

func (x *Index) addPlace(b int32, p place, s standing) {
	x.names[p.domain] = max(x.names[p.domain], s)
	for i := range x.brands[b].places {
		if q := &x.brands[b].places[i]; q.domain == p.domain {
			q.known = q.known || p.known
			return
		}
	}
	x.brands[b].places = append(x.brands[b].places, p)
	if key := string(squeeze(nil, p.domain)); x.squeezed[key] == "" {
		x.squeezed[key] = p.domain
	}
}

// file puts every label into the structures that find its neighbours.
func (x *Index) file() {
	for i := range x.brands {
		b := &x.brands[i]
		x.fileLabel(b.label, int32(i), b.origin)
		for _, s := range b.sounds {
			x.fileLabel(s, int32(i), b.origin)
			x.labels[s] = int32(i)
		}
	}
}

func (x *Index) fileLabel(label string, b int32, o origin) {
	if o == provider {
		x.providers.add(label, b, depthOf(len(label)))
	} else {
		x.partners.add(label, b, 1)
	}
	if len(label) >= minSight {
		x.skeletons[string(skeleton(nil, label))] = b
	}
}

// depthOf is how many edits a provider's label of n letters bears.
func depthOf(n int) int {
	if n >= 5 {
		return 2
	}
	return 1
}

// squeeze appends to dst the name without dots, hyphens and underscores.
func squeeze(dst []byte, name string) []byte {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c != '.' && c != '-' && c != '_' {
			dst = append(dst, c)
		}
	}
	return dst
}
