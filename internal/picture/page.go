package main

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Size of the picture of the HTML report, in CSS pixels: what fits is shown.
const pageWidth, pageHeight = 1000, 760

// pageSVG puts an HTML report into an SVG as it is, so that the picture is the
// report: its own markup and style, without what only a browser needs.
func pageSVG(page []byte) ([]byte, error) {
	doc, err := xhtml.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="maillint scan --format html">`, pageWidth, pageHeight)
	b.WriteString(`<foreignObject width="100%" height="100%"><html xmlns="http://www.w3.org/1999/xhtml">`)
	for n := range doc.Descendants() {
		if n.Type == xhtml.ElementNode && (n.DataAtom == atom.Style || n.DataAtom == atom.Body) {
			asXML(&b, n)
		}
	}
	b.WriteString("</html></foreignObject></svg>\n")
	return b.Bytes(), nil
}

// asXML writes an element as XML, which an SVG must be.
func asXML(b *bytes.Buffer, n *xhtml.Node) {
	switch {
	case n.Type == xhtml.TextNode:
		b.WriteString(html.EscapeString(n.Data))
		return
	case n.Type != xhtml.ElementNode, n.DataAtom == atom.Script, n.DataAtom == atom.Input:
		return
	}
	b.WriteString("<" + n.Data)
	if n.Data == "svg" {
		b.WriteString(` xmlns="http://www.w3.org/2000/svg"`)
	}
	for _, a := range n.Attr {
		fmt.Fprintf(b, ` %s="%s"`, a.Key, html.EscapeString(a.Val))
	}
	b.WriteString(">")
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		asXML(b, c)
	}
	b.WriteString("</" + strings.TrimSpace(n.Data) + ">")
}
