package rewrite

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"io"

	"maillint/message"
)

const stampText = "From: a@ours.example\r\nTo: b@x.example\r\nSubject: one\r\n  two\r\nMessage-ID: <1@ours.example>\r\nX-Other: x\r\n\r\nHello \t world  \r\n\r\n \r\n"

var (
	stampKeys = Keys{{"k2", []byte("0123456789abcdef0123456789abcdef")}, {"k1", []byte("fedcba9876543210fedcba9876543210")}}
	stampTime = time.Unix(1764000000, 0)
)

func addresses(list ...string) []message.Address {
	var out []message.Address
	for _, s := range list {
		a, _ := message.ParseAddress(s)
		out = append(out, a)
	}
	return out
}

func stamp(t *testing.T, keys Keys, raw string, to ...string) string {
	t.Helper()
	field, err := keys.Sign(message.Parse([]byte(raw)), addresses(to...), Stamp{Time: stampTime, ID: "01abc", Policy: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	return string(field) + raw
}

// Each thing that can be done to a stamped message gets its verdict.
func TestStampVerdicts(t *testing.T) {
	good := stamp(t, stampKeys, stampText, "b@x.example", "C@X.example")
	replace := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("no %q", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	field, _, _ := strings.Cut(good, "From: ")
	to := addresses("c@x.example", "b@x.example")
	seen := Verification{Recipients: to, Envelope: true, Now: stampTime.Add(time.Hour)}
	for _, tt := range []struct {
		name, raw string
		keys      Keys
		v         Verification
		want      StampVerdict
	}{
		{"as it left", good, stampKeys, seen, StampValid},
		{"no stamp", stampText, stampKeys, seen, StampMissing},
		{"another field added", "Received: from x\r\n" + good, stampKeys, seen, StampValid},
		{"a field that is not covered", replace("X-Other: x", "X-Other: y"), stampKeys, seen, StampValid},
		{"folded anew", replace("; t=", ";\r\n t="), stampKeys, seen, StampValid},
		{"blanks at line ends", replace("world  ", "world"), stampKeys, seen, StampValid},
		{"line ends of an archive", strings.ReplaceAll(good, "\r\n", "\n"), stampKeys, seen, StampValid},
		{"body changed", replace("Hello", "Hallo"), stampKeys, seen, StampBody},
		{"copied onto another message", field + strings.Replace(stampText, "Hello", "Buy", 1), stampKeys, seen, StampBody},
		{"subject changed", replace("Subject: one", "Subject: two"), stampKeys, seen, StampForged},
		{"second To", "To: d@x.example\r\n" + good, stampKeys, seen, StampForged},
		{"recipient added", good, stampKeys, Verification{Recipients: addresses("b@x.example", "c@x.example", "d@x.example"), Envelope: true, Now: stampTime}, StampRecipients},
		{"recipient taken out", good, stampKeys, Verification{Recipients: addresses("b@x.example"), Envelope: true, Now: stampTime}, StampRecipients},
		{"archive: no envelope", good, stampKeys, Verification{}, StampValid},
		{"eight days", good, stampKeys, Verification{Recipients: to, Envelope: true, Now: stampTime.Add(8 * 24 * time.Hour)}, StampExpired},
		{"from the future", good, stampKeys, Verification{Recipients: to, Envelope: true, Now: stampTime.Add(-2 * time.Hour)}, StampExpired},
		{"the key is second now", good, Keys{stampKeys[1], stampKeys[0]}, seen, StampValid},
		{"the key was taken out", good, stampKeys[1:], seen, StampForged},
		{"another secret under the name", good, Keys{{"k2", stampKeys[1].Secret}}, seen, StampForged},
		{"number raised", replace("n=2", "n=3"), stampKeys, seen, StampForged},
		{"time moved", replace("t=1764", "t=1765"), stampKeys, seen, StampForged},
		{"rubbish", StampField + ": v=1;;;=;b\r\n" + stampText, stampKeys, seen, StampForged},
		{"rubbish before the good one", StampField + ": v=1\r\n" + good, stampKeys, seen, StampValid},
	} {
		if got, _ := tt.keys.Verify(message.Parse([]byte(tt.raw)), tt.v); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestStampSaysWhatItSays(t *testing.T) {
	_, s := stampKeys.Verify(message.Parse([]byte(stamp(t, stampKeys, stampText, "b@x.example"))), Verification{})
	if s != (Stamp{Key: "k2", Time: stampTime, ID: "01abc", Recipients: 1, Policy: "p1"}) {
		t.Errorf("%+v", s)
	}
	if _, err := (Keys{}).Sign(message.Parse([]byte(stampText)), nil, Stamp{}); err == nil {
		t.Error("a stamp without a key")
	}
	if _, err := stampKeys.Sign(message.Parse([]byte(stampText)), nil, Stamp{ID: "a; n=5"}); err == nil {
		t.Error("an ID that ends its tag")
	}
}

func TestStampKeysAreChecked(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 16)
	for _, bad := range []Keys{{{"", long}}, {{"a b", long}}, {{"a;b", long}}, {{"a", long[:15]}}, {{"a", long}, {"a", long}}} {
		if bad.Check() == nil {
			t.Errorf("%v: accepted", bad[0].ID)
		}
	}
	if err := stampKeys.Check(); err != nil {
		t.Error(err)
	}
}

// The relaxed form is that of RFC 6376, 3.4.4 and 3.4.5, however the octets
// come in.
func TestRelaxed(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"\r\n\r\n":                         "",
		" \r\n\t\r\n":                      "",
		" C \r\nD \t E\r\n\r\n\r\n":        " C\r\nD E\r\n",
		"no end":                           "no end\r\n",
		"a\nb\n\n":                         "a\r\nb\r\n",
		"a\r\n\r\nb":                       "a\r\n\r\nb\r\n",
		"bare \r cr \r\r\n":                "bare \r cr \r\r\n",
		"\r\n  indented\r\n" + "x\t\t\r\n": "\r\n indented\r\nx\r\n",
	} {
		for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
			var out bytes.Buffer
			w := newRelaxed(&out)
			if _, err := io.Copy(w, r); err != nil {
				t.Fatal(err)
			}
			w.end()
			if out.String() != want {
				t.Errorf("%q: %q, want %q", in, out.String(), want)
			}
		}
	}
}
