package policy

import (
	_ "embed" // the holidays
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed holidays_japan.txt
var holidaysJapan string

// Calendar tells working days from others. On a working day 24 hours count, on
// any other none.
type Calendar struct {
	days     [7]bool // by time.Weekday
	holidays map[string]bool
	zone     *time.Location
}

// newCalendar is Monday to Friday without the Japanese holidays.
func newCalendar(zone *time.Location) Calendar {
	c := Calendar{zone: zone, holidays: map[string]bool{}}
	for d := time.Monday; d <= time.Friday; d++ {
		c.days[d] = true
	}
	for _, day := range holidayLines(holidaysJapan) {
		c.holidays[day] = true
	}
	return c
}

// holidayLines gives the days of a file, a line each, with or without a name
// behind it.
func holidayLines(data string) []string {
	var out []string
	for line := range strings.Lines(data) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) > 0 {
			out = append(out, f[0])
		}
	}
	return out
}

// Working reports whether a moment lies on a working day.
func (c Calendar) Working(t time.Time) bool {
	t = t.In(c.where())
	return c.days[t.Weekday()] && !c.holidays[t.Format(time.DateOnly)]
}

func (c Calendar) where() *time.Location {
	if c.zone == nil {
		return time.Local
	}
	return c.zone
}

// Add gives the moment at which so much working time has passed since start.
// A calendar without working days, or without one in a year, counts all days.
func (c Calendar) Add(start time.Time, d time.Duration) time.Time {
	at, idle := start.In(c.where()), 0
	for d > 0 {
		next := time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
		if c.Working(at) {
			left := next.Sub(at)
			if d <= left {
				return at.Add(d)
			}
			d, idle = d-left, 0
		} else if idle++; idle > 366 {
			return start.Add(d)
		}
		at = next
	}
	return at
}

// calendar reads holds.hours: days of the week, and holidays.
func (r *reader) calendar(n *yaml.Node, path string) Calendar {
	out := newCalendar(r.zone)
	r.mapping(n, path, "key",
		key{"days", func(v *yaml.Node, p string) {
			s, ok := r.text(v, p)
			if !ok {
				return
			}
			var days span
			if err := days.setDays(strings.ToLower(s)); err != nil {
				r.fail(r.at(v), "write it like mon-fri", "%s%v", prefix(p), err)
				return
			}
			out.days = days.days
		}},
		key{"holidays", func(v *yaml.Node, p string) {
			out.holidays = map[string]bool{}
			for _, it := range r.items(dayTexts(v), p) {
				r.holiday(out.holidays, it, p)
			}
		}},
	)
	return out
}

// dayTexts is a list in which days (timestamps to YAML) are texts.
func dayTexts(n *yaml.Node) *yaml.Node {
	out := *n
	out.Content = nil
	for _, v := range n.Content {
		one := *v
		if one.Tag == "!!timestamp" {
			one.Tag = "!!str"
		}
		out.Content = append(out.Content, &one)
	}
	return &out
}

func (r *reader) holiday(to map[string]bool, it item, path string) {
	if it.text == "japan" {
		for _, day := range holidayLines(holidaysJapan) {
			to[day] = true
		}
		return
	}
	day, _, _ := strings.Cut(it.text, " ")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		r.fail(it.at, "japan, a day like 2027-08-13, or file:PATH with a day a line", "%s%q is no day", prefix(path), clip(it.text))
		return
	}
	to[day] = true
}
