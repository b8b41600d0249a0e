package rules

import (
	"testing"

	"maillint/lint"
)

// The next message to the same recipients tells the password of the file
// before; what it tells without such a file is nobody's business.
func TestPasswordFollows(t *testing.T) {
	head := "From: a@ours.example\nTo: b@out.example\nContent-Type: text/plain; charset=utf-8\n\n"
	for _, c := range []struct {
		name, text string
		before     bool
		want       string
		asks       bool // no store is read for mail that tells no password
	}{
		{"the password alone", "先ほどお送りしたファイルのパスワードです。\n\nTetsu#0307\n", true, "warning", true},
		{"in English", "The password for the archive is Harbour-2203.\n", true, "warning", true},
		{"without a file before", "先ほどお送りしたファイルのパスワードです。\n\nTetsu#0307\n", false, "none", true},
		{"of a log-in", "管理画面です。\nID: admin01\nPW: Kj8#mpQ2\n", true, "none", false},
		{"in a program", "password := os.Getenv(\"PASSWORD\")\n", true, "none", false},
		{"announced only", "パスワードは電話でお伝えします。\n", true, "none", false},
		{"another matter", "明日の会議は10時からです。\n", true, "none", false},
	} {
		org, _ := lint.NewOrg([]string{"ours.example"})
		asked := false
		facts := lint.NewFacts(stored(head+c.text), org)
		facts.Before.Locked = func() bool { asked = true; return c.before }
		found, err := lint.NewEngine(org, []lint.Entry{{Instance: PasswordInMessage.Default()}}).RunKnowing(facts)
		if err != nil {
			t.Fatal(err)
		}
		if got := worst(found); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if asked != c.asks {
			t.Errorf("%s: earlier mail was asked for: %v", c.name, asked)
		}
	}
}
