package gate

import (
	"context"
	"sync"
	"time"

	"maillint/notify"
)

// alarms are what the administrators are told at once; the same one at most
// every ten minutes.
type alarms struct {
	mu    sync.Mutex
	last  map[string]time.Time
	queue []Alarm
}

const (
	alarmEvery = 10 * time.Minute
	mostAlarms = 100
)

// alarm tells the observer, and the administrators by mail.
func (g *Gate) alarm(kind, id, text string) {
	g.alarms.mu.Lock()
	now := g.now()
	if g.alarms.last == nil {
		g.alarms.last = map[string]time.Time{}
	}
	last, known := g.alarms.last[kind]
	again := known && now.Sub(last) < alarmEvery
	if !again {
		g.alarms.last[kind] = now
		if len(g.alarms.queue) < mostAlarms {
			g.alarms.queue = append(g.alarms.queue, Alarm{kind, text, id})
		}
	}
	g.alarms.mu.Unlock()
	if again {
		return
	}
	g.tallied(countAlarms, 1)
	g.tell("alarm", kind, id, text)
	if g.o.Observer.Alarm != nil {
		g.o.Observer.Alarm(Alarm{kind, text, id})
	}
}

func (g *Gate) sendAlarms(ctx context.Context) {
	g.alarms.mu.Lock()
	queue := g.alarms.queue
	g.alarms.queue = nil
	g.alarms.mu.Unlock()
	c := g.current.Load()
	if len(queue) == 0 || len(c.Holds.Fallback) == 0 {
		return
	}
	w := writer{g: g, c: c, now: g.o.Store.Now(ctx)}
	var letters []letter
	for _, a := range queue {
		for _, to := range c.Holds.Fallback {
			m := w.mail(to)
			m.ReplyTo = nil
			if raw, err := c.texts.Notice(m, notify.Alarm, notify.Data{Text: a.Text, ID: a.ID}); err == nil {
				letters = append(letters, letter{to, notify.Alarm, raw})
			}
		}
	}
	if err := g.post(ctx, letters); err != nil {
		g.o.Observer.failed("notice", err)
		g.alarms.mu.Lock()
		g.alarms.queue = append(queue, g.alarms.queue...)[:min(len(queue)+len(g.alarms.queue), mostAlarms)]
		g.alarms.mu.Unlock()
	}
}
