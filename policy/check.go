package policy

import (
	"fmt"
	"time"
)

// Days before their end in which entries are reported.
const soon = 30

// Check looks at what time and use do to a policy: exceptions that have ended
// or end soon, services whose review is due, rules that nothing can reach; and
// it runs the cases of custom rules.
func (p *Policy) Check(now time.Time) Problems {
	out := p.checkExceptions(now)
	for _, s := range p.Services {
		if !s.Review.IsZero() && !now.Before(s.Review.AddDate(0, 0, 1)) {
			out = append(out, s.at.warning("services.%s: its review was due on %s: ask %s", s.Name, s.Review.Format(time.DateOnly), s.Owner))
		}
	}
	for _, rule := range p.Rules {
		if s := rule.Scope; s != nil && !s.Until.IsZero() && now.After(s.Until.AddDate(0, 0, 1)) {
			out = append(out, rule.at.warning("%s: its scope ended on %s: it does not run any more", rule.Name, s.Until.Format(time.DateOnly)))
		}
		out = append(out, p.runCases(rule)...)
	}
	if p.acts {
		for _, bad := range p.CheckFor("proxy") {
			bad.Warning = true
			out = append(out, bad)
		}
	}
	out.sort()
	return out
}

func (p *Policy) checkExceptions(now time.Time) Problems {
	var out Problems
	for _, e := range p.Exceptions {
		day := e.Until.Format(time.DateOnly)
		switch {
		case e.Expired(now):
			out = append(out, e.at.warning("exception for %s ended on %s: take it out, or give it a new date and reason", e, day))
		case e.Expired(now.AddDate(0, 0, soon)):
			out = append(out, e.at.warning("exception for %s ends on %s", e, day))
		case !e.Expired(now.AddDate(2, 0, 0)):
			out = append(out, e.at.warning("exception for %s ends on %s only: more than two years is no exception", e, day))
		}
		for _, name := range e.Rules {
			if rule := p.byName[name]; rule != nil && !rule.Enabled {
				out = append(out, e.at.warning("exception for %s: the rule %s is off", e, name))
			}
		}
	}
	return out
}

// Unused reports the exceptions that have let nothing be since the policy was
// loaded. Those that have ended are Check's.
func (p *Policy) Unused() Problems {
	var out Problems
	now := p.Now()
	for _, e := range p.Exceptions {
		if e.Used() == 0 && !e.Expired(now) {
			out = append(out, e.at.warning("exception for %s has matched nothing", e))
		}
	}
	out.sort()
	return out
}

func (at place) warning(format string, args ...any) Problem {
	return Problem{File: at.file, Line: at.line, Col: at.col, Text: fmt.Sprintf(format, args...), Warning: true}
}
