package canary

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"maillint/policy"
	"maillint/submit"
)

// outcome is what became of one message, as the listener told it.
type outcome struct {
	code  int
	reply string
	// found are the rules that found something above a remark, with what it led to.
	found map[string]policy.Disposition
	// remarks are the same for findings that are no more than info.
	remarks map[string]policy.Disposition
	held    int
	// braked are rules that found something, and are stopped for now on purpose.
	braked map[string]bool
	// atRCPT are the rules that refused a recipient before the message.
	atRCPT []string
}

var ruleAtEnd = regexp.MustCompile(`\[([a-z0-9-]+)\]$`)

// refused takes in the refusal of a recipient, which names its rule.
func (o *outcome) refused(reply submit.Reply) {
	o.code, o.reply = reply.Code, reply.String()
	if m := ruleAtEnd.FindStringSubmatch(o.reply); m != nil && reply.Permanent() {
		o.found[m[1]] = policy.Reject
		o.atRCPT = append(o.atRCPT, m[1])
	}
}

// Braked stands in the gate's report for the disposition of a finding whose rule
// an administrator has braked.
const Braked = "braked"

// Remark stands behind the disposition of a finding that is no more than info.
const Remark = "~"

// report is what the gate answers to a canary's message.
var report = regexp.MustCompile(`canary: ([a-z]+) held=(\d+) released=(\d+) relayed=(\d+) found=(\S*)$`)

// read takes in the answer to the message. The error says that it is none that
// a canary gets: whoever answered took the message for mail.
func (o *outcome) read(reply submit.Reply) error {
	o.code, o.reply = reply.Code, reply.String()
	m := report.FindStringSubmatch(o.reply)
	if m == nil {
		if reply.OK() {
			return &refusal{"the message", reply}
		}
		return nil
	}
	o.code = 250 // the code of a milter refuses the message, whatever became of it
	if m[1] == policy.Reject.String() {
		o.code = 550
	}
	o.held, _ = strconv.Atoi(m[2])
	for _, f := range strings.Split(m[5], ",") {
		rule, word, ok := strings.Cut(f, ":")
		into := o.found
		if plain, remark := strings.CutSuffix(word, Remark); remark {
			word, into = plain, o.remarks
		}
		if word == Braked {
			o.braked[rule] = true
		}
		var d policy.Disposition
		if ok && d.UnmarshalText([]byte(word)) == nil {
			into[rule] = max(into[rule], d)
		}
	}
	return nil
}

// refusedElsewhere reports whether other rules refused what the message needs
// before the rule could see it.
func (o *outcome) refusedElsewhere(rule string) bool {
	_, ok := o.found[rule]
	return !ok && slices.ContainsFunc(o.atRCPT, func(r string) bool { return r != rule })
}

// wrong says what is not as it must be, and whose fault it is; "" where all is
// well.
func (o *outcome) wrong(p *Probe) (part, text string) {
	name, part := p.Rule.Name, "rule "+p.Rule.Name
	have, found := o.found[name]
	if p.Remark && !found {
		have, found = o.remarks[name]
	}
	switch {
	case o.code/100 == 4:
		return "gate", fmt.Sprintf("the message for %s was answered %s", p.Name(), o.reply)
	case p.Twin && found:
		return part, fmt.Sprintf("%s finds something in a message that is all right (%s)", name, p.Case)
	case p.Twin && o.code != 250 && len(o.found) == 0:
		return part, fmt.Sprintf("a message that is all right was answered %s (%s)", o.reply, p.Case)
	case p.Twin:
		return "", ""
	case !found:
		return part, fmt.Sprintf("%s did not find what it must find (%s)", name, p.Case)
	case have < p.Expect: // what is known besides may make it graver
		return part, fmt.Sprintf("%s leads to %s and must lead to %s at least (%s)", name, have, p.Expect, p.Case)
	case p.Expect.Holds() && o.code == 250 && o.held == 0:
		return part, fmt.Sprintf("%s found its message, and it was not held (%s)", name, p.Case)
	}
	return "", ""
}
