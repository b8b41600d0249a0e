package secret

import (
	"strings"
	"testing"
	"time"

	"maillint/internal/cputime"
)

var hostile = map[string]string{
	"passwords": strings.Repeat("password: ", 100_000),
	"lines":     strings.Repeat("パスワード\n", 60_000),
	"ids":       strings.Repeat("id: a\n", 170_000) + "password: Abc12345",
	"pairs":     strings.Repeat("ID: taro1\nPW: \n", 60_000),
	"begins":    strings.Repeat("BEGIN PRIVATE KEY-----\n", 45_000),
	"prefixes":  strings.Repeat("AKIA", 1<<18),
	"base64":    strings.Repeat("Ab3dEf7hIj", 100_000),
	"links":     strings.Repeat("https://a:b", 90_000) + "@",
	"use":       strings.Repeat("use abcd1 ", 100_000),
	"open":      strings.Repeat("to open ", 130_000),
	"one line":  strings.Repeat("pw=", 350_000),
	"putty":     strings.Repeat("PuTTY-User-Key-File-", 50_000),
	"keys":      strings.Repeat("sk-AKIAghp_", 90_000),
}

// Time stays in proportion to the text.
func TestHostileTextsEnd(t *testing.T) {
	for name, text := range hostile {
		took := cputime.Of(func() {
			Keys(text)
			LogIns(text, true)
			FilePasswords(text)
		})
		if took > 8*time.Second {
			t.Errorf("%s: %v for %d octets", name, took, len(text))
		} else if testing.Verbose() {
			t.Logf("%s: %v", name, took)
		}
	}
}

func BenchmarkLetter(b *testing.B) {
	text := strings.Repeat("Dear colleagues,\n\nthe meeting is on Tuesday, and the room is as always. Please bring the drafts.\n\n", 40)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Keys(text)
		LogIns(text, false)
	}
}

func FuzzSecrets(f *testing.F) {
	for _, s := range []string{"ID：a\nパスワード：b1234", "password is X1y2", "PW:「abc1」", "-----BEGIN PRIVATE KEY-----\nAAAA", "use abc1 to open", "a://b:cde@f", "パスワードは下記\n\nabc123"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, list := range [][]Secret{Keys(s), LogIns(s, true), LogIns(s, false), FilePasswords(s), Tables(s), Sheet([][]string{{"ID", "password"}, {s, s}})} {
			for _, x := range list {
				if !strings.Contains(x.Mask, "*") {
					t.Errorf("%q is not masked", x.Mask)
				}
			}
		}
	})
}
