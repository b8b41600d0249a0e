// Package monitor is what a running maillint tells about itself: whether it
// lives and is ready, and its numbers for Prometheus. It is served on a
// listener of its own, on loopback.
package monitor

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Monitor gathers what is to be told. It is safe for concurrent use.
type Monitor struct {
	Metrics
	registry *prometheus.Registry

	mu    sync.Mutex
	state map[string]state
	wait  map[string]bool
	notes map[string]string
	now   func() time.Time
}

// state is one part's word about itself.
type state struct {
	err   error
	since time.Time
}

// New makes a monitor. It is not ready before each of the named parts has said
// that it is.
func New(version string, parts ...string) *Monitor {
	m := &Monitor{registry: prometheus.NewRegistry(), state: map[string]state{}, wait: map[string]bool{}, notes: map[string]string{}, now: time.Now}
	for _, p := range parts {
		m.wait[p] = true
	}
	m.Metrics = newMetrics(m.registry, version)
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "maillint_ready", Help: "1 where /readyz says ready, else 0.",
	}, func() float64 {
		if len(m.Unready()) == 0 {
			return 1
		}
		return 0
	}))
	return m
}

// Set takes in a part's word: nil where it works, else what is wrong, in words
// that may be shown to an administrator. It tells whether that is news.
func (m *Monitor) Set(part string, err error) (changed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.wait, part)
	was, known := m.state[part]
	if known && text(was.err) == text(err) {
		return false
	}
	m.state[part] = state{err, m.now()}
	return known || err != nil
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Trouble is a part that is not ready, and why.
type Trouble struct {
	Part  string    `json:"part"`
	Text  string    `json:"error"`
	Since time.Time `json:"since,omitzero"`
}

// Trouble is what a part has said last: nil where it works, or has said nothing.
func (m *Monitor) Trouble(part string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state[part].err
}

// Unready lists the parts that keep us from being ready, by name.
func (m *Monitor) Unready() []Trouble {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Trouble
	for part := range m.wait {
		out = append(out, Trouble{Part: part, Text: "not started yet"})
	}
	for part, s := range m.state {
		if s.err != nil {
			out = append(out, Trouble{part, s.err.Error(), s.since.UTC()})
		}
	}
	slices.SortFunc(out, func(a, b Trouble) int { return strings.Compare(a.Part, b.Part) })
	return out
}

// Note has /readyz tell something that does not keep us from being ready, under
// a name. An empty text takes it back.
func (m *Monitor) Note(name, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.notes[name] = text; text == "" {
		delete(m.notes, name)
	}
}

// notesNow are the notes, by name.
func (m *Monitor) notesNow() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := []string{}
	for _, name := range slices.Sorted(maps.Keys(m.notes)) {
		out = append(out, m.notes[name])
	}
	return out
}

// Register adds a collector of the caller's own.
func (m *Monitor) Register(c prometheus.Collector) error {
	if err := m.registry.Register(c); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

// Handler serves /healthz, /readyz and /metrics, and /debug/pprof where
// profiles are asked for.
func (m *Monitor) Handler(profiles bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", m.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	if profiles {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// ready answers 200 "ready", or 503 with what is wrong, and the notes: text, or
// JSON where that is asked for.
func (m *Monitor) ready(w http.ResponseWriter, r *http.Request) {
	trouble, notes := m.Unready(), m.notesNow()
	asJSON := strings.Contains(r.Header.Get("Accept"), "application/json")
	if asJSON {
		w.Header().Set("Content-Type", "application/json")
	} else {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	if len(trouble) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	switch {
	case asJSON:
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(trouble) == 0, "trouble": append([]Trouble{}, trouble...), "notes": notes})
		return
	case len(trouble) == 0:
		fmt.Fprintln(w, "ready")
	}
	for _, t := range trouble {
		fmt.Fprintf(w, "not ready: %s: %s\n", t.Part, t.Text)
	}
	for _, n := range notes {
		fmt.Fprintln(w, n)
	}
}
