package policy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// readLists reads the section lists: each a list of entries, or file: PATH.
func (r *reader) readLists(n *yaml.Node, path string) {
	for k, v := range r.pairs(n, path) {
		at := join(path, k.Value)
		if !kebab.MatchString(k.Value) {
			r.fail(r.at(k), "", "%slist names are small letters, digits and hyphens, not %q", prefix(path), clip(k.Value))
			continue
		}
		if v.Kind == yaml.MappingNode {
			r.mapping(v, at, "key", key{"file", func(v *yaml.Node, p string) {
				if name, ok := r.text(v, p); ok {
					l := r.newList(k.Value, at, r.fileItems(name, r.at(v), at))
					l.File = r.world.path(name)
					r.lists[k.Value] = l
				}
			}})
			continue
		}
		r.lists[k.Value] = r.newList(k.Value, at, r.items(v, at))
	}
}

// items reads a list of texts. An entry "file:PATH" stands for the lines of a
// file beside the policy, "list:NAME" for the entries of a list.
func (r *reader) items(n *yaml.Node, path string) []item {
	var out []item
	for _, v := range r.sequence(n, path) {
		s, ok := r.text(v, path)
		if !ok {
			continue
		}
		at := r.at(v)
		if name, ok := strings.CutPrefix(s, "file:"); ok {
			out = append(out, r.fileItems(strings.TrimSpace(name), at, path)...)
		} else if name, ok := strings.CutPrefix(s, "list:"); ok {
			out = append(out, r.listItems(strings.TrimSpace(name), at, path)...)
		} else {
			out = append(out, item{strings.TrimSpace(s), at})
		}
	}
	return out
}

// fileItems reads a file of entries, one a line; "#" starts a comment.
func (r *reader) fileItems(name string, at place, path string) []item {
	name = r.world.path(name)
	data, err := r.world.read(name)
	if err != nil {
		r.fail(at, "", "%scannot read the list: %v", prefix(path), err)
		return nil
	}
	var out []item
	line := 0
	for text := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		line++
		s, _, _ := strings.Cut(string(text), "#")
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, item{s, place{name, line, 1}})
		}
	}
	if out == nil {
		r.warn(at, "", "%sthe list %s has no entries", prefix(path), name)
	}
	return out
}

func (r *reader) listItems(name string, at place, path string) []item {
	l := r.list(name, at, path)
	if l == nil {
		return nil
	}
	out := make([]item, len(l.entries))
	for i, s := range l.entries {
		out[i] = item{s, at}
	}
	return out
}

// list finds a list of the section lists.
func (r *reader) list(name string, at place, path string) *List {
	if l, ok := r.lists[name]; ok {
		return l
	}
	names := make([]string, 0, len(r.lists))
	for k := range r.lists {
		names = append(names, k)
	}
	slices.Sort(names)
	hint := didYouMean(name, names)
	if len(names) == 0 {
		hint = fmt.Sprintf("write it under lists: {%s: [...]}", name)
	}
	r.fail(at, hint, "%sunknown list %q", prefix(path), name)
	return nil
}
