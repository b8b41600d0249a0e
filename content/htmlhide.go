package content

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pageReader reads an HTML text for what is in it, and not, as HTML does, for
// who wrote it: what it shows and what its styles hide.
type pageReader struct {
	z         *html.Tokenizer
	skip      bool
	hiding    hider
	shown     strings.Builder
	concealed strings.Builder
}

// readPage reads an HTML text.
func readPage(s string) *pageReader {
	r := &pageReader{z: html.NewTokenizer(strings.NewReader(s))}
	for {
		switch r.z.Next() {
		case html.ErrorToken:
			return r
		case html.TextToken:
			if !r.skip {
				r.text(string(r.z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start()
		case html.EndTagToken:
			name, _ := r.z.TagName()
			tag := atom.Lookup(name)
			r.skip = false
			if block(tag) {
				r.put("\n")
			}
			r.hiding.end(tag)
		}
	}
}

func (r *pageReader) start() {
	name, more := r.z.TagName()
	tag := atom.Lookup(name)
	var attrs map[string]string
	for more && len(attrs) < 50 {
		if attrs == nil {
			attrs = map[string]string{}
		}
		var k, v []byte
		k, v, more = r.z.TagAttr()
		attrs[string(k)] = string(v)
	}
	r.hiding.start(tag, attrs)
	r.skip = tag == atom.Style || tag == atom.Script || tag == atom.Title
	if block(tag) {
		r.put("\n")
	}
	if v := attrs["value"]; tag == atom.Input && v != "" { // a form that is filled in
		r.text(v + "\n")
	}
}

// text writes what stands between tags: white space is a blank.
func (r *pageReader) text(s string) {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	r.put(s)
}

// put writes text to where it belongs; a line ends in both.
func (r *pageReader) put(s string) {
	if r.hiding.depth > 0 {
		r.concealed.WriteString(s)
	}
	if r.hiding.depth == 0 || s == "\n" {
		r.shown.WriteString(s)
	}
}

// hider tells whether the text at hand is inside an element that its own style
// hides. What a style sheet hides is not seen.
type hider struct {
	tag   atom.Atom
	depth int // open elements of that name, the hiding one first
}

func (h *hider) start(tag atom.Atom, attrs map[string]string) {
	switch {
	case h.depth > 0:
		if tag == h.tag {
			h.depth++
		}
	case void(tag) || tag == 0:
	case conceals(attrs):
		h.tag, h.depth = tag, 1
	}
}

func (h *hider) end(tag atom.Atom) {
	if h.depth > 0 && tag == h.tag {
		h.depth--
	}
}

func void(tag atom.Atom) bool {
	switch tag {
	case atom.Br, atom.Img, atom.Hr, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Wbr, atom.Source, atom.Html, atom.Body:
		return true
	}
	return false
}

// conceals reports an element that shows nothing, or white on white.
func conceals(attrs map[string]string) bool {
	if len(attrs) == 0 {
		return false
	}
	if _, ok := attrs["hidden"]; ok {
		return true
	}
	style := strings.ToLower(strings.Join(strings.Fields(attrs["style"]), ""))
	if style == "" {
		return whiteFont(attrs["color"]) && attrs["bgcolor"] == ""
	}
	filled := strings.Contains(style, "background")
	for rule := range strings.SplitSeq(strings.ReplaceAll(style, "!important", ""), ";") {
		switch name, value, _ := strings.Cut(rule, ":"); name {
		case "max-height", "opacity", "font-size":
			if n := strings.TrimRight(value, "pxtem%"); n != "" && strings.Trim(n, "0.") == "" {
				return true
			}
		case "color":
			if whiteFont(value) && !filled {
				return true
			}
		}
	}
	return hides(style)
}

func whiteFont(c string) bool {
	switch strings.ToLower(c) {
	case "#fff", "#ffffff", "white", "rgb(255,255,255)":
		return true
	}
	return false
}
