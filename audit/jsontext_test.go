package audit

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// normalJSON is what encoding/json gives, with names and numbers as parseJSON
// has them; twice tells of names that are the same then.
func normalJSON(v any) (out any, twice bool) {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			name := columnName(k)
			if strings.LastIndexByte(k, '@') > 0 {
				name = strings.ToLower(k)
			}
			var again bool
			m[name], again = normalJSON(e)
			twice = twice || again
		}
		return m, twice || len(m) < len(v)
	case []any:
		for i := range v {
			var again bool
			v[i], again = normalJSON(v[i])
			twice = twice || again
		}
	case json.Number:
		n, _ := v.Float64()
		if n > 1<<53 || n < -(1<<53) {
			return string(v), false
		}
		return n, false
	}
	return v, twice
}

// FuzzJSONText holds the parser against the library's: what is JSON is read the
// same, and nothing panics.
func FuzzJSONText(f *testing.F) {
	for _, s := range []string{`{"a":"\u003c\ud83d\ude00\ud800x","B c":[1,-2.5e3,12345678901234567890,true,null],"a_b@corp.example":{}}`, `[]`, `"x\\"`, `{"a":{"b":{"c":[[[]]]}}}`, `[{"x":1},`, `{"a" 1}`, ` 1 `, `{"a":tru}`, `["\u12"]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := wholeJSON(s)
		if !json.Valid([]byte(s)) || !utf8.ValidString(s) || strings.Count(s, "{")+strings.Count(s, "[") > maxNesting {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		dec := json.NewDecoder(strings.NewReader(s))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil || strings.Count(s, ":") > 0 && repeated(s) {
			return
		}
		want, twice := normalJSON(v)
		if !twice && !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n got %#v\nwant %#v", s, got, want)
		}
	})
}

// repeated tells whether an object names a field twice, of which the library
// keeps the last.
func repeated(s string) bool {
	dec := json.NewDecoder(strings.NewReader(s))
	seen := map[any]bool{}
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		if text, ok := token.(string); ok {
			if seen[text] {
				return true
			}
			seen[text] = true
		}
	}
}

// TestJSONInput: values larger than the buffer and than maxObject, in arrays
// and in answers that hold many; the line of each.
func TestJSONInput(t *testing.T) {
	box := func(i string) string {
		return `{"UserPrincipalName":"` + i + `@corp.example","ForwardingAddress":null,"ForwardingSmtpAddress":"smtp:x@evil.test","DeliverToMailboxAndForward":true,"Notes":"` + strings.Repeat("-", 90_000) + `"}`
	}
	many := make([]string, 100) // 9 MB
	for i := range many {
		many[i] = box("u")
	}
	many[99] = box("last")
	for name, text := range map[string]string{
		"array":  "[\n" + strings.Join(many, ",\n") + "\n]",
		"answer": "{\"@odata.context\":\"x\",\"value\":[" + strings.Join(many, ",\n") + "\n]}",
		"nested": "[{\"count\":100,\n\"data\":{\"items\":[" + strings.Join(many, ",\n") + "]}}]",
		"lines":  strings.Join(many, "\n"),
	} {
		r := runText(t, "x.json", text)
		line := strings.Count(text[:strings.Index(text, "last@")], "\n") + 1
		found := false
		for _, f := range r.Findings {
			found = found || f.Rule == externalFwd && f.Mailbox == "last@corp.example" && f.Line == line
		}
		if r.Records != 100 || !found || len(r.Errors) > 0 {
			t.Errorf("%s: %d records, line %d found: %t, %v", name, r.Records, line, found, r.Errors)
		}
		if r := runText(t, "x.json", text[:len(text)-20]); len(r.Errors) == 0 || r.Records < 99 {
			t.Errorf("%s, cut: %d records, %v", name, r.Records, r.Errors)
		}
	}
	huge := `[{"UserPrincipalName":"u@corp.example","ForwardingSmtpAddress":null,"ForwardingAddress":null,"DeliverToMailboxAndForward":false,"Notes":"` + strings.Repeat("-", maxObject) + `"}]`
	if r := runText(t, "x.json", huge); len(r.Errors) == 0 || r.exit(0) != ExitUnread {
		t.Errorf("a field of 8 MiB: %s", lines(r))
	}
}
