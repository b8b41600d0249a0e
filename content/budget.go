package content

import (
	"cmp"
	"fmt"
	"time"
)

// Budget bounds the work and memory that the files of one message may cause.
// A bound that is hit is a Defect, never a silent cut. docs/limits.md lists
// the values beside those of comparable systems.
type Budget struct {
	Depth     int           // files within files; the attachment itself is at 0
	Files     int           // files of a message, members of archives included
	File      int64         // octets of one member held in memory; of an attachment twice that
	Unpacked  int64         // octets unpacked for one message, all files together
	Ratio     int64         // unpacked to packed octets of one member, beyond RatioFrom
	RatioFrom int64         // octets unpacked before the ratio counts
	Text      int64         // octets of text kept for one message; a cell costs 16 besides
	Time      time.Duration // for one message, when everything else was not enough
}

// DefaultBudget is the budget used when the policy gives none (section limits).
var DefaultBudget = Budget{
	Depth:     8,
	Files:     5_000,
	File:      32 << 20,
	Unpacked:  256 << 20,
	Ratio:     200,
	RatioFrom: 8 << 20,
	Text:      32 << 20,
	Time:      10 * time.Second,
}

// OrDefault gives the budget with the default where it says nothing.
func (b Budget) OrDefault() Budget {
	d := DefaultBudget
	return Budget{
		Depth: cmp.Or(b.Depth, d.Depth), Files: cmp.Or(b.Files, d.Files), File: cmp.Or(b.File, d.File), Unpacked: cmp.Or(b.Unpacked, d.Unpacked),
		Ratio: cmp.Or(b.Ratio, d.Ratio), RatioFrom: cmp.Or(b.RatioFrom, d.RatioFrom), Text: cmp.Or(b.Text, d.Text), Time: cmp.Or(b.Time, d.Time),
	}
}

// DefectKind names a class of Defect. The names are stable.
type DefectKind string

// The kinds of defect. The limits are bounds of the Budget.
const (
	LimitDepth    DefectKind = "limit-archive-depth"
	LimitFiles    DefectKind = "limit-archive-files"
	LimitFile     DefectKind = "limit-file-size"
	LimitUnpacked DefectKind = "limit-unpacked"
	LimitRatio    DefectKind = "limit-ratio" // a decompression bomb
	LimitText     DefectKind = "limit-file-text"
	LimitTime     DefectKind = "limit-time"
	// Damaged is a file that could not be read to its end as what it is.
	Damaged DefectKind = "damaged-file"
	// Failed is a file on which a parser failed.
	Failed DefectKind = "not-read"
)

// Limit reports whether the kind is a bound of the Budget.
func (k DefectKind) Limit() bool { return k != Damaged }

// Defect is one reason why a message's files were not read whole.
type Defect struct {
	Kind   DefectKind
	Where  string // File.Path
	Detail string // in words, without content
}

// maxDefects are kept one by one; a hostile message cannot make more.
const maxDefects = 50

// meter counts what has been spent of a budget.
type meter struct {
	Budget
	files    int
	unpacked int64
	text     int64
	held     int64
	deadline time.Time
	stopped  DefectKind // the bound after which nothing is read any more
	defects  []Defect
}

func newMeter(b Budget) *meter { return &meter{Budget: b, deadline: time.Now().Add(b.Time)} }

// note records a defect, once for each kind and place.
func (m *meter) note(kind DefectKind, where, format string, args ...any) {
	if len(m.defects) >= maxDefects {
		return
	}
	for _, d := range m.defects {
		if d.Kind == kind && d.Where == where {
			return
		}
	}
	m.defects = append(m.defects, Defect{kind, where, fmt.Sprintf(format, args...)})
}

// stop ends all reading.
func (m *meter) stop(kind DefectKind, where, format string, args ...any) {
	if m.stopped == "" {
		m.stopped = kind
		m.note(kind, where, format, args...)
	}
}

// late looks at the clock. It reports whether the time is spent.
func (m *meter) late(where string) bool {
	if m.stopped == "" && time.Now().After(m.deadline) {
		m.stop(LimitTime, where, "more than %v spent", m.Time)
	}
	return m.stopped == LimitTime
}

// spend counts unpacked octets and looks at the clock. It reports whether there
// is anything left.
func (m *meter) spend(n int64, where string) bool {
	if m.unpacked += n; m.unpacked > m.Unpacked {
		m.stop(LimitUnpacked, where, "more than %d octets unpacked", m.Unpacked)
	}
	m.late(where)
	return m.stopped == ""
}

// addFile counts a file. It reports whether there is room for it.
func (m *meter) addFile(where string) bool {
	if m.files++; m.files > m.Files {
		m.stop(LimitFiles, where, "more than %d files", m.Files)
	}
	return m.stopped == ""
}

// What a row and a cell of a table cost beside their text.
const rowCost, cellCost = 24, 16

// room is how much text may still be kept.
func (m *meter) room() int64 { return max(0, m.Text-m.text) }

// keep counts text and gives how many of n octets may be kept.
func (m *meter) keep(n int64, where string) int64 {
	left := m.room()
	if n > left {
		m.note(LimitText, where, "more than %d octets of text", m.Text)
		n = left
	}
	m.text += n
	return n
}
