package content

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// ooxml reads an Office file (ECMA-376): a zip of XML parts.
type ooxml struct {
	in *Inspection
	f  *File
	z  *zipFile
}

// readOOXML reads an Office file.
func readOOXML(in *Inspection, f *File, z *zipFile) {
	o := &ooxml{in, f, z}
	if slices.ContainsFunc(z.entries, func(e zipEntry) bool { return e.encryption() != "" }) {
		in.unpackZip(f, z) // no Office program writes that
		return
	}
	switch f.Kind {
	case DOCX:
		o.document()
	case XLSX:
		o.workbook()
	case XLSB:
		o.binaryWorkbook()
	case PPTX:
		o.slides()
	}
	for i := range z.entries {
		if in.meter.stopped != "" {
			f.Uninspected = string(in.meter.stopped)
			return
		}
		o.part(&z.entries[i])
	}
}

// part looks at what all Office files share.
func (o *ooxml) part(e *zipEntry) {
	name := strings.ToLower(e.name)
	base := path.Base(name)
	switch {
	case base == "vbaproject.bin", base == "vbadata.xml", strings.HasPrefix(name, "xl/macrosheets/"), strings.HasPrefix(name, "xl/intlmacrosheets/"):
		o.f.Flags |= Macro
		if base == "vbaproject.bin" {
			o.vba(e)
		}
	case strings.Contains(name, "/embeddings/"), strings.Contains(name, "/activex/") && strings.HasSuffix(name, ".bin"):
		o.embedded(e)
	case strings.HasSuffix(name, ".rels"):
		o.relations(e)
	case name == "docprops/core.xml", name == "docprops/app.xml", name == "docprops/custom.xml":
		o.properties(e)
	case strings.Contains(name, "/charts/chart"), strings.HasPrefix(name, "xl/externallinks/externallink"), strings.HasPrefix(name, "customxml/item") && !strings.Contains(name, "props"):
		o.cached(e)
	}
}

// open reads a part of the file; nil where it is not there.
func (o *ooxml) open(e *zipEntry) (io.Reader, func()) {
	r, done := o.in.unzip(o.z, e, o.f.Path)
	if r == nil {
		o.f.Uninspected = zipMethod(e.method)
		return bytes.NewReader(nil), done
	}
	return r, done
}

// each calls do with every token of a part.
func (o *ooxml) each(e *zipEntry, do func(*xmlScanner)) {
	o.until(e, func(s *xmlScanner) bool { do(s); return true })
}

// until calls do with every token of a part, as long as it wants more.
func (o *ooxml) until(e *zipEntry, do func(*xmlScanner) bool) {
	r, done := o.open(e)
	defer done()
	src := &errReader{r: r}
	s := newXML(src)
	for s.next() {
		if !do(s) {
			return
		}
	}
	o.in.complain(o.f, src.err)
	if s.open() {
		o.in.damaged(o.f, "a part that is cut off")
	}
}

// parts gives the parts whose names start and end in a way, by their numbers.
func (o *ooxml) parts(prefix, suffix string) []*zipEntry {
	var out []*zipEntry
	for i := range o.z.entries {
		name := strings.ToLower(o.z.entries[i].name)
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) && !strings.Contains(name[len(prefix):], "/") {
			out = append(out, &o.z.entries[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *zipEntry) int { return number(a.name) - number(b.name) })
	return out
}

// number is the number in a part's name: slide12.xml.
func number(name string) int {
	name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	n, _ := strconv.Atoi(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"))
	return n
}

// relations looks at what a part refers to outside of the file.
func (o *ooxml) relations(e *zipEntry) {
	o.each(e, func(s *xmlScanner) {
		if s.token != xmlStart || !s.is("Relationship") {
			return
		}
		kind := string(s.attr("Type"))
		switch kind[strings.LastIndexByte(kind, '/')+1:] {
		case "vbaProject", "xlMacrosheet":
			o.f.Flags |= Macro
		case "attachedTemplate", "oleObject", "frame", "subDocument":
			if strings.EqualFold(string(s.attr("TargetMode")), "External") && remote(s.attrText("Target")) {
				o.f.Flags |= ExternalTemplate
			}
		}
	})
}

// remote: a target on another machine. A template on the own disk is what every
// document that was made from one names.
func remote(target string) bool {
	t := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(target), `\`, "/"))
	switch {
	case strings.HasPrefix(t, "http:"), strings.HasPrefix(t, "https:"), strings.HasPrefix(t, "ftp:"), strings.HasPrefix(t, "mhtml:"), strings.HasPrefix(t, "ms-"), strings.HasPrefix(t, "mk:"), strings.HasPrefix(t, "script:"), strings.HasPrefix(t, "//"):
		return true
	case strings.HasPrefix(t, "file:"):
		t = strings.TrimPrefix(t, "file:")
		host := strings.TrimLeft(t, "/")
		slashes := len(t) - len(host)
		return (slashes == 2 || slashes >= 4) && !(len(host) > 1 && host[1] == ':')
	}
	return false
}

// shownProperties are those of core.xml and app.xml that people fill in, or
// that tell who they are.
var shownProperties = map[string]bool{
	"creator": true, "lastModifiedBy": true, "title": true, "subject": true, "description": true, "keywords": true, "category": true,
	"contentStatus": true, "Company": true, "Manager": true, "HyperlinkBase": true,
}

// properties reads the document's properties.
func (o *ooxml) properties(e *zipEntry) {
	var b strings.Builder
	custom := strings.HasSuffix(strings.ToLower(e.name), "custom.xml")
	name := ""
	o.each(e, func(s *xmlScanner) {
		switch {
		case s.token == xmlStart && custom:
			if s.is("property") {
				name = s.attrText("name")
			}
		case s.token == xmlStart:
			name = ""
			if shownProperties[string(s.name)] {
				name = string(s.name)
			}
		case s.token == xmlEnd && (!custom || s.is("property")):
			name = ""
		case s.token == xmlText && name != "" && b.Len() < 1<<20:
			if v := strings.TrimSpace(s.value()); v != "" {
				b.WriteString(name + ": " + v + "\n")
			}
		}
	})
	o.in.keepText(Text{Where: o.f.Path, File: o.f, Hidden: Properties, Prose: b.String()})
}

// cached reads values that a chart, a link or a form keeps besides what is
// shown.
func (o *ooxml) cached(e *zipEntry) {
	var b strings.Builder
	o.each(e, func(s *xmlScanner) {
		if s.token == xmlText && b.Len() < 8<<20 {
			if v := strings.TrimSpace(s.value()); v != "" {
				b.WriteString(v + "\n")
			}
		}
	})
	o.in.keepText(Text{Where: o.f.Path + ", " + e.name, File: o.f, Hidden: CachedData, Prose: b.String()})
}

// embedded opens a file inside the file.
func (o *ooxml) embedded(e *zipEntry) {
	m := o.in.member(o.f, e.name, e.size)
	if m == nil {
		return
	}
	r, done := o.open(e)
	defer done()
	o.in.fill(m, r)
	if m.Kind != XLSX && m.Kind != DOCX && m.Kind != PPTX { // what charts are made of
		o.f.Flags |= EmbeddedObject
	}
}

// vba looks for macros that start by themselves.
func (o *ooxml) vba(e *zipEntry) {
	r, done := o.open(e)
	defer done()
	src := &errReader{r: r}
	data, _ := readAll(src, e.size, o.in.meter.File)
	if c := openCompound(data); c != nil && src.err == nil {
		o.in.projects(o.f, c)
	}
}
