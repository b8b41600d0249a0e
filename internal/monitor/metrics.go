package monitor

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the numbers of a running maillint. Labels never hold anything
// that a message brings along.
type Metrics struct {
	// Transactions by listener and outcome: relayed, held, refused, failed.
	Transactions *prometheus.CounterVec
	// Verdicts by disposition, as carried out.
	Verdicts *prometheus.CounterVec
	// Findings by rule and by what they led to.
	Findings *prometheus.CounterVec
	// Judging is the time a verdict took, in seconds.
	Judging prometheus.Histogram
	// Duration is the time from MAIL to the reply to the final dot, in seconds.
	Duration *prometheus.HistogramVec
	// NextHopFailures by next hop: connections that failed or broke.
	NextHopFailures *prometheus.CounterVec
	// StoreErrors counts what the store could not do.
	StoreErrors prometheus.Counter
	// Releases by result: delivered, retried, failed, in doubt.
	Releases *prometheus.CounterVec
	// Notices by kind and result: accepted, refused, retried.
	Notices *prometheus.CounterVec
	// Alarms by kind.
	Alarms *prometheus.CounterVec
	// AlarmTime is when an alarm of a kind was last raised, in Unix seconds.
	AlarmTime *prometheus.GaugeVec
	// Connections that are open, by listener.
	Connections *prometheus.GaugeVec
	// Stamps by verdict, where they are looked at.
	Stamps *prometheus.CounterVec
	// Webhooks by result: delivered, retried, dropped.
	Webhooks *prometheus.CounterVec
	// Brakes by rule: until when it is only monitored, in Unix seconds.
	Brakes *prometheus.GaugeVec
	// CanaryRounds by result: passed, failed.
	CanaryRounds *prometheus.CounterVec
	// CanaryRound and CanaryPassed are when the last round was made, and the last
	// one without a fault, in Unix seconds. CanarySeconds is how long the last one took.
	CanaryRound, CanaryPassed, CanarySeconds prometheus.Gauge
	// CanaryFaults counts what has been wrong for two rounds or more.
	CanaryFaults prometheus.Gauge
	// CanaryRules by rule: 1 where the last round saw it at work or let it be on
	// purpose, else 0.
	CanaryRules *prometheus.GaugeVec
	// PolicyLoads by result: ok, failed.
	PolicyLoads *prometheus.CounterVec
	// PolicyTime is when the policy in force was loaded, in Unix seconds.
	PolicyTime prometheus.Gauge
}

func newMetrics(r prometheus.Registerer, version string) Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "maillint_" + name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "maillint_" + name, Help: help})
	}
	latency := []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	m := Metrics{
		Transactions:    counter("transactions_total", "SMTP transactions that reached the final dot or were refused before it, by outcome.", "listener", "outcome"),
		Verdicts:        counter("verdicts_total", "Judged messages by the disposition that was carried out.", "disposition"),
		Findings:        counter("findings_total", "Findings by rule and by the disposition they led to.", "rule", "disposition"),
		Judging:         prometheus.NewHistogram(prometheus.HistogramOpts{Name: "maillint_judging_seconds", Help: "Time to judge a message.", Buckets: latency}),
		Duration:        prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "maillint_transaction_seconds", Help: "Time from the final dot to the reply, by outcome.", Buckets: latency}, []string{"outcome"}),
		NextHopFailures: counter("next_hop_failures_total", "Connections to a next hop that failed or broke.", "next_hop"),
		StoreErrors:     prometheus.NewCounter(prometheus.CounterOpts{Name: "maillint_store_errors_total", Help: "What the store could not do."}),
		Releases:        counter("releases_total", "Recipients of released messages by result.", "result"),
		Notices:         counter("notices_total", "Notices by kind and result.", "kind", "result"),
		Alarms:          counter("alarms_total", "Alarms by kind.", "kind"),
		AlarmTime:       prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "maillint_alarm_timestamp_seconds", Help: "When an alarm was last raised, by kind."}, []string{"kind"}),
		Connections:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "maillint_connections", Help: "Open connections."}, []string{"listener"}),
		Stamps:          counter("stamps_total", "Stamps that were looked at, by verdict.", "verdict"),
		Webhooks:        counter("webhooks_total", "Events for the webhook by result.", "result"),
		Brakes:          prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "maillint_brake_until_timestamp_seconds", Help: "Until when a braked rule is only monitored."}, []string{"rule"}),
		CanaryRounds:    counter("canary_rounds_total", "Rounds of the canary by result.", "result"),
		CanaryRound:     gauge("canary_last_round_timestamp_seconds", "When the canary's last round was made."),
		CanaryPassed:    gauge("canary_last_passed_timestamp_seconds", "When the canary's last round without a fault was made."),
		CanarySeconds:   gauge("canary_round_seconds", "How long the canary's last round took."),
		CanaryFaults:    gauge("canary_faults", "What has been wrong for two rounds of the canary or more."),
		CanaryRules:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "maillint_canary_rule_ok", Help: "1 where the canary's last round saw the rule at work, or it is off on purpose."}, []string{"rule"}),
		PolicyLoads:     counter("policy_loads_total", "Policy loads by result.", "result"),
		PolicyTime:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "maillint_policy_loaded_timestamp_seconds", Help: "When the policy in force was loaded."}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "maillint_build_info", Help: "Always 1; the labels tell the version."}, []string{"version", "go"})
	build.WithLabelValues(version, runtime.Version()).Set(1)
	for _, result := range []string{"ok", "failed"} {
		m.PolicyLoads.WithLabelValues(result) // a counter that begins with 1 has not increased, to Prometheus
	}
	for _, result := range []string{"delivered", "retried", "dropped"} {
		m.Webhooks.WithLabelValues(result)
	}
	r.MustRegister(m.Transactions, m.Verdicts, m.Findings, m.Judging, m.Duration, m.NextHopFailures, m.StoreErrors, m.Releases,
		m.Notices, m.Alarms, m.AlarmTime, m.Connections, m.Stamps, m.Webhooks, m.Brakes, m.CanaryRounds, m.CanaryRound,
		m.CanaryPassed, m.CanarySeconds, m.CanaryFaults, m.CanaryRules, m.PolicyLoads, m.PolicyTime, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// HeldNow is a snapshot of what is held, for one disposition.
type HeldNow struct {
	Disposition string
	Count       int
	Oldest      float64 // age of the oldest, in seconds
	// Ages are how many are at least so old.
	Hour, Day, Week int
}

// heldCollector asks for the held messages at every scrape.
type heldCollector struct {
	ask                  func() ([]HeldNow, error)
	count, oldest, older *prometheus.Desc
	failures             prometheus.Counter
}

// Held makes a collector of the messages that are held. ask is called at every
// scrape; where it fails, the metrics are missing and the store's errors count.
func Held(ask func() ([]HeldNow, error), failures prometheus.Counter) prometheus.Collector {
	return &heldCollector{
		ask:      ask,
		count:    prometheus.NewDesc("maillint_held_messages", "Messages that are held.", []string{"disposition"}, nil),
		oldest:   prometheus.NewDesc("maillint_held_oldest_seconds", "Age of the oldest held message.", []string{"disposition"}, nil),
		older:    prometheus.NewDesc("maillint_held_older_messages", "Held messages that are at least so old.", []string{"disposition", "age"}, nil),
		failures: failures,
	}
}

func (h *heldCollector) Describe(out chan<- *prometheus.Desc) {
	out <- h.count
	out <- h.oldest
	out <- h.older
}

func (h *heldCollector) Collect(out chan<- prometheus.Metric) {
	list, err := h.ask()
	if err != nil {
		h.failures.Inc()
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, now := range list {
		gauge(h.count, float64(now.Count), now.Disposition)
		gauge(h.oldest, now.Oldest, now.Disposition)
		gauge(h.older, float64(now.Hour), now.Disposition, "1h")
		gauge(h.older, float64(now.Day), now.Disposition, "1d")
		gauge(h.older, float64(now.Week), now.Disposition, "7d")
	}
}

// Add counts one message of an age.
func (h *HeldNow) Add(age time.Duration) {
	h.Count++
	h.Oldest = max(h.Oldest, age.Seconds())
	for _, n := range []struct {
		to *int
		at time.Duration
	}{{&h.Hour, time.Hour}, {&h.Day, 24 * time.Hour}, {&h.Week, 7 * 24 * time.Hour}} {
		if age >= n.at {
			*n.to++
		}
	}
}
