package policy

import (
	"strings"
	"testing"
	"time"
)

func TestCanarySection(t *testing.T) {
	files := map[string]string{"canary.key": "0123456789abcdef\n", "short.key": "x"}
	p, err := parse("rules.yaml", []byte("version: 1\ncanary: {every: 30s, key: file:canary.key, from: [192.0.2.0/24, 2001:db8::1]}\n"), testRules, inMemory(files))
	if err != nil || p.Canary.Every != 30*time.Second || p.Canary.Key.Reveal() != "0123456789abcdef" || len(p.Canary.From) != 2 {
		t.Errorf("%+v %v", p, err)
	}
	if p, err = parse("rules.yaml", []byte("version: 1\n"), testRules, inMemory(nil)); err != nil || p.Canary.Every != 5*time.Minute {
		t.Errorf("without a word: %v %v", p.Canary.Every, err)
	}
	for text, want := range map[string]string{
		"{every: 2h}":                                "rules.yaml:2:17: canary.every: must be from 1s to 1h (write it like 5m)",
		"{every: 0s}":                                "want a stretch of time",
		"{key: secret-in-clear-text}":                "a secret must not stand in the policy",
		"{key: file:short.key}":                      "canary.key: shorter than 16 characters",
		"{from: [192.0.2.1]}":                        "from is of no use without a key that both sides have",
		"{from: [everywhere], key: file:canary.key}": `"everywhere" is no network`,
		"{from: [0.0.0.0/0], key: file:canary.key}":  "is every machine there is",
		"{evry: 5m}":                                 `unknown key "evry" (did you mean "every"?)`,
	} {
		_, err := parse("rules.yaml", []byte("version: 1\ncanary: "+text+"\n"), testRules, inMemory(files))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
