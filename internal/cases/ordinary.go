package cases

import (
	"slices"
	"strings"

	"maillint/corpus"
	"maillint/lint"
	"maillint/policy"
)

// RunOrdinary judges one ordinary message by a policy, twice: as the sender's
// own copy, and on its way with its envelope. Each time its disposition must
// be below delay. remarks are the rules that find something all the same, at
// warning or over.
func RunOrdinary(p *policy.Policy, t corpus.Theme, mail corpus.Ordinary) (problems []Problem, remarks []string) {
	r := Result{Case: t.Folder, Title: mail.Fine}
	org, err := organization(p, t.Organization)
	if err != nil {
		r.add("index.yaml", "organization: %v", err)
		return r.Problems, nil
	}
	known := lint.Known{Partners: t.Partners, Protected: t.Protected}
	if len(t.Blocked) > 0 {
		known.Lists = map[string]lint.Matcher{"blocked": entries(t.Blocked)}
	}
	engine := p.EngineWith(org, known)
	for how, env := range map[string]*corpus.Envelope{"stored": nil, "on its way": envelopeOf(mail)} {
		m := open(mail.Raw, env)
		found, err := engine.Run(m)
		if err != nil {
			r.add(mail.File, "%s: %v", how, err)
		}
		v := p.Judge(m, policy.IdentityOf(m), found)
		for _, j := range v.Findings {
			if j.Severity > lint.Info && !slices.Contains(remarks, j.Rule) {
				remarks = append(remarks, j.Rule)
			}
		}
		if v.Disposition < policy.Delay {
			continue
		}
		var why []string
		for _, j := range v.Findings {
			if j.Disposition >= policy.Delay {
				why = append(why, say(j.Finding))
			}
		}
		r.add(mail.File, "%s: %s: %s", how, v.Disposition, strings.Join(why, "; "))
	}
	slices.Sort(remarks)
	return r.Problems, remarks
}

// envelopeOf gives the envelope of a message on its way: what the index says,
// else what a mail program makes of the fields.
func envelopeOf(mail corpus.Ordinary) *corpus.Envelope {
	if mail.Envelope != nil {
		return mail.Envelope
	}
	fields := open(mail.Raw, nil).Envelope
	env := &corpus.Envelope{From: fields.ReversePath.String()}
	if fields.ReversePath.IsZero() {
		env.From = "<>"
	}
	for _, a := range fields.Recipients {
		env.To = append(env.To, a.String())
	}
	return env
}
