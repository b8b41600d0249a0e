// Package content tells what is inside the parts of a message: the text that
// people read, the part of it that the sender wrote, the links in it.
package content

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Link is a link of an HTML text, or an address that a program makes a link of.
type Link struct {
	Text   string // what is shown, white space folded
	Target string // where it leads, as written
	Quoted bool   // it stands in quoted text
}

// Document is a text as its reader sees it.
type Document struct {
	Text  string // all of it, blocks on lines of their own
	Own   string // what the sender wrote: no quotes, no signature
	Links []Link
}

// HTML reads an HTML text. Styles and scripts are left out; what CSS hides
// is text all the same.
func HTML(s string) Document {
	r := htmlReader{z: html.NewTokenizer(strings.NewReader(s))}
	r.z.SetMaxBuf(1 << 20)
	for r.next() {
	}
	r.endLink()
	text := r.text.String()
	return Document{Text: text, Own: Own(r.own.String()), Links: r.links}
}

// htmlReader turns tokens into text.
type htmlReader struct {
	z     *html.Tokenizer
	text  strings.Builder
	own   strings.Builder
	links []Link
	skip  int // inside elements whose text nobody sees
	quote int // inside quoted blocks
	open  []atom.Atom
	link  *Link
	label strings.Builder
}

func (r *htmlReader) next() bool {
	switch r.z.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if r.skip == 0 {
			r.write(string(r.z.Text()))
		}
	case html.StartTagToken:
		r.start(false)
	case html.SelfClosingTagToken:
		r.start(true)
	case html.EndTagToken:
		r.end()
	}
	return true
}

func (r *htmlReader) write(s string) {
	s = html.UnescapeString(s)
	s = strings.ReplaceAll(s, "\u00a0", " ")
	r.text.WriteString(s)
	if r.quote == 0 {
		r.own.WriteString(s)
	}
	if r.link != nil && r.label.Len() < 4096 {
		r.label.WriteString(s)
	}
}

func (r *htmlReader) newline() {
	r.text.WriteByte('\n')
	if r.quote == 0 {
		r.own.WriteByte('\n')
	}
}

func (r *htmlReader) start(closed bool) {
	name, more := r.z.TagName()
	tag := atom.Lookup(name)
	attrs := map[string]string{}
	for more && len(attrs) < 50 {
		var k, v []byte
		k, v, more = r.z.TagAttr()
		attrs[string(k)] = string(v)
	}
	if block(tag) {
		r.newline()
	}
	switch tag {
	case atom.Style, atom.Script, atom.Title:
		if !closed {
			r.skip++
		}
	case atom.A, atom.Area:
		r.endLink()
		if href := strings.TrimSpace(attrs["href"]); href != "" {
			r.link = &Link{Target: href, Quoted: r.quote > 0}
			if tag == atom.Area || closed {
				r.endLink()
			}
		}
	case atom.Form:
		if action := strings.TrimSpace(attrs["action"]); action != "" {
			r.links = append(r.links, Link{Target: action, Quoted: r.quote > 0})
		}
	case atom.Blockquote, atom.Div:
		if !closed && len(r.open) < 500 {
			r.open = append(r.open, tag)
			if r.quote > 0 || quotes(tag, attrs) {
				r.quote++
			}
		}
	}
}

// quotes reports whether an element holds a quoted message, as the usual mail
// programs mark it.
func quotes(tag atom.Atom, attrs map[string]string) bool {
	class, id := attrs["class"], attrs["id"]
	switch {
	case tag == atom.Blockquote:
		return attrs["type"] == "cite" || strings.Contains(class, "quote") || strings.Contains(class, "cite") || attrs["cite"] != "" || class == "" && id == ""
	case strings.Contains(class, "gmail_quote"), strings.Contains(class, "moz-cite"), strings.Contains(class, "yahoo_quoted"):
		return true
	}
	return id == "appendonsend" || id == "divRplyFwdMsg" || id == "mail-editor-reference-message-container"
}

func (r *htmlReader) end() {
	name, _ := r.z.TagName()
	tag := atom.Lookup(name)
	switch tag {
	case atom.Style, atom.Script, atom.Title:
		r.skip = max(0, r.skip-1)
	case atom.A:
		r.endLink()
	case atom.Blockquote, atom.Div:
		r.close(tag)
	}
	if block(tag) {
		r.newline()
	}
}

// close ends the innermost open element of that name.
func (r *htmlReader) close(tag atom.Atom) {
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i] == tag {
			r.quote = max(0, r.quote-(len(r.open)-i))
			r.open = r.open[:i]
			return
		}
	}
}

func (r *htmlReader) endLink() {
	if r.link != nil {
		r.link.Text = strings.Join(strings.Fields(r.label.String()), " ")
		r.links = append(r.links, *r.link)
		r.link = nil
	}
	r.label.Reset()
}

// block elements start a line.
func block(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Br, atom.Tr, atom.Li, atom.Table, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.Hr, atom.Pre, atom.Ul, atom.Ol, atom.Dt, atom.Dd, atom.Th, atom.Td:
		return true
	}
	return false
}

// Plain reads a plain text. Addresses of pages in it are links to themselves.
func Plain(s string) Document {
	own := Own(s)
	return Document{Text: s, Own: own, Links: bareLinks(own, false)}
}

// bareLinks finds http and https addresses in a text.
func bareLinks(s string, quoted bool) []Link {
	var out []Link
	for rest := s; ; {
		i := strings.Index(rest, "http")
		if i < 0 || len(out) >= 1000 {
			return out
		}
		rest = rest[i:]
		n := linkLen(rest)
		if n == 0 {
			rest = rest[len("http"):]
			continue
		}
		out = append(out, Link{Text: rest[:n], Target: rest[:n], Quoted: quoted})
		rest = rest[n:]
	}
}

// linkLen is the length of the address at the front of s, or 0.
func linkLen(s string) int {
	tail, ok := strings.CutPrefix(s, "https://")
	if !ok {
		if tail, ok = strings.CutPrefix(s, "http://"); !ok {
			return 0
		}
	}
	n := strings.IndexFunc(tail, func(r rune) bool {
		return r <= ' ' || r == utf8.RuneError || strings.ContainsRune("<>\"「」（）、。　", r) || r >= 0x3040 && r <= 0x30ff
	})
	if n < 0 {
		n = len(tail)
	}
	return len(s) - len(tail) + len(strings.TrimRight(tail[:n], ".,;:!?)]'"))
}
