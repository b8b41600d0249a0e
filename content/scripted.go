package content

import "bytes"

// maxPage of an HTML file is looked through for what it does.
const maxPage = 8 << 20

// scripted looks at what an HTML or SVG file does when it is opened: one that
// puts a file together in the browser goes past what looks at attachments
// (MITRE ATT&CK T1027.006).
func scripted(k Kind, data []byte) Flag {
	page := bytes.ToLower(data[:min(len(data), maxPage)])
	if utf16Order(page) != 0 {
		page = bytes.ToLower([]byte(decodeText("", data[:min(len(data), maxPage)&^1])))
	}
	has := func(s string) bool { return bytes.Contains(page, []byte(s)) }
	script := has("<script") || has("onload=") || has("onerror=") || has("javascript:")
	if !script {
		if has("download=") && (has("href=\"data:application") || has("href='data:application")) {
			return Smuggling
		}
		return 0
	}
	saves := has("createobjecturl") || has("mssaveoropenblob") || has("mssaveblob") || has("data:application/octet") || has("data:application/zip") || has("data:application/x-")
	decodes := has("atob(") || has("fromcharcode") || has("unescape(") || has("uint8array")
	writes := has("document.write(") || has("eval(") || has("innerhtml")
	switch {
	case saves && (decodes || has("new blob") || has("download")):
		return Smuggling
	case decodes && writes && longRun(page) > 2000:
		return Smuggling
	case k == SVG && has("<script"):
		return Script
	}
	return 0
}

// longRun is the longest run of letters and digits, as base64 and hex make.
func longRun(b []byte) int {
	best, n := 0, 0
	for _, c := range b {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' || c == '%' {
			n++
			best = max(best, n)
		} else {
			n = 0
		}
	}
	return best
}
