package audit

import (
	"path/filepath"
	"strings"
)

// includes gives the files that aliases include to these aliases: what looks
// like a list of members or somebody's .forward is where their mail goes.
func (a *auditor) includes() {
	byFile := map[string][]*setting{}
	for _, s := range a.settings {
		if s.member || s.source == dotForward {
			byFile[s.path] = append(byFile[s.path], s)
		}
	}
	taken := map[string]bool{}
	for _, s := range a.settings {
		if s.include == "" || s.source == sieveScript || s.source == procmailrc {
			continue
		}
		file := a.included(s.include, s.path)
		if file == "" {
			continue
		}
		s.harmless = true
		if taken[file] {
			continue
		}
		taken[file] = true
		for _, entry := range byFile[file] {
			entry.member, entry.rule, entry.mild = false, true, true
			entry.mailbox, entry.source, entry.what = s.mailbox, aliasFile, "included list"
			entry.note("included by", s.path)
		}
	}
}

// included finds the file of this audit that a path on the mail server names:
// the one whose path ends like it in most places.
func (a *auditor) included(name, by string) string {
	want := strings.Split(strings.Trim(filepath.ToSlash(name), "/"), "/")
	best, most := "", 0
	for _, file := range a.byBase[want[len(want)-1]] {
		have := strings.Split(strings.Trim(filepath.ToSlash(file), "/"), "/")
		n := 0
		for n < len(want) && n < len(have) && want[len(want)-1-n] == have[len(have)-1-n] {
			n++
		}
		if n > most && file != by {
			best, most = file, n
		}
	}
	return best
}
