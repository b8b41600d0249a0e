package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// json reads JSON: one value, several behind each other, JSON Lines. Arrays at
// the top, and objects that are too large to be one mailbox's, are read one
// element at a time.
func (a *auditor) json(path string, r io.Reader) {
	j := &jsonFile{auditor: a, path: path, in: newJSONInput(r)}
	err := j.values()
	if err != nil {
		a.report.Unparsed++
		a.fail(place{path: path, line: j.in.line, record: j.n}, err.Error())
	}
	if j.more {
		a.fail(place{path: path, line: j.in.line}, "half an export: the last answer names a further page (nextLink, nextPageToken) that is not here")
	}
	switch {
	case a.read > 0 || err != nil:
	case j.n > 0 && j.known == 0:
		a.fail(place{path: path, line: 1}, "wrong kind of file: JSON, but no object of it is an export of forwarding settings (docs/forwarding-survey.md lists them)")
	default:
		a.empty(place{path: path, line: 1}, "an empty answer: nothing was exported", a.tree != nil)
	}
	if j.strange > 0 && j.known > 0 {
		a.report.Unparsed += j.strange
		a.fail(place{path: path, record: j.first.record, line: j.first.line}, fmt.Sprintf("%d objects are of no kind that is known here; this is the first", j.strange))
	}
}

// jsonFile is the state of reading one file.
type jsonFile struct {
	*auditor
	path    string
	in      *jsonInput
	n       int // objects and elements met
	known   int // of these, recognised
	strange int
	first   place // the first that is strange
	more    bool  // the last answer is not the last page
}

// context is what the surroundings of an object say.
type context struct {
	mailbox string
	key     string // the name under which the object stands
	depth   int
}

// maxNesting bounds objects inside objects; exports have five or six.
const maxNesting = 60

func (j *jsonFile) values() error {
	inside := false // of an array at the top
	around := context{mailbox: namedMailbox(j.path)}
	for {
		c, err := j.in.peek()
		switch {
		case err == io.EOF && inside:
			return errHalfJSON
		case err == io.EOF:
			return nil
		case err != nil:
			return errors.New(cannot(err))
		case c == '[' && !inside, c == ']' && inside:
			inside = !inside
			j.in.skip(1)
			continue
		}
		if err := j.top(around); err != nil {
			return err
		}
	}
}

// top takes one value with its place.
func (j *jsonFile) top(around context) error {
	p := place{path: j.path, line: j.in.line, record: j.n + 1}
	text, line, err := j.in.value()
	found, empty := false, false
	switch {
	case err == errLarge:
		if found, err = j.large(p, around); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		found, empty = j.whole(text, line, p, around)
	}
	if empty {
		return nil
	}
	if j.n++; !found {
		if j.strange++; j.strange == 1 {
			j.first = p
		}
	}
	return nil
}

// whole takes a value that is whole, and says what of it was no JSON.
func (j *jsonFile) whole(text []byte, line int, p place, c context) (found, empty bool) {
	v, doc, err := cutJSON(text, line, j.names)
	if err == nil {
		empty = emptyValue(v)
		found = j.value(v, p, c)
		err = doc.fault
	}
	if err != nil {
		j.skip(p, err.Error())
		j.known++
		return true, false
	}
	return found, empty
}

// large reads what is too large to be one mailbox's: an answer that holds many.
func (j *jsonFile) large(p place, c context) (found bool, err error) {
	if c.depth++; c.depth > maxNesting {
		return false, errNested
	}
	open, _ := j.in.peek()
	switch j.in.skip(1); open {
	case '[':
		return j.largeArray(c)
	case '{':
		return j.largeObject(p, c)
	}
	return false, fmt.Errorf("not JSON of an export: %w", errLarge)
}

func (j *jsonFile) largeArray(c context) (found bool, err error) {
	for {
		b, err := j.in.peek()
		if err != nil {
			return found, errHalfJSON
		}
		if b == ']' {
			j.in.skip(1)
			return found, nil
		}
		one, err := j.child(c)
		if err != nil {
			return found, err
		}
		found = found || one
	}
}

// child reads one value inside a large one.
func (j *jsonFile) child(c context) (found bool, err error) {
	p := place{path: j.path, line: j.in.line, record: j.n + 1}
	text, line, err := j.in.value()
	if err == errLarge {
		return j.large(p, c)
	}
	if err != nil {
		return false, err
	}
	found, _ = j.whole(text, line, p, c)
	return found, nil
}

// largeObject reads the fields of an answer; what they hold is passed on with
// what the fields before say.
func (j *jsonFile) largeObject(p place, c context) (found bool, err error) {
	low := map[string]any{}
	for {
		b, err := j.in.peek()
		switch {
		case err != nil:
			return found, errHalfJSON
		case b == '}':
			j.in.skip(1)
			j.page(low)
			if objectKindOf(low, c) != nil {
				j.skip(p, "an object of more than 8 MiB: not judged")
			}
			return found, nil
		case b != '"':
			return found, notJSON(b)
		}
		one, err := j.largeField(low, c)
		if err != nil {
			return found, err
		}
		found = found || one
	}
}

// largeField reads one field of a large object.
func (j *jsonFile) largeField(low map[string]any, c context) (found bool, err error) {
	text, _, err := j.in.value()
	if err != nil {
		return false, err
	}
	field, err := j.names.of(text[1 : len(text)-1])
	if err != nil {
		return false, err
	}
	key := field.name
	if b, err := j.in.peek(); err != nil || b != ':' {
		return false, errHalfJSON
	}
	j.in.skip(1)
	b, err := j.in.peek()
	if err != nil {
		return false, errHalfJSON
	}
	c.mailbox, c.key = contextMailbox(low, c.mailbox), key
	if b == '[' || b == '{' {
		low[key] = []any{} // for page, which asks whether there is a list
		return j.child(c)
	}
	text, line, err := j.in.value()
	if err == nil {
		low[key], _, err = parseJSON(bytes.Clone(text), line, j.names)
	}
	return false, err
}

// namedMailbox is the address that a file's name or folder holds: the export
// of one mailbox.
func namedMailbox(path string) string {
	for _, part := range strings.Split(filepath.ToSlash(path), "/") {
		if m := anyAddress.FindString(fileEnding.ReplaceAllString(strings.TrimSuffix(part, ".json"), "")); m != "" {
			if t, ok := addressTarget(m); ok {
				return t.addr.Key()
			}
		}
	}
	return ""
}

// emptyValue is an answer that holds nothing: {}, [], {"value":[]}.
func emptyValue(v any) bool {
	switch v := opened(v).(type) {
	case nil:
		return true
	case []any:
		for _, e := range v {
			if !emptyValue(e) {
				return false
			}
		}
		return true
	case map[string]any:
		for k, e := range v {
			switch {
			case isList(e) || isObject(e):
				if !emptyValue(e) {
					return false
				}
			default:
				if !strings.HasPrefix(k, "@odata.") && !strings.EqualFold(k, "count") && !strings.EqualFold(k, "kind") && !strings.EqualFold(k, "etag") && e != nil {
					return false
				}
			}
		}
		return true
	}
	return false
}

// value looks for known objects in v and below; false where there is none.
func (j *jsonFile) value(v any, p place, c context) bool {
	if c.depth++; c.depth > maxNesting {
		return false
	}
	if u, ok := v.(unopened); ok {
		p.line = u.lineOf()
	}
	switch v := opened(v).(type) {
	case []any:
		found := false
		for _, e := range v {
			found = j.value(e, p, c) || found
		}
		return found
	case map[string]any:
		return j.object(v, p, c)
	}
	return false
}

func (j *jsonFile) object(low map[string]any, p place, c context) bool {
	c.mailbox = contextMailbox(low, c.mailbox)
	if kind := objectKindOf(low, c); kind != nil {
		j.known++
		j.record()
		if c.depth > 1 {
			p.record = j.report.Records
		}
		j.needed(kind, low, p)
		kind.read(j.auditor, record{place: p, obj: low, mailbox: c.mailbox, warn: j.warn})
		return true
	}
	if text, ok := refusal(low); ok {
		j.skip(p, "the export holds an error instead of an answer: "+text)
		j.known++
		return true
	}
	j.page(low)
	found := false
	for _, key := range slices.Sorted(maps.Keys(low)) {
		if child := low[key]; isList(child) || isObject(child) {
			inner := c
			inner.key = key
			if t, ok := addressTarget(key); ok && !strings.Contains(key, "odata") {
				inner.mailbox = t.addr.Key()
			}
			if answerKey[inner.key] && emptyValue(child) {
				found = true // an empty list under its name is an answer
				j.known++
			}
			found = j.value(child, p, inner) || found
		}
	}
	if found && c.mailbox != "" {
		j.people.seen(c.mailbox)
	}
	return found
}

// page remembers whether the last answer said that there are more.
func (j *jsonFile) page(low map[string]any) {
	for _, key := range []string{"value", "items", "entries", "filter", "delegates"} {
		if isList(low[key]) {
			j.more = scalar(low["@odata.nextlink"]) != "" || scalar(low["nextpagetoken"]) != ""
		}
	}
}

// answerKey are names under which an answer's list stands, empty or not.
var answerKey = map[string]bool{"forwardingaddresses": true, "filter": true, "filters": true, "delegates": true, "messagerules": true}

// refusal is an error that an API answered.
func refusal(low map[string]any) (string, bool) {
	e := lowerObject(low["error"])
	text := scalar(e["message"])
	if text == "" {
		text = scalar(e["code"])
	}
	return clip(text, 200), text != ""
}

var odataUser = regexp.MustCompile(`(?i)users(?:\('|/|\(%27)([^'/)]+?)(?:'|/|\)|%27)`)

// contextMailbox finds out whose settings an object holds.
func contextMailbox(low map[string]any, known string) string {
	for _, key := range []string{"userprincipalname", "mailbox", "primaryemail", "user", "useremail", "primarysmtpaddress", "upn", "mail", "owner", "account", "email", "userid", "id", "delegator"} {
		if s, ok := low[key].(string); ok {
			if t, ok := addressTarget(s); ok {
				return t.addr.Key()
			}
		}
	}
	for _, key := range []string{"@odata.context", "@odata.id", "url"} {
		s, _ := low[key].(string)
		if m := odataUser.FindStringSubmatch(s); m != nil {
			name, err := url.PathUnescape(m[1])
			if err != nil {
				name = m[1]
			}
			if t, ok := addressTarget(name); ok {
				return t.addr.Key()
			}
			if known == "" {
				return name
			}
		}
	}
	return known
}

// needed reports fields that an object of this kind must have.
func (j *jsonFile) needed(k *objectKind, low map[string]any, p place) {
	for _, group := range k.need {
		ok := false
		for _, name := range group {
			_, there := low[name]
			ok = ok || there
		}
		if !ok {
			j.missing(k, group[0], p)
		}
	}
}

// missing is said once a file.
func (j *jsonFile) missing(k *objectKind, name string, p place) {
	key := j.path + "\x00missing\x00" + name + k.title
	if j.said[key] {
		return
	}
	j.said[key] = true
	j.fail(p, fmt.Sprintf("missing field %s (%s): without it forwarding can be there and not be seen", columnTitle(name), k.title))
}
