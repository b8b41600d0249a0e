package notify

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// receiver is a webhook's server that answers as it is told, with the
// requests it had.
type receiver struct {
	*httptest.Server
	status   int
	requests []*http.Request
	bodies   [][]byte
}

func newReceiver(t *testing.T, status int) *receiver {
	t.Helper()
	r := &receiver{status: status}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		r.requests, r.bodies = append(r.requests, q), append(r.bodies, b)
		if r.status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

// ca is the certificate by which the receiver is known.
func (r *receiver) ca() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate().Raw})
}

func TestWebhook(t *testing.T) {
	r := newReceiver(t, 204)
	w, err := NewWebhook(r.URL+"/hook", []byte("s3cret"), r.ca(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	e := Event{Version: 1, Event: "alarm", Delivery: "d1", Kind: "busy exposed-recipients", Text: "text", Node: "mx1", Organization: "例大学", Time: at}
	if err := w.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	q := r.requests[0]
	if q.Method != "POST" || q.URL.Path != "/hook" || q.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s %v", q.Method, q.URL, q.Header)
	}
	if have, want := q.Header.Get("X-Maillint-Signature"), Sign([]byte("s3cret"), q.Header.Get("X-Maillint-Time"), r.bodies[0]); have != want {
		t.Errorf("signature %s, want %s", have, want)
	}
	if sent, err := strconv.ParseInt(q.Header.Get("X-Maillint-Time"), 10, 64); err != nil || time.Since(time.Unix(sent, 0)) > time.Minute {
		t.Errorf("time %q", q.Header.Get("X-Maillint-Time"))
	}
	var have Event
	if err := json.Unmarshal(r.bodies[0], &have); err != nil || have != e {
		t.Errorf("%s: %v", r.bodies[0], err)
	}
}

// The signature is of HMAC-SHA256 as any other program computes it:
// printf '1764057600.{"a":1}' | openssl dgst -sha256 -hmac s3cret
func TestSign(t *testing.T) {
	want := "v1=dfb530583db9fe8566f0fa10189882cfc46d12403dd4130354fd29b0b61f0b94"
	if have := Sign([]byte("s3cret"), "1764057600", []byte(`{"a":1}`)); have != want {
		t.Errorf("%s, want %s", have, want)
	}
}

// What is asked for again later, and what is not; a redirect is not followed.
func TestWebhookAnswers(t *testing.T) {
	for status, final := range map[int]bool{500: false, 503: false, 429: false, 408: false, 400: true, 401: true, 404: true, 301: true, 307: true, 308: true} {
		r := newReceiver(t, status)
		w, err := NewWebhook(r.URL, nil, r.ca(), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Send(t.Context(), Event{}); err == nil || errors.Is(err, ErrHookRefused) != final || len(r.requests) != 1 {
			t.Errorf("%d: %v after %d requests", status, err, len(r.requests))
		}
		if r.requests[0].Header.Get("X-Maillint-Signature") != "" {
			t.Error("signed without a secret")
		}
	}
}

// A server that nobody vouches for is told nothing; one that hangs, or talks
// without end, is left after the timeout.
func TestWebhookBounds(t *testing.T) {
	r := newReceiver(t, 200)
	w, err := NewWebhook(r.URL, nil, nil, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Send(t.Context(), Event{}); err == nil || errors.Is(err, ErrHookRefused) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a foreign certificate: %v", err)
	}
	if _, err := NewWebhook(r.URL, nil, []byte("no PEM"), time.Second); err == nil {
		t.Error("a file without a certificate is taken")
	}
	for name, talk := range map[string]http.HandlerFunc{
		"silent":  func(_ http.ResponseWriter, q *http.Request) { _, _ = io.Copy(io.Discard, q.Body); <-q.Context().Done() },
		"endless": func(w http.ResponseWriter, _ *http.Request) { endless(w) },
	} {
		s := httptest.NewServer(talk)
		w, err := NewWebhook(s.URL, nil, nil, 200*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_ = w.Send(context.Background(), Event{})
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
		s.CloseClientConnections()
		s.Close()
	}
}

func endless(w io.Writer) {
	for {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}
