package doctor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"maillint/policy"
)

// saying is how a point tells what it saw: level, what, what it means, what to do.
type saying = func(Level, string, string, string)

func lookPolicy(_ context.Context, p *Patient, say saying) {
	bad := 0
	for _, problem := range p.Policy.CheckFor(p.Door) {
		bad++
		say(Fail, problem.String(), "the program does not start with this policy", "mend it, and run maillint check --for "+p.Door)
	}
	for _, problem := range append(slices.Clone(p.Policy.Warnings), p.Policy.Check(p.Now())...) {
		if strings.HasPrefix(problem.Text, "proxy: ") || strings.HasPrefix(problem.Text, "milter: ") {
			continue // said above
		}
		bad++
		say(Warn, problem.String(), "it works, but probably not as it was meant", "change it, and reload")
	}
	if bad == 0 {
		say(OK, fmt.Sprintf("%s is right", p.Policy.File), "", "")
	}
	if p.Policy.Mode == policy.Monitor {
		say(Warn, "mode: monitor", "everything is counted and nothing is held, changed or refused", "after the first two weeks write mode: enforce")
	}
}

func lookRules(_ context.Context, p *Patient, say saying) {
	var on, monitored, off []string
	for _, r := range p.Policy.Rules {
		switch {
		case !r.Enabled:
			off = append(off, r.Name)
		case r.Mode == policy.Monitor:
			monitored = append(monitored, r.Name)
		default:
			on = append(on, r.Name)
		}
	}
	switch {
	case len(on) == 0:
		say(Fail, "no rule is enforced", "all mail leaves as it came", "set enabled: true and mode: enforce for those that are wanted")
	case p.Policy.Mode == policy.Monitor:
		say(OK, fmt.Sprintf("%d on, and none enforced yet: %s", len(on), strings.Join(on, ", ")), "", "")
	default:
		say(OK, fmt.Sprintf("%d enforced: %s", len(on), strings.Join(on, ", ")), "", "")
	}
	if len(monitored) > 0 {
		say(Warn, "only monitored: "+strings.Join(monitored, ", "), "what they find leaves", "mode: enforce, once their findings are right")
	}
	if len(off) > 0 {
		say(OK, "off on purpose: "+strings.Join(off, ", "), "", "")
	}
}

func lookLists(_ context.Context, p *Patient, say saying) {
	names := make([]string, 0, len(p.Policy.Lists))
	for name := range p.Policy.Lists {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if n := p.Policy.Lists[name].Len(); n == 0 {
			say(Warn, fmt.Sprintf("the list %s is empty", name), "no rule that asks it finds anything", "look whether its file was emptied by accident")
		} else {
			say(OK, fmt.Sprintf("%s has %d entries", name, n), "", "")
		}
	}
	if len(names) == 0 {
		say(OK, "there are none", "", "")
	}
}

// oldDirectory is when a directory that nobody renews is told of.
const oldDirectory = 30 * 24 * time.Hour

func lookDirectory(_ context.Context, p *Patient, say saying) {
	d := &p.Policy.Directory
	if len(d.People) == 0 {
		say(Skipped, "there is none", "identities are log-ins and addresses; approvers are those that the policy names", "docs/policy.md shows how one is exported")
		return
	}
	for _, path := range d.Files {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			say(Fail, err.Error(), "the next reload is refused", "put the file back")
		case p.Now().Sub(info.ModTime()) > oldDirectory:
			say(Warn, fmt.Sprintf("%s is %d days old", path, int(p.Now().Sub(info.ModTime()).Hours()/24)), "people who came and went since are not known", "export it every night, and reload")
		}
	}
	say(OK, fmt.Sprintf("%d people, mailboxes and devices", len(d.People)), "", "")
}

func lookStamp(_ context.Context, p *Patient, say saying) {
	keys := p.Policy.Stamp
	if len(keys) == 0 {
		say(Warn, "there is no stamp key", "mail that goes around maillint cannot be told from mail that went through", "write stamp: {keys: {NAME: file:PATH}}; docs/operate.md, Stamps")
		return
	}
	seen := map[string]string{}
	for _, k := range keys {
		if other, twice := seen[k.Secret.Reveal()]; twice {
			say(Warn, fmt.Sprintf("the keys %s and %s are the same", other, k.ID), "a change of key that changes nothing", "make a new one: openssl rand -hex 32")
		}
		seen[k.Secret.Reveal()] = k.ID
	}
	say(OK, fmt.Sprintf("%s makes stamps; %d are taken", keys[0].ID, len(keys)), "", "")
}
