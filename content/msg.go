package content

import (
	"bytes"
	"path"
	"strings"
)

// readMSG reads a message that Outlook saved (MS-OXMSG): properties are streams
// named by their number and type, attachments are storages.
func readMSG(in *Inspection, f *File, c *compound) { in.savedMessage(f, c, "") }

func (in *Inspection) savedMessage(f *File, c *compound, folder string) {
	var b strings.Builder
	for _, p := range []string{"0037", "0c1a", "5d01", "0e04", "0e03", "1000"} { // subject, sender, To, Cc, body
		if s := c.property(folder, p); s != "" {
			b.WriteString(s + "\n")
		}
	}
	in.keepText(Text{Where: f.Path, File: f, Prose: b.String()})
	if html := c.stream(folder + "__substg1.0_10130102"); len(html) > 0 {
		for _, t := range textsOf(decodeText("", html), HTMLText, in.meter.room(), Text{Where: f.Path, File: f}) {
			in.keepText(t)
		}
	}
	for _, name := range c.under(folder+"__attach_version1.0_#", "/__substg1.0_37010102") {
		if path.Dir(path.Dir(name)) != path.Clean(folder) {
			continue
		}
		dir := path.Dir(name) + "/"
		label := c.property(dir, "3707")
		if label == "" {
			label = c.property(dir, "3704")
		}
		if label == "" {
			label = "attachment"
		}
		data := c.stream(name)
		if m := in.member(f, label, int64(len(data))); m != nil {
			in.fill(m, bytes.NewReader(data))
		}
	}
	if strings.Count(folder, "/") > 2*in.meter.Depth {
		in.meter.note(LimitDepth, f.Path, "messages nested deeper than %d are not opened", in.meter.Depth)
		return
	}
	for _, name := range c.names { // messages within the message
		rest, ok := strings.CutPrefix(name, folder+"__attach_version1.0_#")
		if _, inner, _ := strings.Cut(rest, "/"); ok && inner == "__substg1.0_3701000d" && c.byName[name].storage {
			in.savedMessage(f, c, name+"/")
		}
	}
}

// property reads a text property, in Unicode or in the code page of its time.
func (c *compound) property(folder, id string) string {
	if b := c.stream(folder + "__substg1.0_" + id + "001f"); len(b) > 0 {
		return utf16Text(b)
	}
	return decodeText("", c.stream(folder+"__substg1.0_"+id+"001e"))
}
