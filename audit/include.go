package audit

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// maxIncluded bounds how many entries of lists are given to a second alias that
// includes them.
const maxIncluded = 20_000

// includes gives the files that aliases include to these aliases: what looks
// like a list of members or somebody's .forward is where their mail goes. Lists
// that include lists are followed, each once.
func (a *auditor) includes() {
	byFile := map[string][]*setting{}
	var roots, nested []*setting
	for _, s := range a.settings {
		if s.member || s.source == dotForward {
			byFile[s.path] = append(byFile[s.path], s)
		}
		switch {
		case s.include == "" || s.source == sieveScript || s.source == procmailrc:
		case s.source == dotForward:
			nested = append(nested, s)
		default:
			roots = append(roots, s)
		}
	}
	w := includeWalk{auditor: a, byFile: byFile, taken: map[string]bool{}}
	for _, s := range append(roots, nested...) {
		w.follow(s, 0)
	}
	a.settings = append(a.settings, w.more...)
}

// includeWalk follows lists that include lists.
type includeWalk struct {
	*auditor
	byFile map[string][]*setting
	taken  map[string]bool // files that belong to an alias
	more   []*setting
}

func (w *includeWalk) follow(s *setting, depth int) {
	file := w.included(s.include, s.path)
	if file == "" || depth > maxNesting {
		return
	}
	s.harmless = true
	first := !w.taken[file]
	w.taken[file] = true
	for _, entry := range w.byFile[file] {
		if !first && len(w.more) >= maxIncluded {
			w.warn(s.place, "lists are included so often that the entries of this one are not counted again")
			return
		}
		if !first {
			again := *entry
			again.evidence = slices.Clip(again.evidence)
			entry = &again
			w.more = append(w.more, entry)
		}
		entry.member, entry.rule, entry.mild = false, true, true
		entry.mailbox, entry.source, entry.what = s.mailbox, aliasFile, "included list"
		if first {
			entry.note("included by", s.path)
		}
		if entry.include != "" && first {
			w.follow(entry, depth+1)
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

// activate follows what active Sieve scripts include: such a script runs,
// though no link makes it the active one.
func (a *auditor) activate() {
	active := map[string]bool{}
	var follow func(path string, depth int)
	follow = func(path string, depth int) {
		if active[path] || depth > maxNesting {
			return
		}
		active[path] = true
		for _, next := range a.runs[path] {
			follow(next, depth+1)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(a.runs)) {
		if !a.dormant[path] {
			follow(path, 0)
		}
	}
	for _, s := range a.settings {
		if s.dormant && active[s.path] {
			s.off = s.never
		}
	}
}
