package monitor

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, path, accept string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", accept)
	h.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(b)
}

func TestReady(t *testing.T) {
	m := New("test", "store", "release")
	h := m.Handler(false)
	if code, body := get(t, h, "/readyz", ""); code != 503 || !strings.Contains(body, "store: not started yet") {
		t.Errorf("before the start: %d %q", code, body)
	}
	if m.Set("store", nil) {
		t.Error("a good start is no news")
	}
	if !m.Set("release", errors.New("smtp.example:25 refuses MAIL")) {
		t.Error("trouble at the start is news")
	}
	if code, body := get(t, h, "/readyz", ""); code != 503 || body != "not ready: release: smtp.example:25 refuses MAIL\n" {
		t.Errorf("%d %q", code, body)
	}
	if m.Set("release", errors.New("smtp.example:25 refuses MAIL")) {
		t.Error("the same trouble again is no news")
	}
	if code, body := get(t, h, "/readyz", "application/json"); code != 503 || !strings.Contains(body, `"part":"release"`) {
		t.Errorf("%d %q", code, body)
	}
	if _, body := get(t, h, "/metrics", ""); !strings.Contains(body, "maillint_ready 0") {
		t.Error("maillint_ready is not 0 while something is wrong")
	}
	if !m.Set("release", nil) {
		t.Error("the end of trouble is news")
	}
	if code, body := get(t, h, "/readyz", ""); code != 200 || body != "ready\n" {
		t.Errorf("%d %q", code, body)
	}
	if _, body := get(t, h, "/metrics", ""); !strings.Contains(body, "maillint_ready 1") {
		t.Error("maillint_ready is not 1 when all is well")
	}
}

// Notes are told whether we are ready or not, and change nothing about that.
func TestNotes(t *testing.T) {
	m := New("test", "store")
	h := m.Handler(false)
	m.Note("brakes", "BRAKE: all")
	m.Note("canary", "canary: 12 of 12")
	if code, body := get(t, h, "/readyz", ""); code != 503 || body != "not ready: store: not started yet\nBRAKE: all\ncanary: 12 of 12\n" {
		t.Errorf("%d %q", code, body)
	}
	m.Set("store", nil)
	m.Note("canary", "")
	if code, body := get(t, h, "/readyz", ""); code != 200 || body != "ready\nBRAKE: all\n" {
		t.Errorf("%d %q", code, body)
	}
	if code, body := get(t, h, "/readyz", "application/json"); code != 200 || body != `{"notes":["BRAKE: all"],"ready":true,"trouble":[]}`+"\n" {
		t.Errorf("%d %q", code, body)
	}
}

func TestProfilesOnRequestOnly(t *testing.T) {
	m := New("test")
	if code, _ := get(t, m.Handler(false), "/debug/pprof/", ""); code != 404 {
		t.Errorf("profiles without being asked for: %d", code)
	}
	if code, _ := get(t, m.Handler(true), "/debug/pprof/", ""); code != 200 {
		t.Errorf("no profiles: %d", code)
	}
}

func TestHeldIsAskedAtEveryScrape(t *testing.T) {
	m := New("test")
	list, fail := []HeldNow{{Disposition: "approve", Count: 3, Oldest: 90_000, Hour: 2, Day: 1}}, error(nil)
	if err := m.Register(Held(func() ([]HeldNow, error) { return list, fail }, m.StoreErrors)); err != nil {
		t.Fatal(err)
	}
	_, body := get(t, m.Handler(false), "/metrics", "")
	for _, want := range []string{
		`maillint_held_messages{disposition="approve"} 3`, `maillint_held_oldest_seconds{disposition="approve"} 90000`,
		`maillint_held_older_messages{age="1d",disposition="approve"} 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	fail = errors.New("disk")
	get(t, m.Handler(false), "/metrics", "")
	if _, body := get(t, m.Handler(false), "/metrics", ""); strings.Contains(body, "maillint_held_messages{") || strings.Contains(body, "maillint_store_errors_total 0\n") {
		t.Errorf("a store that fails is not told")
	}
}
