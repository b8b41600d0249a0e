package personal

import (
	"slices"
	"sort"
	"strings"

	"maillint/internal/needle"
)

// Lines of prose are cut into stretches of at most so many octets.
const longLine = 2000

// prose looks through a folded text, line by line, and makes records of what
// stands together: one line of a list, or a block of lines under each other.
func (c *collector) prose(text string) {
	p := proseReader{c: c}
	number := 0
	for line := range strings.Lines(text) {
		if number++; c.late() {
			break
		}
		line = strings.TrimRight(line, " \t\r\n")
		bare := strings.TrimLeft(line, "> \t|")
		if p.header(line, bare) {
			p.flush()
			continue
		}
		data := dataIn(bare)
		if p.table(bare, number, data) {
			continue
		}
		for len(bare) > longLine && !c.late() {
			cut := strings.LastIndexAny(bare[:longLine], " ,;\t") + 1
			if cut <= 1 {
				cut = longLine
			}
			p.line(bare[:cut], number, dataIn(bare[:cut]))
			bare = bare[cut:]
			data = dataIn(bare)
		}
		p.line(bare, number, data)
	}
	p.endTable()
	p.flush()
}

// proseReader holds the record that is being read.
type proseReader struct {
	c       *collector
	current record
	started int    // line of the record's last item
	above   string // the line before, if it is short
	name    string // a short line that may be the name above its data
	named   int    // its number
	quoting bool   // within the header of a quoted message

	lines  []string // of a table in the text
	delim  string
	rowsAt int // number of the first
}

// dataIn counts the digits of a line up to five, and takes an address of mail for
// as many.
func dataIn(line string) int {
	if strings.IndexByte(line, '@') >= 0 {
		return 5
	}
	n := 0
	for i := 0; i < len(line) && n < 5; i++ {
		if line[i] >= '0' && line[i] <= '9' {
			n++
		}
	}
	return n
}

// line reads one line with so much data in it.
func (p *proseReader) line(line string, number, data int) {
	if line == "" {
		if number-p.started > 1 {
			p.flush()
		}
		return
	}
	if data < 4 && !strings.Contains(line, "年") {
		p.label(line, number)
		return
	}
	items := p.c.itemsOf(line, needle.Lower(p.above))
	p.above = p.wordFor(line, items)
	if len(items) == 0 {
		p.label(line, number)
		return
	}
	for _, entry := range entries(items) {
		p.join(entry, number)
	}
}

// wordFor is what the next line may be read by: this one, or where this one has
// birth dates by the word above it, that word still.
func (p *proseReader) wordFor(line string, items []item) string {
	born := slices.ContainsFunc(items, func(it item) bool { return it.kind == Birth })
	if born && !birthWord.MatchString(line) && birthWord.MatchString(p.above) {
		return p.above
	}
	return short(line)
}

func short(line string) string {
	if len(line) < 80 {
		return line
	}
	return ""
}

// label takes a line without data: a name may stand on it, or the word for the
// number on the next one.
func (p *proseReader) label(line string, number int) {
	p.above = short(line)
	if len(line) <= 60 {
		p.name, p.named = line, number
	}
}

// itemsOf finds the data in a line, in order.
func (c *collector) itemsOf(line, above string) []item {
	items := emails(line)
	lower := needle.Lower(line)
	taken := make([]span, 0, 8)
	for _, h := range numbers(line, lower, above, c.like) {
		items = append(items, item{kind: Number, key: h.key, show: h.key, number: h.kind, beside: h.beside, at: h.start})
		if h.beside {
			taken = append(taken, span{"", h.start, h.end})
		}
	}
	for _, b := range births(line, lower, above) {
		items = append(items, item{kind: Birth, key: b.key, show: line[b.start:b.end], at: b.start})
		taken = append(taken, b)
	}
	for _, a := range addresses(line) {
		items = append(items, item{kind: Address, key: a.key, show: line[a.start:a.end], at: a.start})
		taken = append(taken, a)
	}
	for _, t := range phones(line) {
		if !within(taken, t.start) {
			items = append(items, item{kind: t.kind(), key: t.key, show: line[t.start:t.end], at: t.start})
		}
	}
	items = append(items, members(line)...)
	if len(items) == 0 {
		return nil
	}
	for _, n := range names(line) {
		if !within(taken, n.start) {
			items = append(items, item{kind: Name, key: n.key, show: line[n.start:n.end], at: n.start})
		}
	}
	sort.SliceStable(items, func(i, j int) bool { return items[i].at < items[j].at })
	return items
}

// emails finds people's addresses in a line.
func emails(line string) []item {
	var items []item
	for from := 0; ; {
		i := strings.IndexByte(line[from:], '@')
		if i < 0 {
			return items
		}
		i += from
		from = i + 1
		if s, e, ok := emailAt(line, i); ok && personalAddress(line, s, e, i) {
			items = append(items, item{kind: Email, key: strings.ToLower(line[s:e]), show: line[s:e], at: s})
			from = e
		}
	}
}

func within(list []span, at int) bool {
	for _, s := range list {
		if at >= s.start && at < s.end {
			return true
		}
	}
	return false
}

// entries cuts a line where it tells of several people: before each name
// where there are several, else before each address.
func entries(items []item) [][]item {
	lead := Name
	if count(items, Name) < 2 {
		switch {
		case count(items, Email) >= 2:
			lead = Email
		case count(items, Mobile) >= 3: // nobody has three
			lead = Mobile
		default:
			return [][]item{items}
		}
	}
	var out [][]item
	start, seen := 0, false
	for i, it := range items {
		if it.kind != lead {
			continue
		}
		if seen {
			out = append(out, items[start:i])
			start = i
		}
		seen = true
	}
	return append(out, items[start:])
}

func count(items []item, k Kind) int {
	n := 0
	for _, it := range items {
		if it.kind == k {
			n++
		}
	}
	return n
}

// join adds an entry to the record being read, or starts a new one where it
// tells of the same kind again.
func (p *proseReader) join(entry []item, number int) {
	fresh := len(p.current.items) == 0 || len(p.current.items) > mostItems || number-p.started > 3 || number == p.started
	for _, it := range entry {
		for _, have := range p.current.items {
			same := it.kind == have.kind || it.kind == Mobile && have.kind == Phone && it.key == have.key
			fresh = fresh || same && it.kind != Phone && it.kind != Number && it.key != have.key
		}
	}
	if fresh {
		p.flush()
		p.current = record{where: lineWhere(number)}
	}
	p.current.items = append(p.current.items, entry...)
	p.started = number
}

// mostItems are kept of one person.
const mostItems = 40

// flush ends the record, with the name that stood above it.
func (p *proseReader) flush() {
	r := &p.current
	if len(r.items) == 0 {
		return
	}
	if p.name != "" && count(r.items, Name) == 0 && p.started-p.named <= 6 {
		if n := names(p.name); len(n) > 0 {
			r.items = append([]item{{kind: Name, key: n[0].key, show: p.name[n[0].start:n[0].end]}}, r.items...)
		}
	}
	p.c.add(r)
	p.current = record{}
	p.name = ""
}

// header passes over the header of a quoted or forwarded message, and notes
// who took part.
func (p *proseReader) header(line, bare string) bool {
	if label, rest, ok := headerField(bare); ok {
		if p.quoting = label; label {
			p.c.takeParty(rest)
		}
		return true
	}
	if !p.quoting {
		return false
	}
	if bare == "" || !continues(line, bare) {
		p.quoting = false
		return false
	}
	p.c.takeParty(bare)
	return true
}

// continues: a list of addresses goes on over the next lines.
func continues(line, bare string) bool {
	if strings.Count(bare, "@") > 0 && (strings.ContainsAny(bare, ",;<") || line[0] == ' ' || line[0] == '\t') {
		return true
	}
	return (line[0] == ' ' || line[0] == '\t') && (strings.HasSuffix(bare, ",") || strings.HasSuffix(bare, ";"))
}

var addressFields = wordSet("from to cc bcc reply-to sender author committer reviewed-by signed-off-by acked-by tested-by reported-by co-authored-by suggested-by 差出人 宛先 送信者 受信者 von an de à para kopie von: 发件人 收件人 抄送 보낸사람 받는사람")
var otherFields = wordSet("sent date subject importance attachments message-id in-reply-to references received x-mailer mime-version content-type 件名 日時 送信日時 日付 gesendet betreff envoyé objet asunto enviado 主题 发送时间 제목 return-path delivered-to")

// headerField recognises the lines above a quoted message.
func headerField(bare string) (addresses bool, rest string, ok bool) {
	i := strings.IndexByte(bare, ':')
	if strings.HasPrefix(bare, "ATTENDEE") || strings.HasPrefix(bare, "ORGANIZER") { // RFC 5545, 3.8.4
		return true, bare, true
	}
	if i <= 0 || i > 24 {
		return false, "", false
	}
	name := strings.ToLower(strings.Trim(bare[:i], " *_"))
	if addressFields[name] {
		return true, bare[i+1:], true
	}
	return false, "", otherFields[name] && i+1 < len(bare)
}

// takeParty notes the people of a quoted header: what their signatures say is
// no news to anybody who reads the thread.
func (c *collector) takeParty(list string) {
	if len(c.parties) > 4000 {
		return
	}
	for piece := range strings.FieldsFuncSeq(list, func(r rune) bool {
		return r == ',' || r == ';' || r == '<' || r == '>' || r == '"' || r == '[' || r == ']'
	}) {
		piece = strings.TrimSpace(strings.TrimPrefix(piece, "mailto:"))
		if strings.Contains(piece, "@") && !strings.Contains(piece, " ") {
			c.parties[strings.ToLower(piece)] = true
		} else if len(piece) > 3 {
			c.parties[nameKey(piece)] = true
		}
	}
}
