package audit

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/ianaindex"
)

// cards reads vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), as telephones and
// mail programs export them, one card or many.
func (f *bookFile) cards(text string) {
	f.kind = cardFile
	var open []int // lines on which the cards began that are still open
	unfoldCards(text, func(line string, n int) {
		p := place{path: f.path, line: n, record: f.auditor.read}
		c, ok := readProperty(line)
		switch {
		case !ok && len(open) > 0 && strings.TrimSpace(line) != "" && !base64Line(line):
			f.skip(p, "no property of a card: "+clip(line, 80))
		case c.name == "BEGIN" && strings.EqualFold(c.value, "VCARD"):
			open = append(open, n)
			f.next()
		case c.name == "END" && strings.EqualFold(c.value, "VCARD") && len(open) > 0:
			open = open[:len(open)-1]
		case c.name == "EMAIL", c.name == "MEMBER", strings.HasPrefix(c.name, "X-") && strings.Contains(c.name, "EMAIL"):
			f.cardAddress(p, c)
		}
	})
	if len(open) > 0 {
		f.skip(place{path: f.path, line: open[0], record: f.auditor.read}, "a card that is never closed (no END:VCARD): the file was cut off")
	}
}

// cardAddress takes in the value of a property that holds an address.
func (f *bookFile) cardAddress(p place, c property) {
	value, err := c.decode()
	if err != nil {
		f.skip(p, "the address cannot be decoded: "+err.Error())
		return
	}
	switch {
	case strings.TrimSpace(value) == "", c.has("X400"), c.name == "MEMBER" && !hasAt(value):
		return
	}
	f.cell(p, value, true)
}

// unfoldCards joins the lines of a property: a blank begins a continuation, and
// in quoted-printable an equals sign ends a line that goes on.
func unfoldCards(text string, visit func(line string, n int)) {
	current, first, n := "", 0, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case first > 0 && line != "" && (line[0] == ' ' || line[0] == '\t'):
			if len(current) < maxProperty {
				current += line[1:]
			}
			continue
		case first > 0 && softBreak(current):
			current = current[:len(current)-1] + line
			continue
		case first > 0:
			visit(current, first)
		}
		current, first = line, n
	}
	if first > 0 {
		visit(current, first)
	}
}

// maxProperty is how much of one property is kept: a picture may be of any
// length, an address is not.
const maxProperty = 64 << 10

func softBreak(line string) bool {
	if !strings.HasSuffix(line, "=") || len(line) > maxProperty {
		return false
	}
	c, ok := readProperty(line)
	return ok && c.has("QUOTED-PRINTABLE")
}

// base64Line: in vCard 2.1 the lines of a picture need no blank before them.
func base64Line(line string) bool {
	_, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	return err == nil
}

// property is one line of a card: "item1.EMAIL;TYPE=WORK:taro@example.jp".
type property struct {
	name   string   // upper case, without its group
	params []string // upper case, as written: "TYPE=WORK", "HOME"
	value  string
}

func readProperty(line string) (property, bool) {
	colon, quoted := -1, false
	for i := 0; i < len(line) && colon < 0; i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ':' && !quoted:
			colon = i
		}
	}
	if colon <= 0 {
		return property{}, false
	}
	parts := strings.Split(strings.ToUpper(line[:colon]), ";")
	name := strings.TrimSpace(parts[0][strings.LastIndexByte(parts[0], '.')+1:])
	return property{name: name, params: parts[1:], value: line[colon+1:]}, name != ""
}

// has reports a parameter by its value, with its name or without.
func (c property) has(value string) bool {
	for _, p := range c.params {
		if p == value || strings.HasSuffix(p, "="+value) {
			return true
		}
	}
	return false
}

// charset is the parameter of that name.
func (c property) charset() string {
	for _, p := range c.params {
		if s, ok := strings.CutPrefix(p, "CHARSET="); ok {
			return strings.Trim(s, `"`)
		}
	}
	return ""
}

// decode gives the value as text.
func (c property) decode() (string, error) {
	value := []byte(c.value)
	var err error
	switch {
	case c.has("QUOTED-PRINTABLE"):
		value, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(value)))
	case c.has("BASE64"), c.has("B"):
		value, err = base64.StdEncoding.DecodeString(strings.TrimSpace(c.value))
	}
	if err != nil {
		return "", err
	}
	if name := c.charset(); name != "" && c.has("QUOTED-PRINTABLE") {
		if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
			if out, err := enc.NewDecoder().Bytes(value); err == nil {
				value = out
			}
		}
	}
	return unescapeCard.Replace(string(value)), nil
}

var unescapeCard = strings.NewReplacer(`\,`, ",", `\;`, ";", `\:`, ":", `\n`, " ", `\N`, " ", `\\`, `\`)
