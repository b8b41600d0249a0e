package audit

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// truth is what a test gives, whatever mail comes.
type truth int

const (
	depends truth = iota
	always
	never
)

func (t truth) not() truth {
	switch t {
	case always:
		return never
	case never:
		return always
	}
	return depends
}

func ifAlways(ok bool) truth {
	if ok {
		return always
	}
	return depends
}

// sieveJudge works out which tests all mail passes, or none. What can be decided
// is; a comparison counts as always true where it holds for mails that have
// nothing in common but what all mail has (see sieveSamples). That a comparison
// holds for none of these says nothing.
type sieveJudge struct {
	vars    sieveVars
	mailbox string
	now     time.Time
}

// judge notes on each test what it gives.
func (j *sieveJudge) judge(tests []*sieveNode) {
	for _, t := range tests {
		j.judge(t.tests)
		t.truth = j.truth(t)
	}
}

func (j *sieveJudge) truth(t *sieveNode) truth {
	switch t.name {
	case "true", "ihave", "valid_ext_list":
		return always
	case "false", "duplicate": // the same message a second time is none that is missed
		return never
	case "not":
		if len(t.tests) == 1 {
			return j.negated(t.tests[0])
		}
	case "anyof":
		return anyOf(t.tests)
	case "allof":
		return allOf(t.tests)
	case "size":
		return sizeTruth(t)
	case "exists":
		return ifAlways(onlyUsual(t))
	case "string":
		return j.stringTruth(t)
	case "currentdate", "date":
		return j.dateTruth(t)
	case "spamtest":
		return j.levels(t, 10)
	case "virustest":
		return j.levels(t, 5)
	case "mailboxexists":
		return ifAlways(strings.EqualFold(strings.Join(slices.Concat(t.plain("")...), " "), "inbox"))
	case "header", "address", "envelope", "body":
		return ifAlways(j.allMail(t))
	}
	return depends
}

// negated is the opposite of a test. Programs write a field of their own into
// what they send on, and ask for it against loops; no other mail has it.
func (j *sieveJudge) negated(t *sieveNode) truth {
	if t.name == "exists" || t.name == "header" {
		args := t.plain(valuedTags...)
		if len(args) > 0 && len(args[0]) > 0 && !slices.ContainsFunc(args[0], func(s string) bool { return !loopField(s) }) {
			return always
		}
	}
	return t.truth.not()
}

// loopField: a field against loops, or of somebody's own making.
func loopField(name string) bool {
	low := strings.ToLower(name)
	return strings.HasPrefix(low, "x-") && (strings.Contains(low, "loop") || strings.Contains(low, "forward") || strings.Contains(low, "redirect"))
}

func anyOf(tests []*sieveNode) truth {
	out := never
	for i, t := range tests {
		switch {
		case t.truth == always:
			return always
		case t.truth == depends:
			out = depends
		}
		for _, other := range tests[:i] {
			if opposite(t, other) || opposite(other, t) {
				return always
			}
		}
		if i >= mostOpposites {
			break
		}
	}
	if len(tests) == 0 || len(tests) > mostOpposites && out == never {
		return depends
	}
	return out
}

// mostOpposites bounds how many tests are held against each other.
const mostOpposites = 50

func allOf(tests []*sieveNode) truth {
	out := always
	for _, t := range tests {
		switch t.truth {
		case never:
			return never
		case depends:
			out = depends
		}
	}
	if len(tests) == 0 {
		return depends
	}
	return out
}

// opposite: not is the negation of just that test.
func opposite(not, t *sieveNode) bool {
	return not.name == "not" && len(not.tests) == 1 && not.tests[0].name == t.name && len(t.tests) == 0 && len(not.tests[0].tests) == 0 &&
		reflect.DeepEqual(not.tests[0].args, t.args)
}

// No message is smaller than the one, or larger than the other.
const (
	smallestMail = 100
	largestMail  = 1 << 30
)

func sizeTruth(t *sieveNode) truth {
	for _, a := range t.args {
		n, ok := sieveNumber(a.number)
		switch over, under := t.tagged("over"), t.tagged("under"); {
		case !ok:
		case over && n < smallestMail, under && n >= largestMail:
			return always
		case under && n < smallestMail, over && n >= largestMail:
			return never
		}
	}
	return depends
}

// sieveNumber reads a number with its quantifier (RFC 5228, 2.4.1).
func sieveNumber(s string) (int64, bool) {
	unit := int64(1)
	if s != "" {
		if i := strings.IndexByte("KMG", s[len(s)-1]&^0x20); i >= 0 {
			unit, s = 1<<(10*(i+1)), s[:len(s)-1]
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > 1<<53/unit {
		return 1 << 53, s != "" && strings.Trim(s, "0123456789") == ""
	}
	return n * unit, true
}

// onlyUsual: fields that all mail has.
func onlyUsual(t *sieveNode) bool {
	n := 0
	for _, list := range t.plain("") {
		for _, name := range list {
			if n++; !usualField[strings.ToLower(name)] {
				return false
			}
		}
	}
	return n > 0
}

var usualField = map[string]bool{"from": true, "date": true, "received": true, "message-id": true, "return-path": true, "to": true, "subject": true}

// valuedTags are the tags of tests that a text follows.
var valuedTags = []string{"comparator", "content", "value", "count", "index", "zone", "name", "handle", "header", "uniqueid", "seconds"}

// stringTruth decides a test of texts and variables (RFC 5229, 5) where their
// values are known.
func (j *sieveJudge) stringTruth(t *sieveNode) truth {
	args := t.plain(valuedTags...)
	m := j.matcher(t)
	if len(args) < 2 || m == nil || m.count {
		return depends
	}
	hits, misses := 0, 0
	for _, source := range args[0] {
		values, whole := j.vars.expand(source)
		if !whole && m.every {
			return always
		}
		for _, v := range values {
			switch {
			case !whole:
				return depends
			case m.holds(v):
				hits++
			default:
				misses++
			}
		}
	}
	switch {
	case misses == 0 && hits > 0:
		return always
	case hits == 0 && m.whole:
		return never
	}
	return depends
}

// levels tries all that a test of spam or viruses can give.
func (j *sieveJudge) levels(t *sieveNode, most int) truth {
	m := j.matcher(t)
	if m == nil {
		return depends
	}
	hits := 0
	for n := range most + 1 {
		if m.holds(strconv.Itoa(n)) {
			hits++
		}
	}
	return ifAlways(hits == most+1)
}

// dateTruth tries a test of the date on moments of the years to come.
func (j *sieveJudge) dateTruth(t *sieveNode) truth {
	args := t.plain(valuedTags...)
	m := j.matcher(t)
	if t.name == "date" && len(args) > 0 {
		args = args[1:]
	}
	if len(args) < 2 || len(args[0]) != 1 || m == nil {
		return depends
	}
	for n := range 124 { // every weekday, day, month, hour, and four years
		at := j.now.AddDate(0, 0, 12*n).Add(time.Duration(n) * (61*time.Minute + 7*time.Second))
		part, ok := datePart(at, strings.ToLower(args[0][0]))
		if !ok || !m.holds(part) {
			return depends
		}
	}
	return always
}

// datePart is a part of a moment as RFC 5260, 4.2 names it.
func datePart(at time.Time, name string) (string, bool) {
	layouts := map[string]string{"year": "2006", "month": "01", "day": "02", "date": "2006-01-02", "hour": "15", "minute": "04", "second": "05", "time": "15:04:05"}
	if layout, ok := layouts[name]; ok {
		return at.Format(layout), true
	}
	if name == "weekday" {
		return strconv.Itoa(int(at.Weekday())), true
	}
	return "", false
}
