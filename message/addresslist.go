package message

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// addressParser reads one address list in one pass. It works on the folded
// value, so that places in it are places in the message.
type addressParser struct {
	s       string
	base    int64
	where   string
	most    int // addresses that may still be added
	out     []Address
	defects []Defect
	decoded bool // s is itself a decoded encoded word; it is decoded once

	pos int
	// Closing characters that do not stand in the rest of s, so that looking
	// for them again costs nothing.
	noQuote, noParen bool
	noBracket        bool
	lastAngle        int // the last '>' of s; -1 where there is none
	lastText         int // the last octet of s that is no blank or separator
}

// entry is what stands between two separators.
type entry struct {
	start, end int
	phrase     []byte // words outside angle brackets, for the name
	phraseRaw  string // the same where it is one stretch of s
	bare       []span // stretches of unquoted text, for an address without brackets
	angles     int
	at         bool // an "@" stands in it, outside quotes and brackets
}

type span struct{ start, end int }

func (p *addressParser) note(kind Kind, i, j int, detail string) {
	if len(p.defects) < 100 {
		p.defects = append(p.defects, Defect{kind, p.where, Span{p.base + int64(i), p.base + int64(j)}, detail})
	}
}

// list reads entries to the end of s.
func (p *addressParser) list() {
	inGroup := false
	p.lastAngle = strings.LastIndexByte(p.s, '>')
	p.lastText = len(strings.TrimRight(p.s, " \t\r\n;,")) - 1
	for p.pos < len(p.s) {
		e, sep := p.entry()
		p.finish(e)
		switch {
		case sep == ':':
			inGroup = true
		case sep == ';' && !inGroup && p.more():
			p.note(LooseSeparator, p.pos-1, p.pos, "a semicolon between addresses")
		case sep == ';':
			inGroup = false
		}
	}
}

func (p *addressParser) more() bool { return p.pos <= p.lastText }

// entry reads to the next separator and gives it (0 at the end).
func (p *addressParser) entry() (e entry, sep byte) {
	e.start = p.pos
	word := -1 // start of the unquoted word being read
	flush := func() {
		if word >= 0 {
			e.bare = append(e.bare, span{word, p.pos})
			e.phrase = appendWord(e.phrase, p.s[word:p.pos])
			word = -1
		}
	}
	for ; p.pos < len(p.s); p.pos++ {
		switch c := p.s[p.pos]; c {
		case ' ', '\t', '\r', '\n':
			flush()
		case ',', ';':
			flush()
			e.end = p.pos
			p.pos++
			return e, c
		case ':':
			if p.groupStart(&e) {
				p.pos++
				return entry{}, c
			}
			if word < 0 {
				word = p.pos
			}
		case '"':
			if word >= 0 && !p.localQuote(word) || !p.quoted(&e, word) {
				if word < 0 {
					word = p.pos
				}
				continue
			}
			word = -1
		case '(':
			if flush(); !p.comment(&e) {
				word = p.pos
			}
		case '<':
			flush()
			p.angle(&e)
		case '=':
			if word < 0 {
				word = p.pos
			}
			p.encodedWord()
		case '[':
			if word < 0 {
				word = p.pos
			}
			p.literalEnd()
		default:
			e.at = e.at || c == '@'
			if word < 0 {
				word = p.pos
			}
		}
	}
	flush()
	e.end = p.pos
	return e, 0
}

func appendWord(phrase []byte, word string) []byte {
	if len(phrase) > 0 {
		phrase = append(phrase, ' ')
	}
	return append(phrase, word...)
}

// groupStart: a colon after a name starts a group (RFC 5322, 3.4); "mailto:"
// and "smtp:" in front of an address are passed over the same way.
func (p *addressParser) groupStart(e *entry) bool {
	return e.angles == 0 && !e.at
}

// localQuote: a quote in the middle of a word is part of it unless the word is
// a dotted local part going on ("a."b"@c").
func (p *addressParser) localQuote(word int) bool { return p.s[p.pos-1] == '.' && word < p.pos }

// quoted reads a quoted string: part of the name, or a local part if an "@"
// follows. It reports whether there is a closing quote.
func (p *addressParser) quoted(e *entry, word int) bool {
	if p.noQuote {
		return false
	}
	value, rest, ok := cutQuoted(p.s[p.pos:])
	if !ok {
		p.noQuote = true
		p.note(Unclosed, p.pos, p.pos+1, "a quote that is never closed")
		return false
	}
	end := len(p.s) - len(rest)
	if rest != "" && (rest[0] == '@' || rest[0] == '.') {
		p.quotedLocal(e, word, end)
		return true
	}
	e.phrase = appendWord(e.phrase, value)
	p.pos = end - 1
	return true
}

// quotedLocal reads the rest of a word that starts with a quoted local part.
func (p *addressParser) quotedLocal(e *entry, word, end int) {
	start := p.pos
	if word >= 0 {
		start = word
	}
	for end < len(p.s) && !strings.ContainsRune(" \t\r\n,;<>()", rune(p.s[end])) {
		if p.s[end] == '"' && !p.noQuote {
			if _, rest, ok := cutQuoted(p.s[end:]); ok {
				end = len(p.s) - len(rest)
				continue
			}
			p.noQuote = true
		}
		end++
	}
	e.bare = append(e.bare, span{start, end})
	e.phrase = appendWord(e.phrase, p.s[start:end])
	p.pos = end - 1
}

// comment reads a comment; it serves as the name where there is no other
// (old mail: "taro@example.jp (Taro)").
func (p *addressParser) comment(e *entry) bool {
	if p.noParen {
		return false
	}
	depth := 0
	for i := p.pos; i < len(p.s); i++ {
		switch p.s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				if len(e.phrase) == 0 || len(e.bare) > 0 && e.angles == 0 {
					e.phraseRaw = p.s[p.pos+1 : i]
				}
				p.pos = i
				return true
			}
		}
	}
	p.noParen = true
	p.note(Unclosed, p.pos, p.pos+1, "a comment that is never closed")
	return false
}

// angle reads "<...>" and adds its address.
func (p *addressParser) angle(e *entry) {
	start := p.pos + 1
	end := p.angleEnd(start)
	if e.angles++; e.angles > 1 {
		p.note(LooseSeparator, p.pos, end, "no comma between two addresses")
	}
	name := string(e.phrase)
	if name == "" {
		name = e.phraseRaw
	}
	p.add(p.s[start:end], name, start, end)
	p.pos = end
	if end >= len(p.s) || p.s[end] != '>' {
		p.note(Unclosed, start-1, end, "an angle bracket that is never closed")
		p.pos = end - 1
	}
	e.phrase = e.phrase[:0]
}

// angleEnd finds the bracket that closes, or where a reader would give up.
func (p *addressParser) angleEnd(i int) int {
scan:
	for k := i; k <= p.lastAngle; k++ {
		switch p.s[k] {
		case '>':
			return k
		case '<':
			break scan
		case '"':
			if p.noQuote {
				continue
			}
			if _, rest, ok := cutQuoted(p.s[k:]); ok {
				k = len(p.s) - len(rest) - 1
			} else {
				p.noQuote = true
			}
		}
	}
	if k := strings.IndexAny(p.s[i:], ",;<\n"); k >= 0 {
		return i + k
	}
	return len(p.s)
}

// maxWord is how long an encoded word may be to be taken for one; RFC 2047, 2
// allows 75 octets, programs that encode a whole list write more.
const maxWord = 1000

// encodedWord passes over an encoded word: a comma inside one separates
// nothing.
func (p *addressParser) encodedWord() {
	rest := p.s[p.pos:min(len(p.s), p.pos+maxWord)]
	if strings.HasPrefix(rest, "=?") {
		if _, size, ok := cutWord(rest); ok && strings.IndexByte(rest[:size], '<') < 0 {
			p.pos += size - 1
		}
	}
}

// literalEnd passes over a domain literal.
func (p *addressParser) literalEnd() {
	if p.noBracket {
		return
	}
	if i := strings.IndexAny(p.s[p.pos:], "] \t\r\n,"); i >= 0 && p.s[p.pos+i] == ']' {
		p.pos += i
	} else {
		p.noBracket = true // one that is never closed makes the others text
	}
}

// finish makes addresses of an entry that had no angle brackets.
func (p *addressParser) finish(e entry) {
	if e.angles > 0 {
		p.phraseAddress(e)
		return
	}
	p.joinAt(&e)
	found := 0
	for _, b := range e.bare {
		if text := p.s[b.start:b.end]; strings.IndexByte(text, '@') >= 0 {
			if found++; found == 2 {
				p.note(LooseSeparator, b.start, b.end, "no comma between two addresses")
			}
			p.add(text, e.phraseRaw, b.start, b.end)
		}
	}
	if found > 0 || len(e.bare) == 0 && len(e.phrase) == 0 {
		return
	}
	p.noAddress(e)
}

// joinAt puts "a @ b" together, an obsolete form (RFC 5322, 4.4).
func (p *addressParser) joinAt(e *entry) {
	n := 0 // bare[:n] is done
	for _, b := range e.bare {
		if n > 0 && joins(p.s[e.bare[n-1].start:e.bare[n-1].end], p.s[b.start:b.end]) {
			e.bare[n-1].end = b.end
			continue
		}
		e.bare[n] = b
		n++
	}
	e.bare = e.bare[:n]
}

// joins: one of two words lacks what the other has, around an "@".
func joins(a, b string) bool {
	return strings.HasSuffix(a, "@") || strings.HasPrefix(b, "@") && a[len(a)-1] != '@' && !strings.Contains(a[max(0, len(a)-256):], "@")
}

// noAddress handles text without an "@": an encoded word that hides a whole
// list, or words.
func (p *addressParser) noAddress(e entry) {
	text := strings.TrimSpace(p.s[e.start:e.end])
	if !p.decoded && strings.Contains(text, "=?") {
		if plain, _ := decodeWords(unfold(text)); strings.IndexByte(plain, '@') >= 0 {
			inner := addressParser{s: plain, base: p.base + int64(e.start), where: p.where, most: p.most, decoded: true}
			inner.list()
			if len(inner.out) > 0 {
				p.note(EncodedAddress, e.start, e.end, "an address inside an encoded word")
				for _, a := range inner.out {
					a.Span = Span{p.base + int64(e.start), p.base + int64(e.end)}
					p.append(a, e.start, e.end)
				}
				return
			}
		}
	}
	if strings.EqualFold(text, "undisclosed-recipients") || strings.EqualFold(text, "undisclosed recipients") {
		return
	}
	p.note(BadAddress, e.start, e.end, "text that is no address")
}

// phraseAddress: a name in front of brackets that is itself an address, not
// quoted. Readers that refuse it lose the recipient.
func (p *addressParser) phraseAddress(e entry) {
	for _, b := range e.bare {
		word := strings.Trim(p.s[b.start:b.end], "'\"")
		if strings.IndexByte(word, '@') <= 0 || len(p.out) == 0 {
			continue
		}
		if last := p.out[len(p.out)-1]; !strings.EqualFold(word, last.Local+"@"+last.Domain) {
			p.note(OddAddress, b.start, b.end, "an address outside the angle brackets that differs from the one inside")
		}
		return
	}
}

// add reads an addr-spec (RFC 5322, 3.4.1) in s[start:end].
func (p *addressParser) add(spec, name string, start, end int) {
	spec = p.spec(spec, start, end)
	if spec == "" {
		return
	}
	at := lastAt(spec)
	if at < 0 {
		p.bracketed(spec, name, start, end)
		return
	}
	a := Address{Phrase: name, Local: p.local(spec[:at], start, end), Span: Span{p.base + int64(start), p.base + int64(end)}}
	var ok bool
	if a.Domain, ok = domainOf(spec[at+1:]); !ok {
		p.note(BadDomain, start, end, "a domain that is not one")
	}
	if a.Domain == "" || a.Local == "" {
		p.note(BadAddress, start, end, "an address without a domain or a local part")
		return
	}
	p.append(a, start, end)
}

// bracketed handles "<text>" without an "@".
func (p *addressParser) bracketed(text, name string, start, end int) {
	if !p.decoded && strings.Contains(text, "=?") {
		p.noAddress(entry{start: start, end: end})
		return
	}
	p.note(BadAddress, start, end, "text in angle brackets that is no address")
}

// spec takes off what may stand around an addr-spec: blanks, comments, a
// "mailto:", a source route.
func (p *addressParser) spec(s string, start, end int) string {
	if strings.ContainsAny(s, " \t\r\n") {
		if strings.IndexByte(s, '"') < 0 {
			s = string(bytes.Join(bytes.Fields([]byte(s)), nil))
		} else {
			s = strings.TrimSpace(s)
		}
	}
	if strings.IndexByte(s, '(') >= 0 {
		s = dropComments(s)
	}
	if rest, ok := strings.CutPrefix(lower(s), "mailto:"); ok {
		s = s[len(s)-len(rest):]
	}
	if strings.HasPrefix(s, "@") {
		if i := strings.IndexByte(s, ':'); i >= 0 {
			p.note(SourceRoute, start, end, "a source route (RFC 5321, appendix C)")
			s = s[i+1:]
		}
	}
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' { // quoted by hand, as Outlook shows it
		return s[1 : len(s)-1]
	}
	return s
}

// lastAt is the "@" before the domain: the last one outside a literal.
func lastAt(s string) int {
	if i := strings.LastIndexByte(s, '['); i > 0 && s[i-1] == '@' {
		return i - 1
	}
	return strings.LastIndexByte(s, '@')
}

// local reads a local part: unquoted, with what is odd about it noted.
func (p *addressParser) local(s string, start, end int) string {
	if len(s) >= 2 && s[0] == '"' {
		if value, rest, ok := cutQuoted(s); ok && rest == "" {
			if strings.ContainsAny(value, "@<>\\\" \t") {
				p.note(QuotedLocal, start, end, "a quoted local part that some readers take apart")
			}
			return value
		}
	}
	switch {
	case strings.Contains(s, "=?"):
		p.note(EncodedAddress, start, end, "an encoded word inside an address")
	case strings.IndexByte(s, '@') >= 0:
		p.note(OddAddress, start, end, "more than one @")
	case strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, ".."):
		p.note(CarrierForm, start, end, "dots that RFC 5322 does not allow there")
	case needsQuotes(s):
		p.note(OddAddress, start, end, "characters that an unquoted local part may not hold")
	}
	if !utf8.ValidString(s) {
		s, _ = decodeCharset("", []byte(s))
	}
	return s
}

func domainOf(s string) (string, bool) {
	if !utf8.ValidString(s) {
		s, _ = decodeCharset("", []byte(s))
	}
	return Domain(strings.TrimRight(s, ".>"))
}

func (p *addressParser) append(a Address, start, end int) {
	if p.most <= 0 {
		p.note(LimitAddresses, start, end, "too many addresses; further ones are not read")
		p.pos = len(p.s)
		return
	}
	p.most--
	p.out = append(p.out, a)
}
