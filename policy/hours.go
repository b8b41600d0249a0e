package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Hours are stretches of the week. None at all means always.
type Hours []span

// span is a stretch of a day, in minutes from midnight, on some days. Where it
// ends before it starts it goes on past midnight.
type span struct {
	days     [7]bool // by time.Weekday
	from, to int
}

// Contain reports whether a moment lies in the hours.
func (h Hours) Contain(t time.Time) bool {
	return len(h) == 0 || slices.ContainsFunc(h, func(s span) bool { return s.contains(t) })
}

func (s span) contains(t time.Time) bool {
	day, minute := t.Weekday(), t.Hour()*60+t.Minute()
	if s.from < s.to {
		return s.days[day] && minute >= s.from && minute < s.to
	}
	yesterday := (day + 6) % 7
	return s.days[day] && minute >= s.from || s.days[yesterday] && minute < s.to
}

// hours reads a text or a list of texts like "mon-fri 08:00-18:00".
func (r *reader) hours(n *yaml.Node, path string) Hours {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	var out Hours
	for _, v := range nodes {
		s, ok := r.text(v, path)
		if !ok {
			continue
		}
		h, err := parseSpan(s)
		if err != nil {
			r.fail(r.at(v), `write it like "mon-fri 08:00-18:00"`, "%s%v", prefix(path), err)
			continue
		}
		out = append(out, h)
	}
	return out
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseSpan(s string) (span, error) {
	days, clock, ok := strings.Cut(strings.TrimSpace(s), " ")
	if !ok {
		if strings.Contains(days, ":") {
			days, clock = "sun-sat", days
		}
	}
	out := span{to: 24 * 60}
	if err := out.setDays(strings.ToLower(days)); err != nil {
		return out, err
	}
	if clock = strings.TrimSpace(clock); clock == "" {
		return out, nil
	}
	from, to, ok := strings.Cut(clock, "-")
	var err1, err2 error
	out.from, err1 = minutes(from)
	out.to, err2 = minutes(to)
	if !ok || err1 != nil || err2 != nil || out.from == out.to {
		return out, fmt.Errorf("%q are no hours", clip(clock))
	}
	return out, nil
}

// setDays reads "mon-fri,sun".
func (s *span) setDays(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		first, last, ok := strings.Cut(part, "-")
		if !ok {
			last = first
		}
		i, j := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if i < 0 || j < 0 {
			return fmt.Errorf("%q is no day of the week", clip(part))
		}
		for s.days[i] = true; i != j; s.days[i] = true {
			i = (i + 1) % 7
		}
	}
	return nil
}

// minutes reads "08:30"; "24:00" is the end of the day.
func minutes(s string) (int, error) {
	if s = strings.TrimSpace(s); s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err
}
