// Package doctor looks at everything that maillint needs around it (policy,
// keys, certificates, store, routes, ways around it, Postfix, units) and says
// what is wrong, what that means and what to do. It changes nothing and sends no
// message unless it is asked to.
package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"maillint/notify"
	"maillint/policy"
	"maillint/store"
	"maillint/submit"
)

// Level says how grave a finding is.
type Level int

// The levels, the gravest last. Skipped is what could not be looked at here,
// and says why.
const (
	OK Level = iota
	Skipped
	Warn
	Fail
)

var levelNames = []string{"OK", "SKIP", "WARN", "FAIL"}

// String is the level's word.
func (l Level) String() string { return levelNames[l] }

// MarshalJSON writes the level's word.
func (l Level) MarshalJSON() ([]byte, error) { return json.Marshal(l.String()) }

// Finding is what was seen at one point.
type Finding struct {
	Point string `json:"point"`
	Level Level  `json:"level"`
	Text  string `json:"text"`            // what was seen
	Means string `json:"means,omitempty"` // what it means
	Do    string `json:"do,omitempty"`    // what to do about it
}

// Patient is what is looked at.
type Patient struct {
	Policy *policy.Policy
	Door   string // "proxy" or "milter": what runs with the policy
	// Store is nil where it could not be opened; StoreError says why.
	Store      store.Store
	StoreError error
	// Hops and Release are how mail is passed on.
	Hops    []*submit.Route
	Release *submit.Route
	Monitor string // address of /readyz; "" where it is not served
	// Send asks for a real test notice, and a test of the webhook.
	Send    bool
	Webhook *notify.Webhook // nil: none
	// Program runs another program and gives what it prints. An error that is
	// exec.ErrNotFound says that there is none of this name.
	Program func(ctx context.Context, name string, args ...string) (string, error)
	Now     func() time.Time
}

// point is one thing to look at.
type point struct {
	name string
	look func(context.Context, *Patient, func(Level, string, string, string))
}

// points are all of them, in the order of the report.
var points = []point{
	{"policy", lookPolicy},
	{"rules", lookRules},
	{"lists", lookLists},
	{"directory", lookDirectory},
	{"secrets", lookSecrets},
	{"certificates", lookCertificates},
	{"stamp", lookStamp},
	{"names", lookNames},
	{"spool", lookSpool},
	{"store", lookStore},
	{"clock", lookClock},
	{"brakes", lookBrakes},
	{"running", lookRunning},
	{"next hop", lookHops},
	{"release route", lookRelease},
	{"listeners", lookListeners},
	{"around", lookAround},
	{"postfix", lookPostfix},
	{"units", lookUnits},
	{"webhook", lookWebhook},
}

// Points names what is looked at.
func Points() []string {
	out := make([]string, len(points))
	for i, p := range points {
		out[i] = p.name
	}
	return out
}

// pointTime is how long one point may take.
const pointTime = 30 * time.Second

// Examine looks at the named points, or with none named at all of them. What
// goes wrong in looking is itself a finding.
func (p *Patient) Examine(ctx context.Context, names ...string) []Finding {
	var out []Finding
	for _, pt := range points {
		if len(names) > 0 && !contains(names, pt.name) {
			continue
		}
		out = append(out, p.one(ctx, pt)...)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// one looks at one point, for a bounded time.
func (p *Patient) one(ctx context.Context, pt point) (out []Finding) {
	bounded, cancel := context.WithTimeout(ctx, pointTime)
	defer cancel()
	say := func(l Level, text, means, do string) {
		out = append(out, Finding{Point: pt.name, Level: l, Text: text, Means: means, Do: do})
	}
	defer func() {
		if v := recover(); v != nil {
			say(Fail, fmt.Sprintf("looking at it failed: %v", v), "this is a mistake in maillint", "report it")
		}
	}()
	pt.look(bounded, p, say)
	return out
}

// Worst is the gravest level of findings.
func Worst(list []Finding) Level {
	worst := OK
	for _, f := range list {
		if f.Level != Skipped {
			worst = max(worst, f.Level)
		}
	}
	return worst
}
