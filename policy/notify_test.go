package policy

import (
	"strings"
	"testing"
	"time"
)

// A webhook's address may stand in the policy, or where a secret does; in clear
// it is only for this machine, and it never holds a password.
func TestWebhook(t *testing.T) {
	t.Setenv("HOOK", "https://hooks.example.com/T0/secret")
	t.Setenv("HOOK_CLEAR", "http://hooks.example.com/")
	for text, want := range map[string]string{
		"https://hooks.example.com/x":         "https://hooks.example.com/x",
		"http://127.0.0.1:8080/x":             "http://127.0.0.1:8080/x",
		"http://localhost/x":                  "http://localhost/x",
		"http://[::1]:9/x":                    "http://[::1]:9/x",
		"${HOOK}":                             "https://hooks.example.com/T0/secret",
		"${HOOK_CLEAR}":                       "",
		"http://hooks.example.com/x":          "",
		"http://127.0.0.1.example.com/x":      "",
		"https://user:secret@example.com/x":   "",
		"ftp://example.com/":                  "",
		"hooks.example.com":                   "",
		"https://":                            "",
		"file:///etc/passwd":                  "",
		"javascript:alert(1)":                 "",
		"https://hooks.example.com/${NOSUCH}": "",
	} {
		p, err := Parse("x.yaml", []byte("version: 1\nnotify: {webhook: {url: \""+text+"\"}}\n"), testRules)
		switch {
		case want == "":
			if err == nil {
				t.Errorf("%s is taken", text)
			} else if strings.Contains(err.Error(), "T0") || strings.Contains(err.Error(), "user:") {
				t.Errorf("%s: the message tells it: %v", text, err)
			}
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case p.Notify.Webhook.URL.Reveal() != want || p.Notify.Webhook.Timeout != 10*time.Second:
			t.Errorf("%s: %+v", text, p.Notify.Webhook)
		}
	}
}
