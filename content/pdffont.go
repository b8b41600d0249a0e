package content

import (
	"strconv"
	"strings"
)

// pdfFont tells what the codes of a font mean.
type pdfFont struct {
	wide    bool              // codes of two octets
	unicode map[uint32]string // the font's own table (ToUnicode)
	charset string            // codes are text in a charset: a predefined CMap for Japanese and others
	names   map[byte]string   // characters by the names of glyphs
	widths  map[int]float64   // in thousandths
	missing float64           // the width of all others
	unknown bool              // nothing says what the codes mean
	odd     map[byte]bool     // codes whose glyphs have names that say nothing
}

// font reads a font once.
func (p *pdfFile) font(v any) *pdfFont {
	ref, _ := v.(pdfRef)
	if f := p.fonts[ref]; f != nil && ref.num != 0 {
		return f
	}
	d := p.dict(v)
	f := &pdfFont{wide: d["Subtype"] == pdfName("Type0"), missing: 500}
	if s, ok := p.get(d["ToUnicode"]).(*pdfStream); ok {
		f.unicode = readCMap(p.decode(s))
	}
	if f.wide {
		p.composite(f, d)
	} else {
		p.simple(f, d)
	}
	if p.fonts == nil {
		p.fonts = map[pdfRef]*pdfFont{}
	}
	if len(p.fonts) < 5000 {
		p.fonts[ref] = f
	}
	return f
}

// composite reads a font with many characters (9.7).
func (p *pdfFile) composite(f *pdfFont, d pdfDict) {
	f.missing = 1000
	name, _ := p.get(d["Encoding"]).(pdfName)
	f.charset = cmapCharset(string(name))
	f.unknown = f.charset == "" && len(f.unicode) == 0
	below := p.array(d["DescendantFonts"])
	if len(below) == 0 {
		return
	}
	cid := p.dict(below[0])
	if w, ok := p.get(cid["DW"]).(float64); ok {
		f.missing = w
	}
	f.widths = p.cidWidths(p.array(cid["W"]))
}

// cidWidths reads the widths of characters (9.7.4.3): "c [w w w]" and "c c w".
func (p *pdfFile) cidWidths(w pdfArray) map[int]float64 {
	out := map[int]float64{}
	for i := 0; i+1 < len(w) && len(out) < 1<<16; {
		first := p.int(w[i])
		if list, ok := p.get(w[i+1]).(pdfArray); ok {
			for k, v := range list[:min(len(list), 1<<16)] {
				out[first+k] = p.number(v)
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			break
		}
		last := min(p.int(w[i+1]), first+1<<16)
		for c := first; c <= last && len(out) < 1<<16; c++ {
			out[c] = p.number(w[i+2])
		}
		i += 3
	}
	return out
}

// cmapCharset tells which charset a predefined CMap reads (9.7.5.2).
func cmapCharset(name string) string {
	switch {
	case strings.Contains(name, "RKSJ"):
		return "cp932"
	case strings.Contains(name, "UCS2"), strings.Contains(name, "UTF16"):
		return "utf-16be"
	case strings.HasPrefix(name, "GBK"), strings.HasPrefix(name, "GB-EUC"), strings.HasPrefix(name, "GBpc"):
		return "gbk"
	case strings.HasPrefix(name, "KSC"):
		return "euc-kr"
	case strings.HasPrefix(name, "B5"), strings.HasPrefix(name, "ETen"), strings.HasPrefix(name, "HKscs"):
		return "big5"
	case strings.HasPrefix(name, "EUC"), strings.HasPrefix(name, "Ext-EUC"):
		return "euc-jp"
	}
	return ""
}

// simple reads a font of at most 256 characters (9.6).
func (p *pdfFile) simple(f *pdfFont, d pdfDict) {
	first := p.int(d["FirstChar"])
	f.widths = map[int]float64{}
	for i, v := range p.array(d["Widths"])[:min(256, len(p.array(d["Widths"])))] {
		f.widths[first+i] = p.number(v)
	}
	code := 0
	for _, v := range p.array(p.dict(d["Encoding"])["Differences"]) {
		switch v := p.get(v).(type) {
		case float64:
			code = int(v)
		case pdfName:
			if f.names == nil {
				f.names = map[byte]string{}
			}
			if s := glyph(string(v)); s != "" {
				f.names[byte(code)] = s
			} else if numbered(string(v)) {
				f.strange(byte(code))
			}
			code++
		}
	}
}

// glyphs are names of characters that are not their own names (Adobe Glyph
// List), those that figures and addresses are made of.
var glyphs = map[string]string{
	"space": " ", "period": ".", "comma": ",", "hyphen": "-", "minus": "-", "colon": ":", "semicolon": ";", "slash": "/", "backslash": `\`,
	"at": "@", "underscore": "_", "plus": "+", "equal": "=", "parenleft": "(", "parenright": ")", "bracketleft": "[", "bracketright": "]",
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"quotesingle": "'", "quoteright": "’", "quotedbl": `"`, "numbersign": "#", "percent": "%", "ampersand": "&", "asterisk": "*", "exclam": "!", "question": "?",
	"less": "<", "greater": ">", "dollar": "$", "yen": "¥", "endash": "–", "emdash": "—", "fi": "fi", "fl": "fl", "nbspace": " ", "tilde": "~",
}

// strange: what the letter of a code is cannot be told.
func (f *pdfFont) strange(code byte) {
	if f.odd == nil {
		f.odd = map[byte]bool{}
	}
	f.odd[code] = true
}

// numbered: a glyph that is called by its number ("g12", "C0045", "a3"), as
// programs do that drop the names.
func numbered(name string) bool {
	rest := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
	return rest != "" && digits(rest) && !strings.HasPrefix(name, "afii")
}

func glyph(name string) string {
	if len(name) == 1 {
		return name
	}
	if s := glyphs[name]; s != "" {
		return s
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) == 4 {
		if n, err := strconv.ParseUint(hex, 16, 16); err == nil {
			return string(rune(n))
		}
	}
	return ""
}

// maxCMap entries of a table are read.
const maxCMap = 70_000

// readCMap reads a table of codes to characters (9.10.3).
func readCMap(b []byte) map[uint32]string {
	out := map[uint32]string{}
	l := &pdfLexer{b: b}
	var args pdfArray
	for len(out) < maxCMap {
		v, ok := l.next()
		if !ok {
			return out
		}
		w, isWord := v.(pdfWord)
		if !isWord {
			if args = append(args, v); len(args) > 4096 {
				args = args[:0]
			}
			continue
		}
		switch w {
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				if code, ok := args[i].(pdfString); ok {
					if s, ok := args[i+1].(pdfString); ok {
						out[number32(code)] = utf16BE([]byte(s))
					}
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				cmapRange(out, args[i:i+3])
			}
		}
		args = args[:0]
	}
	return out
}

func cmapRange(out map[uint32]string, a pdfArray) {
	from, ok1 := a[0].(pdfString)
	to, ok2 := a[1].(pdfString)
	if !ok1 || !ok2 {
		return
	}
	first, last := number32(from), number32(to)
	switch s := a[2].(type) {
	case pdfArray:
		for i, v := range s {
			if t, ok := v.(pdfString); ok && first+uint32(i) <= last {
				out[first+uint32(i)] = utf16BE([]byte(t))
			}
		}
	case pdfString:
		r := []rune(utf16BE([]byte(s)))
		if len(r) == 0 {
			return
		}
		for c := first; c <= last && c-first < 1<<16 && len(out) < maxCMap; c++ {
			out[c] = string(r)
			r[len(r)-1]++
		}
	}
}

func number32(s pdfString) uint32 {
	var n uint32
	for i := 0; i < len(s) && i < 4; i++ {
		n = n<<8 | uint32(s[i])
	}
	return n
}

// read turns the octets of a string into text, and tells how wide it is, in
// thousandths of the font's size.
func (t *pdfPage) read(s pdfString) (text string, width float64) {
	f := t.font
	if f.charset != "" && len(f.unicode) == 0 {
		if f.charset == "utf-16be" {
			text = utf16BE([]byte(s))
		} else {
			text = decodeText(f.charset, []byte(s))
		}
		for _, r := range text {
			width += 1000
			if r < 0x80 {
				width -= 500
			}
		}
		t.glyphs += len(s) / 2
		return text, width
	}
	var b strings.Builder
	step := 1
	if f.wide {
		step = 2
	}
	for i := 0; i+step <= len(s); i += step {
		code := number32(s[i : i+step])
		if w, ok := f.widths[int(code)]; ok {
			width += w
		} else {
			width += f.missing
		}
		t.glyphs++
		switch c, ok := f.unicode[code]; {
		case ok:
			b.WriteString(c)
		case f.wide:
			t.unread = t.unread || f.unknown
		case f.odd[byte(code)], code < ' ' && f.names[byte(code)] == "":
			t.lost++
		default:
			b.WriteString(f.letter(byte(code)))
		}
	}
	return b.String(), width
}

func (f *pdfFont) letter(c byte) string {
	if s := f.names[c]; s != "" {
		return s
	}
	if c < 0x80 {
		return string(rune(c))
	}
	return decodeText("windows-1252", []byte{c})
}
