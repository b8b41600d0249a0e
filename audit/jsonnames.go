package audit

import (
	_ "embed"
	"strings"
)

// A mailbox in JSON has two hundred and fifty fields, and this package asks for a
// few. In an object of more than keptFields what nobody asks for is passed over:
// strings are not copied, and no map grows by them.
const keptFields = 60

// mostRoom bounds what an object's map is made for.
const mostRoom = 200

// askedText lists the names that this package asks for, as they are compared.
// TestAskedNames writes it, from the sources.
//
//go:embed asked_names.txt
var askedText string

var asked = strings.Fields(askedText)

// fieldName is a field's name in lower case, and without blanks unless it is an
// address.
type fieldName struct {
	name  string
	asked bool
}

// fieldNames remembers the names of fields, by how they are written.
type fieldNames struct {
	known map[string]fieldName
	asked map[string]bool // nil: all
	room  int             // fields that the last object had
}

func newFieldNames(asked []string) *fieldNames {
	f := &fieldNames{known: map[string]fieldName{}}
	for _, name := range asked {
		if f.asked == nil {
			f.asked = map[string]bool{}
		}
		f.asked[name] = true
	}
	return f
}

// of gives the name that stands in quotes.
func (f *fieldNames) of(text []byte) (fieldName, error) {
	if known, ok := f.known[string(text)]; ok {
		return known, nil
	}
	raw, err := unquoteJSON(text)
	out := fieldName{name: columnName(raw)}
	if strings.LastIndexByte(raw, '@') > 0 {
		out.name = strings.ToLower(raw)
	}
	out.asked = f.asked == nil || f.asked[out.name]
	if len(f.known) < 5000 {
		f.known[string(text)] = out
	}
	return out, err
}

// skip passes over a scalar, and looks whether it is one. What holds others is
// left where it is: it may be an export of its own.
func (d *jsonDoc) skip(i int) (end int, skipped bool, err error) {
	if c := d.text[i]; c == '{' || c == '[' {
		return i, false, nil
	}
	end, whole, err := skipJSON(d.text[i:])
	switch end += i; {
	case err != nil:
		return i, false, err
	case !whole:
		return i, false, errHalfJSON
	case d.text[i] == '"':
		return end, true, escapesJSON(d.text[i+1 : end-1])
	}
	_, err = scalarJSON(d.text[i:end])
	return end, true, err
}

// escapesJSON looks whether the escapes of a string are some.
func escapesJSON(text []byte) error {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if c := text[i]; c == 'u' {
			if _, ok := hexRune(text[i:]); !ok {
				return notJSON(c)
			}
		} else if strings.IndexByte(`"\/bfnrt`, c) < 0 {
			return notJSON(c)
		}
	}
	return nil
}
