// Package content tells what is inside the parts of a message: the text that
// people read, the part of it that the sender wrote, the links in it.
package content

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Document is a text as its reader sees it.
type Document struct {
	Text  string // all of it, blocks on lines of their own
	Own   string // what the sender wrote: no quotes, no signature
	Links []Link
	// Pictures are the parts of the message that the text shows as pictures.
	Pictures []Picture
}

// Picture is a picture of the message itself that an HTML text shows.
type Picture struct {
	ID  string // Content-ID
	Own bool   // in what the sender wrote, not in a quotation or signature
}

// HTML reads an HTML text. Styles and scripts are left out; what CSS hides
// is text all the same, but is not taken for what a link shows.
func HTML(s string) Document {
	r := htmlReader{z: html.NewTokenizer(strings.NewReader(s)), depth: 3}
	for r.next() {
	}
	r.endLink()
	return r.document()
}

// document sorts what was read by whose it is.
func (r *htmlReader) document() Document {
	lines := strings.Split(r.text.String(), "\n")
	from := origins(lines, r.known(len(lines)))
	d := Document{Text: r.text.String(), Own: join(lines, from)}
	for _, l := range r.links {
		l.Quoted = l.Quoted || from[l.line] == foreign
		d.Links = append(d.Links, l.Link)
	}
	d.Links = append(d.Links, unmarked(d.Text, lines, from, d.Links)...)
	for _, p := range r.pictures {
		d.Pictures = append(d.Pictures, Picture{p.Target, from[p.line] == written})
	}
	return d
}

// unmarked are the addresses that stand in the text and are no links yet:
// programs make links of them when they show it.
func unmarked(text string, lines []string, from []origin, links []Link) []Link {
	if !mayLink(text) {
		return nil
	}
	shown := map[string]bool{}
	for _, l := range links {
		for _, b := range bareLinks(l.Text) {
			shown[b.Text] = true
		}
	}
	var out []Link
	for i, line := range lines {
		for _, l := range bareLinks(line) {
			if !shown[l.Text] {
				l.Quoted = from[i] == foreign
				out = append(out, l)
			}
		}
	}
	return out
}

// placed is a link or picture and the line it starts in.
type placed struct {
	Link
	line int
}

// htmlReader turns tokens into text.
type htmlReader struct {
	z        *html.Tokenizer
	text     strings.Builder
	line     int      // lines written so far
	origins  []origin // of the lines written so far
	space    bool     // a blank is owed
	fresh    bool     // something stands on this line
	links    []placed
	pictures []placed
	base     string // <base href>
	skip     bool   // inside an element whose text nobody sees
	rest     bool   // Outlook's mark above the message that is answered: all below is that
	open     []element
	over     int // elements open beyond the bound
	link     *placed
	label    strings.Builder
	depth    int // how deep conditional comments may be read
}

// element is an open element and what it makes of what it holds.
type element struct {
	tag    atom.Atom
	origin origin
	hidden bool // CSS hides it
}

const maxElements = 200

func (r *htmlReader) next() bool {
	switch r.z.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if !r.skip {
			r.write(string(r.z.Raw()))
		}
	case html.StartTagToken, html.SelfClosingTagToken: // browsers take <a/> for <a>
		r.start()
	case html.EndTagToken:
		r.end()
	case html.CommentToken:
		r.comment(string(r.z.Text()))
	}
	return true
}

// comment reads what Outlook shows of a conditional comment: its links.
func (r *htmlReader) comment(s string) {
	if s = strings.TrimSpace(s); !strings.HasPrefix(s, "[if") || r.depth == 0 {
		return
	}
	inner := htmlReader{z: html.NewTokenizer(strings.NewReader(s)), depth: r.depth - 1, base: r.base}
	for inner.next() {
	}
	inner.endLink()
	for _, l := range inner.links {
		l.line, l.Quoted = r.line, r.origin() == foreign
		r.links = append(r.links, l)
	}
}

// write adds text, its white space folded as browsers do.
func (r *htmlReader) write(s string) {
	s = strings.ReplaceAll(html.UnescapeString(s), "\u00a0", " ")
	pre := r.inside(atom.Pre)
	for line, rest, more := s, s, true; more; {
		if line, rest, more = strings.Cut(rest, "\n"); more {
			r.words(line)
			if pre {
				r.newline()
			} else {
				r.space = true
			}
			continue
		}
		r.words(line)
	}
	if r.link != nil && !r.hidden() && r.label.Len() < 4096 {
		r.label.WriteString(s)
	}
}

func (r *htmlReader) words(s string) {
	trimmed := strings.TrimLeft(s, " \t\r\f")
	r.space = r.space || len(trimmed) < len(s)
	if trimmed == "" {
		return
	}
	if r.space && r.fresh {
		r.text.WriteByte(' ')
	}
	s = strings.TrimRight(trimmed, " \t\r\f")
	r.space = len(s) < len(trimmed)
	if !r.fresh {
		r.mark()
	}
	r.fresh = true
	r.text.WriteString(s)
}

// mark says whose the line that starts here is.
func (r *htmlReader) mark() {
	for len(r.origins) <= r.line {
		r.origins = append(r.origins, written)
	}
	r.origins[r.line] = r.origin()
}

func (r *htmlReader) newline() {
	if !r.fresh && r.line > 0 && strings.HasSuffix(r.text.String()[max(0, r.text.Len()-2):], "\n\n") {
		return
	}
	r.text.WriteByte('\n')
	r.line++
	r.fresh, r.space = false, false
}

func (r *htmlReader) known(n int) []origin {
	for len(r.origins) < n {
		r.origins = append(r.origins, written)
	}
	return r.origins[:n]
}

// origin is whose the text at this place is.
func (r *htmlReader) origin() origin {
	if r.rest {
		return foreign
	}
	if len(r.open) == 0 {
		return written
	}
	return r.open[len(r.open)-1].origin
}

func (r *htmlReader) hidden() bool { return len(r.open) > 0 && r.open[len(r.open)-1].hidden }

func (r *htmlReader) inside(tag atom.Atom) bool {
	for _, e := range r.open {
		if e.tag == tag {
			return true
		}
	}
	return false
}

// attributes that are looked at.
type attributes struct{ href, src, action, class, id, style, kind, cite, alt string }

func (r *htmlReader) attributes(more bool) (a attributes) {
	seen := 0
	for more {
		var k, v []byte
		k, v, more = r.z.TagAttr()
		if p, n := a.named(string(k)); p != nil && seen&n == 0 {
			*p = strings.TrimSpace(string(v))
			seen |= n // the first one counts
		}
	}
	return a
}

// named is where an attribute is kept, and a bit for it.
func (a *attributes) named(name string) (*string, int) {
	switch name {
	case "href":
		return &a.href, 1
	case "src":
		return &a.src, 2
	case "action":
		return &a.action, 4
	case "class":
		return &a.class, 8
	case "id":
		return &a.id, 16
	case "style":
		return &a.style, 32
	case "type":
		return &a.kind, 64
	case "cite":
		return &a.cite, 128
	case "alt":
		return &a.alt, 256
	}
	return nil, 0
}

func (r *htmlReader) start() {
	name, more := r.z.TagName()
	tag := atom.Lookup(name)
	a := r.attributes(more)
	if block(tag) && (r.fresh || tag == atom.Br) {
		r.newline()
	}
	r.skip = tag == atom.Style || tag == atom.Script || tag == atom.Title
	switch tag {
	case atom.Noscript, atom.Noframes, atom.Noembed:
		r.z.NextIsNotRawText() // mail programs run no scripts and show it
	case atom.Base:
		r.base = a.href
	case atom.A:
		r.endLink()
		if a.href != "" {
			r.link = &placed{Link{Target: r.resolve(a.href)}, r.line}
			r.link.Quoted = r.origin() == foreign
		}
	case atom.Area:
		r.add(a.href)
	case atom.Form:
		r.add(a.action)
	case atom.Img:
		r.picture(a)
	}
	if cut(a) {
		r.rest = true
	}
	if holds(tag) {
		r.push(tag, a)
	}
}

func (r *htmlReader) add(target string) {
	if target != "" {
		l := placed{Link{Target: r.resolve(target)}, r.line}
		l.Quoted = r.origin() == foreign
		r.links = append(r.links, l)
	}
}

// picture: it stands on its line as words do, so that a quotation below it
// starts another. What a link shows is its picture's alternative text, too.
func (r *htmlReader) picture(a attributes) {
	if !r.fresh {
		r.mark()
		r.fresh = true
	}
	if r.link != nil && a.alt != "" && !r.hidden() {
		r.label.WriteString(" " + a.alt + " ")
	}
	if id, ok := strings.CutPrefix(a.src, "cid:"); ok {
		r.pictures = append(r.pictures, placed{Link{Target: id}, r.line})
	}
}

func (r *htmlReader) resolve(href string) string {
	if r.base == "" {
		return href
	}
	if scheme, _, ok := strings.Cut(href, ":"); ok && !strings.ContainsAny(scheme, "/?#") || strings.HasPrefix(href, "//") {
		return href
	}
	return strings.TrimRight(r.base, "/") + "/" + strings.TrimLeft(href, "/")
}

// push opens an element. What stands in it is as foreign as what is around it.
func (r *htmlReader) push(tag atom.Atom, a attributes) {
	if len(r.open) >= maxElements {
		r.over++
		return
	}
	e := element{tag: tag}
	if len(r.open) > 0 {
		e.origin, e.hidden = r.open[len(r.open)-1].origin, r.open[len(r.open)-1].hidden
	}
	e.origin = max(e.origin, marked(tag, a))
	e.hidden = e.hidden || hides(a.style)
	if e.origin != r.origin() && r.fresh {
		r.newline()
	}
	r.open = append(r.open, e)
}

// marked says whose the text of an element is, by the marks of the usual mail
// programs.
func marked(tag atom.Atom, a attributes) origin {
	if a.class == "" && a.id == "" && tag != atom.Blockquote {
		return written
	}
	class := strings.ReplaceAll(a.class, "x_", "") + " "
	id := strings.TrimPrefix(a.id, "x_")
	switch {
	case strings.Contains(class, "gmail_quote"), strings.Contains(class, "gmail_attr"), strings.Contains(class, "moz-cite-prefix"), strings.Contains(class, "moz-forward-container"),
		strings.Contains(class, "moz-email-headers-table"), strings.Contains(class, "yahoo_quoted"), strings.Contains(class, "protonmail_quote"), strings.Contains(class, "tutanota_quote"),
		strings.Contains(class, "zmail_extra"), strings.Contains(class, "OutlookMessageHeader"), strings.Contains(class, "mail-quote"), strings.Contains(class, "front-blockquote"):
		return foreign
	case id == "reply-intro", id == "mail-editor-reference-message-container", id == "yahoo_quoted", strings.HasPrefix(id, "replybody"), strings.HasPrefix(id, "forwardbody"), id == "isForwardContent", id == "isReplyContent":
		return foreign
	case tag == atom.Blockquote && quotes(a):
		return foreign
	case strings.Contains(class, "gmail_signature"), strings.Contains(class, "moz-signature"), strings.Contains(class, "protonmail_signature_block"), strings.EqualFold(id, "signature"), strings.Contains(id, "AppleMailSignature"), strings.Contains(strings.ToLower(id), "ms-outlook-mobile-signature"), strings.HasPrefix(id, "_rc_sig"):
		return signature
	}
	return written
}

// quotes reports whether a blockquote quotes. Programs use it to indent as
// well, and then say by its style that it has no line at its side.
func quotes(a attributes) bool {
	style := strings.ToLower(strings.ReplaceAll(a.style, " ", ""))
	switch {
	case a.kind == "cite", a.cite != "", strings.Contains(a.class, "quote"), strings.Contains(a.class, "cite"):
		return true
	case strings.Contains(style, "border:none"), strings.Contains(style, "border:0"):
		return false
	case strings.Contains(style, "border"):
		return true
	}
	return a.style == "" && a.class == "" && a.id == ""
}

// cut reports Outlook's marks above the message that is answered, which is
// not inside them but below.
func cut(a attributes) bool {
	switch strings.TrimPrefix(a.id, "x_") {
	case "appendonsend", "divRplyFwdMsg", "stopSpelling", "OLK_SRC_BODY_SECTION":
		return true
	}
	return false
}

// hides reports a style that shows nothing.
func hides(style string) bool {
	if style == "" {
		return false
	}
	s := strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, style))
	return strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "mso-hide:all") ||
		strings.HasSuffix(s, "font-size:0") || strings.Contains(s, "font-size:0;") || strings.Contains(s, "font-size:0px") || strings.Contains(s, "font-size:0pt")
}

// holds are the elements that are followed from start to end.
func holds(tag atom.Atom) bool {
	switch tag {
	case atom.Blockquote, atom.Div, atom.Span, atom.Font, atom.Table, atom.Section, atom.Article, atom.Pre, atom.P, atom.Td:
		return true
	}
	return false
}

func (r *htmlReader) end() {
	name, _ := r.z.TagName()
	tag := atom.Lookup(name)
	r.skip = false
	if tag == atom.A {
		r.endLink()
	}
	if block(tag) && (r.fresh || tag == atom.P) {
		r.newline()
	}
	if holds(tag) {
		r.close(tag)
	}
}

// close ends the innermost open element of that name, and what was left open
// inside it.
func (r *htmlReader) close(tag atom.Atom) {
	if r.over > 0 {
		r.over--
		return
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i].tag != tag {
			continue
		}
		was := r.origin()
		r.open = r.open[:i]
		if r.origin() != was && r.fresh {
			r.newline()
		}
		return
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
	case atom.P, atom.Div, atom.Br, atom.Tr, atom.Li, atom.Table, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Pre,
		atom.Ul, atom.Ol, atom.Dt, atom.Dd, atom.Th, atom.Td, atom.Section, atom.Article, atom.Form, atom.Center:
		return true
	}
	return false
}

// Plain reads a plain text. Addresses of pages in it are links to themselves.
func Plain(s string) Document {
	lines := strings.Split(s, "\n")
	from := origins(lines, nil)
	d := Document{Text: s, Own: join(lines, from)}
	if !mayLink(s) {
		return d
	}
	for i, line := range lines {
		for _, l := range bareLinks(line) {
			l.Quoted = from[i] == foreign
			d.Links = append(d.Links, l)
		}
	}
	return d
}
