package secret

import (
	"reflect"
	"strings"
	"testing"
)

// A look that rules a text out never rules out what its pattern matches.
func FuzzLooks(f *testing.F) {
	for _, s := range []string{"pass word: x", "PAſSWORD", "\u212aennwort", "ﾊﾟｽﾜｰﾄﾞ", "解凍キー", "uſer name", "Benutzer", "log-in", "ユーザー名", "api key = abcdefghij0123456789", "Bearer abcdefghij0123456789", "client_ſecret: abcdefghijklmnopqrst", "トークンはabcdefghij0123456789", "AKIA0123456789ABCDEF",
		"パスワードとPW", "pass pass pass pass pass", "ID/PW: user1 / pass1", "ID and Password: taro abcd1234", "ユーザー名とパスワード：taro1 / abcd1", "login & pass= taro1,abcd1", "account AND  PW: a1 / b234", "passed password PASS_1 pass", "p/wパス解凍用のキー", "「abcd」で解凍", "解凍するときは「abcd」", "password for it: abcdef", "use abcd to open", "opens with abcd", "using the key abcdef as a password", "enter abcd1 as passcode", "type “abcd” as the key", "with\tabcd to view", "to decrypt it, type abcd", "protected by: abcd", "uſe abcd aſ paſſword", "key in abcd as \u212aey", " of the archive is ", ": ", " is: ", "cfg.pass", "f(x)", "$PASS", "%PASS%", "a->b["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if (passwordLabel.MatchString(s) || both.MatchString(s)) && !labelWords.In(s) {
			t.Errorf("labelWords rule %q out", s)
		}
		if idLabel.MatchString(s) && !idWords.In(s) {
			t.Errorf("idWords rule %q out", s)
		}
		if labelled.MatchString(s) && !keyWords.In(s) {
			t.Errorf("keyWords rule %q out", s)
		}
		if got, want := passwordLabels(s), passwordLabel.FindAllStringIndex(s, 4); !reflect.DeepEqual(got, want) {
			t.Errorf("passwordLabels(%q) = %v, want %v", s, got, want)
		}
		if got, want := somethingIn(s), ofSomething.FindStringIndex(s); !reflect.DeepEqual(got, want) {
			t.Errorf("somethingIn(%q) = %v, want %v", s, got, want)
		}
		if both.MatchString(s) && bothOn(s) == nil {
			t.Errorf("bothOn rules %q out", s)
		}
		for _, way := range reversals {
			if way.re.MatchString(s) && (!hasRun(s, 4) || !way.words.In(s) || !reverseWords.In(s)) {
				t.Errorf("%q is ruled out for %v", s, way.re)
			}
		}
		if step.MatchString(s) && !strings.HasPrefix(s, " ") {
			t.Errorf("a step %q begins without a blank", s)
		}
		if programText.MatchString(s) && !strings.ContainsAny(s, programSigns) {
			t.Errorf("programSigns rule %q out", s)
		}
		for at, want := longRun(s, 0), slowRun(s, 0); at >= 0 || want >= 0; at, want = longRun(s, at+asciiRun(s[at:])), slowRun(s, want+asciiRun(s[want:])) {
			if at != want {
				t.Fatalf("%q: a run at %d, want %d", s, at, want)
			}
		}
	})
}

func slowRun(s string, at int) int {
	for at < len(s) {
		n := asciiRun(s[at:])
		if n >= shortestKey {
			return at
		}
		at += n + 1
	}
	return -1
}

// FuzzLabelled: line by line the keys are those of the whole text.
func FuzzLabelled(f *testing.F) {
	f.Add("api key: 8f3a1c9e7b2d4f6a0c5e\nsecret\n=8f3a1c9e7b2d4f6a0c5e token: Bearer k7Gh2LmPq9RtVx3ZbN5c\n\nx")
	f.Fuzz(func(t *testing.T, s string) {
		var want []Secret
		if mayBeLabelled(s) {
			for _, loc := range labelled.FindAllStringSubmatchIndex(s, mostSecrets) {
				want = labelledAt(s, loc[0], loc[4], loc[5], 0, want)
			}
		}
		got := labelledKeys(s, nil)
		if len(got) != len(want) {
			t.Fatalf("%q: %v, want %v", s, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%q: %v, want %v", s, got, want)
			}
		}
	})
}
