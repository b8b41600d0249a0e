package report

import (
	"fmt"
	"strings"
	"testing"

	"maillint/lint"
	"maillint/message"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":               "plain",
		"山田 太郎":               "山田 太郎",
		"a\tb\nc\r":           `a b\x0ac\x0d`,
		"\x1b[31m":            `\x1b[31m`,
		"\u202eabc\u2069":     `\u202eabc\u2069`,
		"\xff\xfe":            `\xff\xfe`,
		"\u0085\u2028\ufeff":  `\u0085\u2028\ufeff`,
		"👍":                   "👍",
		"e\u0301":             "e\u0301",
		"\U000e0041":          `\ue0041`,
		"half \u3042\xe3\x81": `half あ\xe3\x81`,
	} {
		if have := Escape(in); have != want {
			t.Errorf("%q: %q, want %q", in, have, want)
		}
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"abc": 3, "山田": 4, "ｱｲ": 2, "e\u0301": 1, "👍": 2, "": 0} {
		if have := columns(s); have != want {
			t.Errorf("%q: %d, want %d", s, have, want)
		}
	}
	if have := clipColumns("山田太郎", 5); have != "山田" {
		t.Errorf("%q", have)
	}
}

// The carets stand under the place, however far right it is and however wide
// the characters before it are.
func TestCrop(t *testing.T) {
	for _, c := range []excerpt{
		{1, "To: a@b", 4, 7}, {1, strings.Repeat("山", 200) + "HERE" + strings.Repeat("x", 300), 600, 604},
		{1, strings.Repeat("x", 500), 0, 500}, {1, "\x1b\x1bHERE", 2, 6}, {1, "", 0, 0}, {1, "short", 3, 900},
	} {
		text, from, to := c.crop()
		if columns(text) > columnsShown || from > to || to > columnsShown {
			t.Errorf("%+v: %d columns, %d-%d", c, columns(text), from, to)
		}
		if i := strings.Index(text, "HERE"); i >= 0 && (columns(text[:i]) != from || to-from != 4) {
			t.Errorf("%q: %d-%d", text, from, to)
		}
	}
}

func TestExcerptLines(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n", "\r"} {
		raw := strings.ReplaceAll("A: 1\nTo: a@x,\n b@y,\n c@z,\n d@w\n\ntext\n", "\n", eol)
		m := message.Parse([]byte(raw))
		span := message.Span{Start: int64(strings.Index(raw, "a@x")), End: int64(strings.Index(raw, "d@w") + 3)}
		for name, r := range map[string]*Record{
			"memory": {Msg: m, Raw: []byte(raw)},
			"file":   {Msg: message.ParseReader(strings.NewReader(raw), int64(len(raw)))},
		} {
			lines, more := r.excerpts(lint.Evidence{Where: "To", Span: span})
			if !more || len(lines) != 3 || fmt.Sprint(lines[0]) != "{2 To: a@x, 4 8}" || fmt.Sprint(lines[2]) != "{4  c@z, 1 5}" {
				t.Errorf("%q, %s: %v %v", eol, name, lines, more)
			}
		}
	}
	r := &Record{Msg: message.Parse([]byte("A: 1\n\n")), Raw: []byte("A: 1\n\n")}
	for _, s := range []message.Span{{}, {Start: -1, End: 3}, {Start: 100, End: 200}, {Start: 3, End: 2}} {
		if lines, _ := r.excerpts(lint.Evidence{Span: s}); lines != nil {
			t.Errorf("%v: %v", s, lines)
		}
	}
	if lines, _ := r.excerpts(lint.Evidence{Span: message.Span{Start: 3, End: 1 << 40}}); len(lines) != 1 {
		t.Errorf("%v", lines)
	}
}

func TestColumnsOf(t *testing.T) {
	days := map[string]int{"2025-01-30": 2, "2025-02-02": 4, "": 7}
	list, title, most := columnsOf(days)
	if title != "day" || len(list) != 4 || most != 4 || list[0].Height != 50 || list[1].N != 0 {
		t.Errorf("%v %s %d", list, title, most)
	}
	for last, want := range map[string]string{"2025-12-31": "month", "2040-01-01": "year", "9999-01-01": "year"} {
		if _, title, _ := columnsOf(map[string]int{"2025-01-30": 2, last: 1}); title != want {
			t.Errorf("until %s: %s, want %s", last, title, want)
		}
	}
	if list, _, _ := columnsOf(map[string]int{"": 1}); list != nil {
		t.Error(list)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add(nasty)
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Escape(s) {
			if harmful(r) {
				t.Fatalf("%U gets through", r)
			}
		}
		for _, r := range string(appendJSON(nil, s)) {
			if harmful(r) {
				t.Fatalf("%U gets through JSON", r)
			}
		}
	})
}
