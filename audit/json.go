package audit

import (
	"bytes"
	"encoding/json"
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
// the top are read one element at a time.
func (a *auditor) json(path string, text []byte) {
	j := &jsonFile{auditor: a, path: path, text: text, dec: json.NewDecoder(bytes.NewReader(text)), line: 1}
	err := j.values()
	if err != nil {
		a.report.Unparsed++
		a.fail(place{path: path, line: j.at(j.errorOffset(err)), record: j.n}, jsonError(err))
	}
	if j.more {
		a.fail(place{path: path, line: j.at(len(text))}, "half an export: the last answer names a further page (nextLink, nextPageToken) that is not here")
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
	text    []byte
	dec     *json.Decoder
	offset  int // up to here lines are counted
	line    int
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
	for {
		start := int(j.dec.InputOffset())
		if rest := bytes.TrimLeft(j.text[start:], " \t\r\n,\x1e"); len(rest) > 0 && rest[0] == '[' {
			if err := j.array(); err != nil {
				return err
			}
			continue
		}
		var v any
		if err := j.dec.Decode(&v); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		j.top(v, start)
	}
}

// array reads the elements of a top array one by one.
func (j *jsonFile) array() error {
	if _, err := j.dec.Token(); err != nil {
		return err
	}
	for j.dec.More() {
		start := int(j.dec.InputOffset())
		var v any
		if err := j.dec.Decode(&v); err != nil {
			return err
		}
		j.top(v, start)
	}
	_, err := j.dec.Token()
	return err
}

// top takes one value with its place.
func (j *jsonFile) top(v any, start int) {
	for start < len(j.text) && strings.IndexByte(" \t\r\n,", j.text[start]) >= 0 {
		start++
	}
	p := place{path: j.path, line: j.at(start), record: j.n + 1}
	if !emptyValue(v) {
		j.n++
	}
	if !j.value(v, p, context{mailbox: namedMailbox(j.path)}) && !emptyValue(v) {
		if j.strange++; j.strange == 1 {
			j.first = p
		}
	}
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

// at gives the line of an offset; offsets come in rising order.
func (j *jsonFile) at(offset int) int {
	offset = min(max(offset, j.offset), len(j.text))
	j.line += bytes.Count(j.text[j.offset:offset], []byte("\n"))
	j.offset = offset
	return j.line
}

func (j *jsonFile) errorOffset(err error) int {
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return int(s.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return len(bytes.TrimRight(j.text, "\r\n"))
	}
	return int(j.dec.InputOffset())
}

func jsonError(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "unexpected end") {
		return "half a file: the JSON ends in the middle; what stands before was read"
	}
	return "not JSON: " + err.Error() + "; what stands before was read"
}

// emptyValue is an answer that holds nothing: {}, [], {"value":[]}.
func emptyValue(v any) bool {
	switch v := v.(type) {
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
			switch e.(type) {
			case []any, map[string]any:
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
	switch v := v.(type) {
	case []any:
		found := false
		for _, e := range v {
			found = j.value(e, p, c) || found
		}
		return found
	case map[string]any:
		return j.object(lowerKeys(v), v, p, c)
	}
	return false
}

func (j *jsonFile) object(low, raw map[string]any, p place, c context) bool {
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
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		child := raw[key]
		switch child.(type) {
		case []any, map[string]any:
			inner := c
			inner.key = columnName(key)
			if t, ok := addressTarget(key); ok && !strings.Contains(key, "odata") {
				inner.mailbox = t.addr.Key()
			}
			if emptyValue(child) && answerKey[inner.key] {
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
		if _, ok := low[key].([]any); ok {
			j.more = scalar(low["@odata.nextlink"]) != "" || scalar(low["nextpagetoken"]) != ""
		}
	}
}

// answerKey are names under which an answer's list stands, empty or not.
var answerKey = map[string]bool{"forwardingaddresses": true, "filter": true, "filters": true, "delegates": true, "messagerules": true}

// refusal is an error that an API answered.
func refusal(low map[string]any) (string, bool) {
	e, ok := low["error"].(map[string]any)
	if !ok {
		return "", false
	}
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
