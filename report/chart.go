package report

import (
	"cmp"
	"slices"
	"time"
)

// bar is a bar of a chart: Width in percent of the longest.
type bar struct {
	Name  string
	N     int
	Width float64
	Y     int
	Grade int // worst severity in it
}

// tallyMap counts by name and keeps the worst severity of each.
type tallyMap map[string]struct{ n, grade int }

func (t tallyMap) add(name string, grade int) {
	c := t[name]
	c.n++
	c.grade = max(c.grade, grade)
	t[name] = c
}

const barHeight = 26

// bars gives the longest bars, most first.
func (t tallyMap) bars(most int) []bar {
	var out []bar
	for name, c := range t {
		out = append(out, bar{Name: name, N: c.n, Grade: c.grade})
	}
	slices.SortFunc(out, func(a, b bar) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	out = out[:min(most, len(out))]
	for i := range out {
		out[i].Width = 100 * float64(out[i].N) / float64(out[0].N)
		out[i].Y = i * barHeight
		if out[i].Name == "" {
			out[i].Name = "(none)"
		}
	}
	return out
}

// column is a stretch of time of a chart; places in percent.
type column struct {
	Name      string
	N         int
	X, W      float64
	Y, Height float64
}

const mostColumns = 62

// columnsOf gives findings over time: by day, or by month or year where the
// days are too many for a screen. Findings without a day are left out.
func columnsOf(days map[string]int) (out []column, title string, most int) {
	layouts := []struct{ title, layout string }{{"day", time.DateOnly}, {"month", "2006-01"}, {"year", "2006"}}
	for _, l := range layouts {
		counts := map[string]int{}
		first, last := "", ""
		for day, n := range days {
			if day == "" {
				continue
			}
			key := day[:len(l.layout)]
			counts[key] += n
			if first == "" || key < first {
				first = key
			}
			last = max(last, key)
		}
		if first == "" {
			return nil, "", 0
		}
		out = fill(counts, first, last, l.layout)
		if title = l.title; out != nil {
			break
		}
	}
	for _, c := range out {
		most = max(most, c.N)
	}
	for i := range out {
		out[i].W = 100 / float64(len(out))
		out[i].X = float64(i) * out[i].W
		out[i].Height = 100 * float64(out[i].N) / float64(most)
		out[i].Y = 100 - out[i].Height
	}
	return out, title, most
}

// fill makes a column for each stretch from first to last, empty ones too; nil
// where they are too many, unless they are years.
func fill(counts map[string]int, first, last, layout string) (out []column) {
	t, err := time.Parse(layout, first)
	for err == nil {
		name := t.Format(layout)
		out = append(out, column{Name: name, N: counts[name]})
		if name >= last {
			break
		}
		if len(out) >= mostColumns {
			if layout != "2006" {
				return nil
			}
			break
		}
		switch layout {
		case time.DateOnly:
			t = t.AddDate(0, 0, 1)
		case "2006-01":
			t = t.AddDate(0, 1, 0)
		default:
			t = t.AddDate(1, 0, 0)
		}
	}
	return out
}
