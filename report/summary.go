package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"maillint/lint"
	"maillint/policy"
)

// Tally is what one message adds to the summary.
type Tally struct {
	Size        int64
	Unread      string // why it could not be read or judged
	Path        string // with Unread
	Findings    []Counted
	Disposition policy.Disposition
}

// Counted is a finding without its words.
type Counted struct {
	Rule     string
	Severity lint.Severity
}

// TallyOf counts a record.
func TallyOf(r *Record) Tally {
	t := Tally{Disposition: r.Verdict.Disposition}
	if r.Msg != nil {
		t.Size = r.Msg.Size
	}
	if r.Err != nil {
		t.Unread, t.Path = r.Err.Error(), r.Path
	}
	if n := len(r.Verdict.Findings); n > 0 {
		t.Findings = make([]Counted, n)
		for i := range r.Verdict.Findings {
			t.Findings[i] = Counted{r.Verdict.Findings[i].Rule, r.Verdict.Findings[i].Severity}
		}
	}
	return t
}

// Summary is what is said at the end.
type Summary struct {
	Messages     int
	Bytes        int64
	Flagged      int // messages with findings
	Elapsed      time.Duration
	Severities   [lint.Critical + 1]int
	Dispositions map[policy.Disposition]int // messages
	Rules        map[string]int             // findings
	Unread       int
	UnreadSome   []string // the first of them: path and reason
	Interrupted  bool
	Notes        []string // what the reader should know
}

const unreadShown = 20

// Add counts a message.
func (s *Summary) Add(t *Tally) {
	s.Bytes += t.Size
	if t.Unread != "" {
		s.Unread++
		if s.Unread <= unreadShown {
			s.UnreadSome = append(s.UnreadSome, t.Path+": "+t.Unread)
		}
	} else {
		s.Messages++
	}
	if t.Disposition > policy.Pass {
		if s.Dispositions == nil {
			s.Dispositions = map[policy.Disposition]int{}
		}
		s.Dispositions[t.Disposition]++
	}
	if len(t.Findings) == 0 {
		return
	}
	s.Flagged++
	if s.Rules == nil {
		s.Rules = map[string]int{}
	}
	for _, f := range t.Findings {
		s.Severities[f.Severity]++
		s.Rules[f.Rule]++
	}
}

// Findings is how many findings there are, of a severity or over it.
func (s *Summary) Findings(from lint.Severity) int {
	n := 0
	for _, k := range s.Severities[from:] {
		n += k
	}
	return n
}

// byCount gives the keys of m, the most frequent first.
func byCount[K cmp.Ordered](m map[K]int) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	return keys
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return group(n) + " " + noun + "s"
}

// group writes a number with commas: 12,345.
func group(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size in the unit that suits it.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1e3)
}

// duration without more digits than matter.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
