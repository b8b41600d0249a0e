package gate

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/notify"
)

// hookServer is a webhook that answers as it is told.
type hookServer struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	wait   chan struct{} // nil: it answers at once
	got    []notify.Event
}

func newHookServer(t *testing.T) *hookServer {
	t.Helper()
	s := &hookServer{status: 200}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e notify.Event
		err := json.NewDecoder(r.Body).Decode(&e)
		s.mu.Lock()
		wait, status := s.wait, s.status
		if err == nil && status == 200 {
			s.got = append(s.got, e)
		}
		s.mu.Unlock()
		if wait != nil {
			<-wait
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *hookServer) answers(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// kinds are those of the events that were taken, in order.
func (s *hookServer) kinds() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, e := range s.got {
		out = append(out, e.Kind)
	}
	return out
}

// withHook is a house whose webhook is a server's.
func withHook(t *testing.T, s *hookServer) *house {
	t.Helper()
	h := newHouse(t, "")
	hook, err := notify.NewWebhook(s.URL, nil, nil, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	h.current.Load().hook = hook
	return h
}

// An alarm and the daily report reach the webhook, once each; while it is out
// of order they wait and are sent later, in order.
func TestHook(t *testing.T) {
	s := newHookServer(t)
	h := withHook(t, s)
	h.alarm("one", "id-1", "first")
	h.sendHooks(t.Context())
	if want := []string{"one"}; !slices.Equal(s.kinds(), want) {
		t.Fatalf("%q", s.kinds())
	}
	if e := s.got[0]; e.Version != 1 || e.Event != "alarm" || e.Text != "first" || e.ID != "id-1" || e.Node != "mx.ours.example" || e.Organization != "House" || e.Delivery == "" || !e.Time.Equal(h.clock.Now()) {
		t.Errorf("%+v", e)
	}
	s.answers(503)
	h.Alarm("two", "second")
	h.Alarm("three", "third")
	for range 5 {
		h.sendHooks(t.Context())
	}
	s.answers(200)
	h.sendHooks(t.Context())
	if len(s.kinds()) != 1 {
		t.Errorf("tried again at once: %q", s.kinds())
	}
	h.clock.advance(hookSlowest)
	h.sendHooks(t.Context())
	if have := s.kinds(); len(have) != 3 {
		t.Errorf("%q", have)
	}
	h.upkeep(t.Context())
	h.pass(1)
	h.flush(t.Context())
	h.nextMorning()
	h.upkeep(t.Context())
	h.sendHooks(t.Context())
	if e := s.got[len(s.got)-1]; e.Event != "report" || e.Text != "0 findings in 1 messages, canary 0 of 0" {
		t.Errorf("the report: %+v", e)
	}
}

// What a webhook refuses is not sent again; what it never takes ends; too much
// is given up from its oldest end, and the next one says so.
func TestHookBounds(t *testing.T) {
	s := newHookServer(t)
	h := withHook(t, s)
	s.answers(404)
	h.Alarm("refused", "x")
	h.sendHooks(t.Context())
	if n := len(h.hooks.queued()); n != 0 {
		t.Errorf("%d wait after a refusal", n)
	}
	s.answers(500)
	for i := range 3 * mostHooked {
		h.Alarm(fmt.Sprint("kind ", i), "x")
	}
	if n := len(h.hooks.queued()); n != mostHooked {
		t.Errorf("%d wait", n)
	}
	for range 300 { // a day and more
		h.clock.advance(hookSlowest)
		h.sendHooks(t.Context())
	}
	if n := len(h.hooks.queued()); n != 0 {
		t.Errorf("%d wait after a day", n)
	}
	s.answers(200)
	h.Alarm("alive", "x")
	h.sendHooks(t.Context())
	if have := s.got; len(have) != 1 || have[0].Kind != "alive" || have[0].Dropped != 1+3*mostHooked {
		t.Errorf("%+v", have)
	}
}

// A webhook that does not answer keeps no mail and no alarm waiting.
func TestHookNeverBlocks(t *testing.T) {
	s := newHookServer(t)
	s.wait = make(chan struct{})
	h := withHook(t, s)
	h.Alarm("one", "x")
	done := make(chan struct{})
	go func() { h.sendHooks(t.Context()); close(done) }()
	start := time.Now()
	for i := range 200 {
		h.Alarm(fmt.Sprint("kind ", i), "x")
	}
	if h.heldBy("plain") || time.Since(start) > 10*time.Second {
		t.Errorf("mail waited %s", time.Since(start))
	}
	h.step(0)
	if len(h.says("postmaster@ours.example")) == 0 {
		t.Error("the mail about an alarm waits for the webhook")
	}
	close(s.wait)
	<-done
}

// Where others fill the queue while an event is on its way in vain, the oldest
// is given up, and the metric counts it.
func TestHookGivenUpOnItsWay(t *testing.T) {
	s := newHookServer(t)
	s.wait = make(chan struct{})
	s.answers(503)
	h := withHook(t, s)
	dropped := 0
	h.o.Observer.Hook = func(result string) {
		if result == "dropped" {
			dropped++
		}
	}
	h.tell("alarm", "first", "", "x")
	done := make(chan struct{})
	go func() { h.sendHooks(t.Context()); close(done) }()
	mailtest.Await(t, 10*time.Second, "it is not on its way", func() bool { return len(h.hooks.queued()) == 0 })
	for i := range mostHooked {
		h.tell("alarm", fmt.Sprint("kind ", i), "", "x")
	}
	close(s.wait)
	<-done
	if q := h.hooks.queued(); dropped != 1 || len(q) != mostHooked || q[0].Kind != "kind 0" || h.hooks.dropped != 1 {
		t.Errorf("%d counted, %d told, %d wait, first %q", dropped, h.hooks.dropped, len(q), q[0].Kind)
	}
}

// A program that is stopped tells first what it alone would have told: another
// node believes that it was.
func TestLastWords(t *testing.T) {
	s := newHookServer(t)
	h := withHook(t, s)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	h.Alarm("late", "the last one")
	h.Run(ctx)
	if !slices.Contains(s.kinds(), "late") || !slices.ContainsFunc(h.says("postmaster@ours.example"), func(s string) bool { return strings.Contains(s, "the last one") }) {
		t.Errorf("%q %q", s.kinds(), h.says("postmaster@ours.example"))
	}
}
