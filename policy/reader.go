package policy

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// reader walks the YAML nodes of one policy and gathers every mistake.
type reader struct {
	file     string
	world    world
	problems Problems
	lists    map[string]*List
	zone     *time.Location

	directory Directory
	places    []place           // of the directory's people
	names     map[string]bool   // of rules, instances and custom rules
	aliases   map[string]string // former names of rules
	lines     []string          // of the policy, where a place inside a text is needed
	data      []byte
}

// root reads the one document of a policy file.
func (r *reader) root(data []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		r.fail(place{r.file, 1, 1}, `the least is "version: 1"`, "the file is empty")
		return nil
	case err != nil:
		r.loadErrors(err, "")
		return nil
	}
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		r.loadErrors(err, "")
	default:
		r.fail(r.at(&second), `take out the line "---"`, "a second document: a policy is one")
	}
	top := doc.Content[0]
	return top
}

// references refuses anchors and aliases: a policy says what it means where it
// means it, and no document can unfold into a large one.
func (r *reader) references(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		r.fail(r.at(n), "write the value out", "alias *%s: references inside a policy are not supported", n.Value)
		return
	}
	if n.Anchor != "" {
		r.fail(r.at(n), "write the value out where it is needed", "anchor &%s: references inside a policy are not supported", n.Anchor)
	}
	for _, c := range n.Content {
		r.references(c)
	}
}

// key is one key that a mapping may have, and what reads its value.
type key struct {
	name string
	read func(v *yaml.Node, path string)
}

// mapping reads a mapping of known keys. noun says what they are.
func (r *reader) mapping(n *yaml.Node, path, noun string, keys ...key) {
	for k, v := range r.pairs(n, path) {
		found := false
		for _, known := range keys {
			if found = known.name == k.Value; found {
				known.read(v, join(path, k.Value))
				break
			}
		}
		if !found {
			names := make([]string, len(keys))
			for i := range keys {
				names[i] = keys[i].name
			}
			r.fail(r.at(k), didYouMean(k.Value, names), "%sunknown %s %q", prefix(path), noun, k.Value)
		}
	}
}

// pairs gives the keys and values of a mapping; the wrong kind and keys that
// stand twice are noted. Nothing at all (null) has no pairs.
func (r *reader) pairs(n *yaml.Node, path string) func(yield func(k, v *yaml.Node) bool) {
	return func(yield func(k, v *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			if !isNull(n) && n.Kind != yaml.AliasNode {
				r.fail(r.at(n), "", "%swant keys with values, not %s", prefix(path), kindOf(n))
			}
			return
		}
		first := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if k.Kind != yaml.ScalarNode {
				r.fail(r.at(k), "", "%sa key must be a word", prefix(path))
				continue
			}
			if line, ok := first[k.Value]; ok {
				r.fail(r.at(k), "", "%s%q stands twice: first in line %d", prefix(path), k.Value, line)
				continue
			}
			first[k.Value] = k.Line
			if !yield(k, v) {
				return
			}
		}
	}
}

// sequence gives the items of a list; the wrong kind is noted.
func (r *reader) sequence(n *yaml.Node, path string) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	if !isNull(n) && n.Kind != yaml.AliasNode { // references has refused that
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = "write [" + clip(n.Value) + "]"
		}
		r.fail(r.at(n), hint, "%swant a list, not %s", prefix(path), kindOf(n))
	}
	return nil
}

// text reads a string and puts in what ${NAME} stands for.
func (r *reader) text(n *yaml.Node, path string) (string, bool) {
	s, ok := r.raw(n, path)
	if !ok {
		return "", false
	}
	return r.expand(s, r.at(n), path), true
}

// raw reads a string as it stands.
func (r *reader) raw(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind == yaml.AliasNode:
	case n.Kind != yaml.ScalarNode:
		r.fail(r.at(n), "", "%swant a text, not %s", prefix(path), kindOf(n))
	case n.Tag == "!!null":
		r.fail(r.at(n), "", "%sis empty", prefix(path))
	case n.Tag != "!!str":
		r.fail(r.at(n), "write \""+clip(n.Value)+"\"", "%swant a text, not %s", prefix(path), kindOf(n))
	case strings.TrimSpace(n.Value) == "":
		r.fail(r.at(n), "", "%sis empty", prefix(path))
	default:
		return n.Value, true
	}
	return "", false
}

var variable = regexp.MustCompile(`\$\{([^{}]*)\}`)

func (r *reader) expand(s string, at place, path string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	return variable.ReplaceAllStringFunc(s, func(ref string) string {
		name := ref[2 : len(ref)-1]
		v, ok := r.world.env(name)
		if !ok {
			r.fail(at, "", "%senvironment variable %q is not set", prefix(path), name)
		}
		return v
	})
}

func (r *reader) boolean(n *yaml.Node, path string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	}
	hint := ""
	switch strings.ToLower(n.Value) {
	case "yes", "on", "y", "1":
		hint = "write true"
	case "no", "off", "n", "0":
		hint = "write false"
	}
	r.fail(r.at(n), hint, "%swant true or false, not %s", prefix(path), kindOf(n))
	return false
}

var plainInt = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

func (r *reader) integer(n *yaml.Node, path string) int {
	if n.Kind == yaml.ScalarNode && plainInt.MatchString(n.Value) && n.Tag == "!!int" {
		if v, err := strconv.Atoi(n.Value); err == nil {
			return v
		}
	}
	hint := ""
	if v := strings.ReplaceAll(strings.TrimLeft(n.Value, "0"), "_", ""); n.Kind == yaml.ScalarNode && plainInt.MatchString(v) {
		hint = "write " + v
	}
	r.fail(r.at(n), hint, "%swant a number, not %s", prefix(path), kindOf(n))
	return 0
}

// word reads one of the known words and gives its place in the list.
func (r *reader) word(n *yaml.Node, path, noun string, known []string) (int, bool) {
	s := n.Value
	if n.Kind != yaml.ScalarNode || isNull(n) {
		var ok bool
		if s, ok = r.raw(n, path); !ok {
			return 0, false
		}
	}
	i := slices.Index(known, s)
	if i < 0 {
		r.fail(r.at(n), didYouMean(s, known), "%sunknown %s %q", prefix(path), noun, clip(s))
		return 0, false
	}
	return i, true
}

// date reads a day, in the organisation's time zone.
func (r *reader) date(n *yaml.Node, path string) (time.Time, bool) {
	if n.Kind == yaml.ScalarNode {
		if t, err := time.ParseInLocation(time.DateOnly, n.Value, r.zone); err == nil {
			return t, true
		}
	}
	r.fail(r.at(n), "write it like 2027-03-31", "%swant a date, not %s", prefix(path), kindOf(n))
	return time.Time{}, false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// kindOf names a value as its writer would.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool", "!!int", "!!float":
		return clip(n.Value)
	}
	return strconv.Quote(clip(n.Value))
}

func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}
