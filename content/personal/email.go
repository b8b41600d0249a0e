package personal

import (
	_ "embed"
	"regexp"
	"strings"
)

//go:embed data/role-mailboxes.txt
var roleFile string

var roles = wordSet(roleFile)

// wordSet reads a data file: words between blanks, lines that start with # are
// remarks.
func wordSet(file string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(file) {
		if !strings.HasPrefix(line, "#") {
			for _, w := range strings.Fields(line) {
				out[w] = true
			}
		}
	}
	return out
}

func localByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._+-%'=&/~", c) >= 0
}

func domainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
}

// dateBefore is a date that a narrow column of a page left no gap behind.
var dateBefore = regexp.MustCompile(`^\d{4}/\d{1,2}/\d{2}`)

// emailAt reads the address around the @ at position at.
func emailAt(s string, at int) (start, end int, ok bool) {
	start = at
	for start > 0 && at-start < 64 && localByte(s[start-1]) {
		start--
	}
	start += len(dateBefore.FindString(s[start:at]))
	end = at + 1
	for end < len(s) && end-at < 200 && domainByte(s[end]) {
		end++
	}
	for start < at && strings.IndexByte("._-'=&/~", s[start]) >= 0 {
		start++
	}
	for end > at+1 && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	if start == at || end-at < 5 {
		return 0, 0, false
	}
	dot := strings.LastIndexByte(s[at+1:end], '.')
	if dot < 1 || end-(at+1+dot+1) < 2 || !letters(s[at+1+dot+1:end]) {
		return 0, 0, false
	}
	return start, end, true
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

// personal reports whether an address is a person's: not a function's
// (info@, noreply@), no log-in of a machine (git@host:), and not what looks
// like an address only (Message-IDs, content IDs).
func personalAddress(line string, start, end, at int) bool {
	local := strings.ToLower(line[start:at])
	if start > 0 && strings.IndexByte("/:", line[start-1]) >= 0 && !strings.HasSuffix(strings.ToLower(line[:start]), "mailto:") && strings.HasSuffix(line[:start], "//") {
		return false
	}
	if local == "git" && end < len(line) && line[end] == ':' {
		return false
	}
	return !functional(local) && !identifier(local)
}

// functional local parts belong to a role. "sales-tokyo" and "info2" do too.
func functional(local string) bool {
	base := strings.TrimRight(local, "0123456789")
	if roles[base] || roles[local] {
		return true
	}
	if i := strings.IndexAny(base, ".-_+"); i > 0 && roles[base[:i]] {
		return true
	}
	if i := strings.LastIndexAny(base, ".-_+"); i > 0 && roles[base[i+1:]] {
		return true
	}
	return false
}

// identifier: mostly digits, or very long, as in Message-IDs and carriers'
// gateways.
func identifier(local string) bool {
	digits := 0
	for i := 0; i < len(local); i++ {
		if local[i] >= '0' && local[i] <= '9' {
			digits++
		}
	}
	return len(local) > 40 || digits >= 10 && digits*2 > len(local) || digits == len(local) && len(local) > 12
}
