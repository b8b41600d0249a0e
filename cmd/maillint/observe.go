package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"maillint/gate"
	"maillint/internal/monitor"
	"maillint/notify"
	"maillint/store"
)

// newLog makes the log of a program that runs on: text or JSON lines.
func newLog(w io.Writer, format, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is unknown (debug, info, warn or error)", level)
	}
	options := &slog.HandlerOptions{Level: l}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, fmt.Errorf("--log-format: %q is unknown (text or json)", format)
}

// observer writes what the gate tells to the log and the metrics. Neither ever
// holds what a message says.
type observer struct {
	log     *slog.Logger
	monitor *monitor.Monitor
}

func (o observer) functions() gate.Observer {
	return gate.Observer{Transaction: o.transaction, Delivery: o.delivery, Decided: o.decided, Alarm: o.alarm, Error: o.failed, Brakes: o.brakes, Hook: o.hook, Notice: o.notice}
}

// became is what became of a transaction, in one word.
func became(e gate.Event) string {
	switch {
	case !e.Reply.OK() && e.Reply.Permanent():
		return "refused"
	case !e.Reply.OK():
		return "failed"
	case e.Relayed > 0:
		return "relayed"
	}
	return "held"
}

// transaction is the one line of a transaction. Its ID stands in the reply, in
// the X-Maillint field and on the held item as well.
func (o observer) transaction(e gate.Event) {
	word, level := became(e), slog.LevelInfo
	if e.Tx.Canary {
		level = slog.LevelDebug
	}
	if ctx := context.Background(); o.log.Enabled(ctx, level) {
		o.log.LogAttrs(ctx, level, "transaction", o.attributes(e, word)...)
	}
	if e.Tx.Canary {
		return
	}
	o.monitor.Transactions.WithLabelValues(e.Tx.Listener, word).Inc()
	o.monitor.Verdicts.WithLabelValues(e.Disposition.String()).Inc()
	o.monitor.Judging.Observe(e.Judged.Seconds())
	o.monitor.Duration.WithLabelValues(word).Observe(e.Took.Seconds())
	for _, f := range e.Verdict.Findings {
		o.monitor.Findings.WithLabelValues(f.Rule, f.Disposition.String()).Inc()
	}
}

func (o observer) attributes(e gate.Event, word string) []slog.Attr {
	out := []slog.Attr{
		slog.String("id", e.Tx.ID), slog.String("outcome", word), slog.String("disposition", e.Disposition.String()),
		slog.String("listener", e.Tx.Listener), slog.String("identity", who(e)), slog.String("trust", e.Tx.Identity.Trust.String()),
		slog.Int("recipients", len(e.Tx.Recipients)), slog.Int("relayed", e.Relayed), slog.Int("held", e.Held),
		slog.Int64("size", size(e)), slog.Int("reply", e.Reply.Code), slog.Duration("took", e.Took.Round(time.Microsecond)),
	}
	if e.Tx.Client.Addr.IsValid() {
		out = append(out, slog.String("client", e.Tx.Client.Addr.Addr().String()))
	}
	if rules := rulesOf(e); rules != "" {
		out = append(out, slog.String("rules", rules))
	}
	for name, list := range map[string][]string{"items": e.Items, "edits": e.Edits} {
		if len(list) > 0 {
			out = append(out, slog.String(name, strings.Join(list, ",")))
		}
	}
	if e.Service != "" {
		out = append(out, slog.String("service", e.Service))
	}
	if e.Tx.Canary {
		out = append(out, slog.Bool("canary", true))
	}
	if e.Err != nil {
		out = append(out, slog.String("error", e.Err.Error()))
	}
	return out
}

func who(e gate.Event) string {
	if e.Tx.Identity.Account != "" {
		return e.Tx.Identity.Account
	}
	return e.Tx.Identity.Address.String()
}

func size(e gate.Event) int64 {
	if e.Tx.Body == nil {
		return 0
	}
	return e.Tx.Body.Size()
}

// rulesOf are the rules that found something, each once.
func rulesOf(e gate.Event) string {
	var names []string
	seen := map[string]bool{}
	for _, f := range e.Verdict.Findings {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			names = append(names, f.Rule)
		}
	}
	return strings.Join(names, ",")
}

func (o observer) delivery(d gate.Delivery) {
	o.monitor.Releases.WithLabelValues(string(d.State)).Inc()
	o.log.Info("release", "id", d.Item, "recipient", d.Recipient, "state", string(d.State), "reply", d.Reply)
}

func (o observer) decided(it *store.Item) {
	o.log.Info("decided", "id", it.ID, "state", string(it.State), "how", it.Decision.How, "by", it.Decision.By)
}

func (o observer) alarm(a gate.Alarm) {
	o.monitor.Alarms.WithLabelValues(a.Kind).Inc()
	o.monitor.AlarmTime.WithLabelValues(a.Kind).SetToCurrentTime()
	o.log.Error("alarm", "kind", a.Kind, "text", a.Text, "id", a.ID)
}

func (o observer) notice(kind notify.Kind, result string) {
	o.monitor.Notices.WithLabelValues(string(kind), result).Inc()
}

func (o observer) hook(result string) { o.monitor.Webhooks.WithLabelValues(result).Inc() }

// brakes tells which brakes are on, whenever others are than before.
func (o observer) brakes(on []store.Brake) {
	o.monitor.Brakes.Reset()
	var lines []string
	for _, b := range on {
		o.monitor.Brakes.WithLabelValues(b.Rule).Set(float64(b.Until.Unix()))
		lines = append(lines, brakeLine(b))
		o.log.Warn("brake", "rule", b.Rule, "until", b.Until, "by", b.By, "os_user", b.OSUser, "reason", b.Reason, "node", b.Node)
	}
	if len(on) == 0 {
		o.log.Info("no brake is on")
	}
	o.monitor.Note("brakes", strings.Join(lines, "\n"))
}

func (o observer) failed(what string, err error) {
	if what == "store" {
		o.monitor.StoreErrors.Inc()
	}
	o.log.Error(what, "error", err)
}
