package personal

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"maillint/content"
)

// item is one datum of a record.
type item struct {
	kind   Kind
	key    string // as it is compared
	show   string // what Mask is made of
	number *NumberKind
	beside bool // a number with its word
	at     int  // octet in the line, for the order
}

// record is what stands together about one person.
type record struct {
	items []item
	where string // below the text: "line 3", "row 7"
	table bool   // a row of a table, or an entry of a list
	row   int
	sheet bool // items' places are columns of Rows
}

// hidden: a cell of the record, or all of the text, is not seen by its reader.
func (r *record) hidden(t *content.Text, it item) bool {
	if t.Hidden != "" {
		return true
	}
	return r.sheet && t.Conceals() && t.HiddenAt(r.row, it.at) != ""
}

// bits are kinds that are known of a person.
type bits uint16

func (b bits) has(k Kind) bool { return b&(1<<k) != 0 }

// counts reports whether these kinds together are a person's data: a way to
// reach a person, or something told of a person with a name.
func (b bits) counts() bool {
	if b.has(Email) || b.has(Mobile) {
		return true
	}
	other := b &^ (1 << Name)
	if b.has(Name) {
		return other != 0
	}
	n := 0
	for _, k := range []Kind{Birth, Address, Member, Phone, Number} {
		if b.has(k) {
			n++
		}
	}
	return n >= 2 && (b.has(Birth) || b.has(Number) || b.has(Member) && b.has(Address))
}

// person is somebody met in the texts.
type person struct {
	known  bits
	name   string    // "" where none was met
	hidden bool      // met in a part that a reader does not see
	keys   [3]string // the first mailbox, mobile and own number
}

// collector gathers what the texts of a message hold.
type collector struct {
	known     Known
	text      *content.Text
	truncated bool
	stopped   bool // the time is spent
	steps     int

	people  map[string]*person // by name, address, number, telephone
	all     []*person
	parties map[string]bool // of the conversation, met in quoted headers
	seen    [kinds]map[string]bool
	found   map[*NumberKind]*tally
	like    map[*NumberKind]int
	places  []Place
	hidden  []Place
	ours    map[string][]ourRecord // records beside an address of ours
	kept    int                    // of these
}

// ourRecord is a record that was taken for one of our own people's: theirs is
// an address in it.
type ourRecord struct {
	record
	text *content.Text
}

// tally are the distinct numbers of one kind; true with a word beside them.
type tally struct{ keys map[string]bool }

func newCollector(known Known) *collector {
	c := &collector{known: known, people: map[string]*person{}, parties: map[string]bool{}, found: map[*NumberKind]*tally{}, like: map[*NumberKind]int{}}
	for i := range c.seen {
		c.seen[i] = map[string]bool{}
	}
	return c
}

// add takes a record, unless it is one of the conversation's own people.
func (c *collector) add(r *record) { c.take(r, c.foreign(r)) }

func (c *collector) take(r *record, items []item) {
	if len(items) == 0 {
		return
	}
	p := c.person(items, r)
	for _, it := range items {
		if it.kind == Number {
			c.number(it)
		}
		if p != nil && (it.kind != Number || it.beside) { // a check digit may be right by chance
			p.known |= 1 << it.kind
		}
		if len(c.seen[it.kind]) < mostPeople {
			c.seen[it.kind][it.key] = true
		}
	}
	for _, it := range items {
		if p != nil && r.hidden(c.text, it) {
			p.hidden = true
		}
	}
	c.place(items, r)
}

// foreign drops what belongs to the people of the conversation, and in prose
// to ourselves.
func (c *collector) foreign(r *record) []item {
	drop := false
	for _, it := range r.items {
		if r.table {
			break
		}
		switch it.kind {
		case Email:
			_, domain, _ := strings.Cut(it.key, "@")
			if c.known.Internal != nil && c.known.Internal(domain) {
				c.keepOurs(it.key, r)
				drop = true
			}
			drop = drop || c.party(it.key)
		case Name:
			drop = drop || c.party(it.key)
		}
	}
	if !drop {
		return r.items
	}
	var out []item
	for _, it := range r.items {
		if it.kind == Number || it.kind == Birth || it.kind == Member {
			out = append(out, it)
		}
	}
	return out
}

// mostOurs are the records beside addresses of ours that are kept.
const mostOurs = 20_000

func (c *collector) keepOurs(address string, r *record) {
	if c.kept++; c.kept > mostOurs {
		return
	}
	if c.ours == nil {
		c.ours = map[string][]ourRecord{}
	}
	c.ours[address] = append(c.ours[address], ourRecord{*r, c.text})
}

// fewOwn: one of ours has not so many names or mobile numbers.
const fewOwn = 5

// others takes the records that only seemed to be our own people's: where one
// address of ours stands beside many names or numbers, it is that of who looks
// after them.
func (c *collector) others() {
	for _, address := range slices.Sorted(maps.Keys(c.ours)) {
		records := c.ours[address]
		distinct := map[string]bool{}
		for i := range records {
			for _, it := range records[i].items {
				if it.kind == Mobile || it.kind == Name && !c.party(it.key) {
					distinct[keyName(it.kind)+it.key] = true
				}
			}
		}
		if len(distinct) < fewOwn {
			continue
		}
		for i := range records {
			r := &records[i]
			var items []item
			for _, it := range r.items {
				if it.key != address && !c.party(it.key) {
					items = append(items, it)
				}
			}
			c.text = r.text
			c.take(&r.record, items)
		}
	}
}

func (c *collector) party(key string) bool { return c.known.Party[key] || c.parties[key] }

// person finds or makes the person of a record. nil where nothing in it tells
// one from another.
func (c *collector) person(items []item, r *record) *person {
	var keys []string
	name := ""
	rest := ""
	for _, it := range items {
		switch it.kind {
		case Name:
			if it.key[0] != '?' {
				name = "n:" + it.key
			} else {
				rest += it.key
			}
		case Email, Member, Mobile:
			keys = append(keys, keyName(it.kind)+":"+it.key)
		case Number:
			if it.number.One {
				keys = append(keys, it.number.ID+":"+it.key)
			}
		case Phone, Address, Birth:
			rest += "|" + it.key
		}
	}
	if name != "" {
		keys = append([]string{name}, keys...)
	}
	if len(keys) == 0 {
		if rest == "" {
			return nil
		}
		keys = append(keys, "r:"+rest)
	}
	return c.meet(keys, name)
}

// meet gives the person known under one of the keys. Of two people with names
// one telephone or mailbox does not make one.
func (c *collector) meet(keys []string, name string) *person {
	var p *person
	for _, k := range keys {
		q := c.people[k]
		if q == nil || k == name && q.differs(keys) || k != name && name != "" && q.name != "" && q.name != name {
			continue
		}
		p = q
		break
	}
	if p == nil {
		if len(c.all) >= mostPeople {
			c.stopped, c.truncated = true, true // more of them say nothing new
			return nil
		}
		p = &person{}
		c.all = append(c.all, p)
	}
	if p.name == "" {
		p.name = name
	}
	for _, k := range keys {
		if at := keyClass(k); at >= 0 && p.keys[at] == "" {
			p.keys[at] = k
		}
		if c.people[k] == nil {
			c.people[k] = p
		}
	}
	return p
}

// differs: a namesake, who has another mailbox, mobile or number of their own
// and none of the same.
func (p *person) differs(keys []string) bool {
	other := false
	for _, k := range keys {
		at := keyClass(k)
		if at < 0 || p.keys[at] == "" {
			continue
		}
		if p.keys[at] == k {
			return false
		}
		other = true
	}
	return other
}

// keyClass is which of a person's keys one is: mailbox, mobile, own number.
func keyClass(key string) int {
	kind, _, _ := strings.Cut(key, ":")
	switch kind {
	case keyName(Email):
		return 0
	case keyName(Mobile):
		return 1
	case keyName(Member):
		return 2
	}
	return -1
}

func keyName(k Kind) string { return k.String()[:1] + k.String()[2:3] }

func (c *collector) number(it item) {
	t := c.found[it.number]
	if t == nil {
		t = &tally{map[string]bool{}}
		c.found[it.number] = t
	}
	if len(t.keys) < mostPeople || it.beside {
		t.keys[it.key] = t.keys[it.key] || it.beside
	}
}

// place keeps the first places, those that are not seen apart.
func (c *collector) place(items []item, r *record) {
	for _, it := range items {
		list := &c.places
		if r.hidden(c.text, it) {
			list = &c.hidden
		}
		if len(*list) >= mostPlaces || it.show == "" {
			continue
		}
		kind := it.kind.String()
		if it.number != nil {
			kind = it.number.Title
		}
		where := c.text.Where + ", " + r.where
		if r.sheet {
			where = c.text.Where + ", cell " + c.text.Cell(r.row, it.at)
		}
		*list = append(*list, Place{Where: where, Kind: kind, Mask: Mask(it.show)})
	}
}

func (c *collector) report() Report {
	c.others()
	var r Report
	for _, p := range c.all {
		switch {
		case p.known.counts():
			r.People++
			if p.hidden {
				r.Hidden++
			}
		case p.known == 1<<Name:
			r.Names++
		}
	}
	for k := range c.seen {
		if n := len(c.seen[k]); n > 0 && Kind(k) != Number {
			r.Counts = append(r.Counts, Count{Kind(k), n})
		}
	}
	for i := range Numbers {
		k := &Numbers[i]
		t := c.found[k]
		if t == nil {
			continue
		}
		f := Found{NumberKind: k, Like: c.like[k]}
		for _, beside := range t.keys {
			if beside {
				f.Beside++
			} else {
				f.Alone++
			}
		}
		r.Numbers = append(r.Numbers, f)
	}
	r.Places, r.HiddenPlaces, r.Truncated = c.places, c.hidden, c.truncated
	return r
}

func lineWhere(n int) string { return "line " + strconv.Itoa(n) }
