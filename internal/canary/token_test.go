package canary

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"maillint/policy"
)

func taker(t *testing.T, p *policy.Policy, now *time.Time) *Taker {
	t.Helper()
	out := NewTaker(func() *policy.Policy { return p })
	out.now = func() time.Time { return *now }
	return out
}

func local(token string) string { return strings.TrimSuffix(token, "@"+Domain) }

// A token is good once, for a minute, at its listener, with its key, and for
// the reverse-path that it was made for.
func TestToken(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	tk := taker(t, parsed(t, "example.ac.jp"), &now)
	fresh := func() string { return local(Token(tk.Key(), "submission", "sato@example.ac.jp", now)) }
	path, id, err := tk.Take("submission", fresh())
	if err != nil || path.Address.String() != "sato@example.ac.jp" || id.Address.String() != "maillint-canary@example.ac.jp" || id.Trust != policy.Authenticated {
		t.Fatalf("%v %v %v", path, id, err)
	}
	if path, _, err := tk.Take("submission", local(Token(tk.Key(), "submission", "", now))); err != nil || !path.Address.IsZero() {
		t.Errorf("null reverse-path: %v %v", path, err)
	}
	used := fresh()
	if _, _, err := tk.Take("submission", used); err != nil {
		t.Fatal(err)
	}
	flip := func(s string, i int) string {
		b := []byte(s)
		if b[i]++; b[i] > 'y' {
			b[i] = 'a'
		}
		return string(b)
	}
	whole := fresh()
	for name, c := range map[string]struct {
		local, listener string
		want            error
	}{
		"again":            {used, "submission", ErrUsed},
		"another listener": {fresh(), "front", ErrKey},
		"another key":      {local(Token([]byte("0123456789abcdef"), "submission", "sato@example.ac.jp", now)), "submission", ErrKey},
		"its time changed": {flip(whole, len(prefix)+2), "submission", ErrKey},
		"its path changed": {flip(whole, len(whole)-2), "submission", ErrKey},
		"cut short":        {whole[:len(prefix)+20], "submission", ErrToken},
		"empty":            {prefix, "submission", ErrToken},
		"no prefix":        {"sato", "submission", ErrToken},
		"not base64":       {prefix + strings.Repeat("=", 40), "submission", ErrToken},
		"old":              {local(Token(tk.Key(), "submission", "", now.Add(-time.Minute))), "submission", ErrExpired},
		"of the future":    {local(Token(tk.Key(), "submission", "", now.Add(time.Minute))), "submission", ErrExpired},
	} {
		if _, _, err := tk.Take(c.listener, c.local); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	now = now.Add(2 * time.Minute)
	if _, _, err := tk.Take("submission", used); !errors.Is(err, ErrExpired) {
		t.Errorf("a used token, later: %v", err)
	}
	if _, _, err := tk.Take("submission", fresh()); err != nil || len(tk.used) != 1 {
		t.Errorf("what has expired is still remembered: %d (%v)", len(tk.used), err)
	}
}

func TestAdmits(t *testing.T) {
	p := parsed(t, "example.ac.jp")
	p.Canary.From = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	tk := NewTaker(func() *policy.Policy { return p })
	for a, want := range map[string]bool{"192.0.2.7": true, "::ffff:192.0.2.7": true, "192.0.3.7": false, "::1": false} {
		if tk.Admits(netip.MustParseAddr(a)) != want {
			t.Errorf("%s: %v", a, !want)
		}
	}
}

func FuzzTake(f *testing.F) {
	p := parsed(f, "example.ac.jp")
	tk := NewTaker(func() *policy.Policy { return p })
	f.Add(local(Token(tk.Key(), "a", "b@example.ac.jp", time.Now())))
	f.Add(prefix)
	f.Fuzz(func(t *testing.T, s string) {
		if _, _, err := tk.Take("somebody else's", s); err == nil {
			t.Errorf("taken: %q", s)
		}
	})
}
