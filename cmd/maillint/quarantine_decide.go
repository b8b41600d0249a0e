package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/gate"
	"maillint/report"
	"maillint/store"
)

// decideCommands are the verbs that decide.
func (q *quarantine) decideCommands() []*cobra.Command {
	release := q.decideCommand("release", "Send held messages", `Release sends a message to its recipients, or to those of --only. With --hide the visible external
recipients are moved out of the header first. What was discarded, expired or rejected can be
released anew, under a new ID, as long as its bytes are kept.

With --no-longer-held, and without IDs, it names what the present policy would no longer hold, and
with --yes sends it: for administrators, after a rule or an exception was changed.`,
		`  maillint quarantine release ID
  maillint quarantine release ID --hide --by hana@example.ac.jp --reason "asked by telephone"
  maillint quarantine release ID --only taro@example.com
  maillint quarantine release --no-longer-held --rule exposed-recipients`)
	discard := q.decideCommand("discard", "Decide that held messages are not sent", `Discard ends a held message; its sender is told. The bytes are kept for holds.keep (14 days), and
within them it can be released anew.`,
		`  maillint quarantine discard ID --reason "wrong list"`)
	withdraw := q.decideCommand("withdraw", "Take held messages back for their senders", `Withdraw is the sender's own word that a message is not to be sent.`,
		`  maillint quarantine withdraw ID --by hana@example.ac.jp`)
	approve := q.decideCommand("approve", "Record an approver's vote", `Approve records one vote of the approver of --by. Distinct people count; the sender's own vote is
refused. The last vote that is needed sends the message.`,
		`  maillint quarantine approve ID --by dean@example.ac.jp`)
	return []*cobra.Command{release, discard, withdraw, approve}
}

// decideCommand is one verb. What it writes into the store the running proxy
// carries out.
func (q *quarantine) decideCommand(how, short, long, example string) *cobra.Command {
	d := gate.Decision{How: how}
	var all bulk
	cmd := &cobra.Command{
		Use:   how + " ID...",
		Short: short,
		Long: long + `

Without --by it is the administrator's own decision; with it, it is recorded as that person's, and
refused where it is not theirs to make. The audit log keeps both that address and the
operating-system user. The running proxy carries the decision out.`,
		Example: example,
		Args:    atLeast(1, "the ID of a held message (\"maillint quarantine list\" has them)"),
		RunE: q.run(func(ids []string) error {
			if how == "approve" && d.By == "" {
				return errors.New("approve: say whose vote it is (--by ADDRESS)")
			}
			d.OSUser = osUser()
			if all.noLonger {
				return q.releaseNoLonger(&all, d)
			}
			return q.each(ids, func(id string) error { return q.decide(id, d) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&d.By, "by", "", "`ADDRESS` of whoever decides")
	f.StringVar(&d.Reason, "reason", "", "`TEXT` that is kept with the decision")
	if how == "release" {
		f.BoolVar(&d.Hide, "hide", false, "move visible external recipients out of the header")
		f.StringSliceVar(&d.Only, "only", nil, "send to these `RECIPIENT`s alone")
		all.flags(cmd)
		cmd.Args = all.arguments
		cmd.Use = how + " ID... | --no-longer-held"
	}
	if how == "release" || how == "approve" {
		f.BoolVar(&d.Forget, "do-not-remember", false, "ask about the same thing again next time")
	}
	f.VisitAll(func(flag *pflag.Flag) { _ = f.SetAnnotation(flag.Name, notFromEnvironment, []string{}) })
	return cmd
}

// decide records one decision.
func (q *quarantine) decide(id string, d gate.Decision) error {
	it, err := q.decider().Decide(q.ctx, id, d)
	if it == nil {
		return err
	}
	if err != nil && !errors.Is(err, store.ErrDoubt) {
		fmt.Fprintf(q.stderr, "maillint: %s\n", report.Escape(err.Error()))
	}
	return q.decided(id, it)
}

// decided says what follows.
func (q *quarantine) decided(id string, it *store.Item) error {
	if q.json {
		return q.printJSON(it)
	}
	_, err := fmt.Fprintf(q.stdout, "%s: %s\n", it.ID, report.Escape(followed(id, it, q.decider().Explain(it))))
	return err
}

// followed says in words what has become of an item.
func followed(id string, it *store.Item, explained string) string {
	text := explained
	switch it.State {
	case store.Releasing:
		n := 0
		for i := range it.Recipients {
			if it.Recipients[i].Open() {
				n++
			}
		}
		text = "is sent to " + report.Plural(n, "recipient")
		if it.Hide {
			text += ", with hidden recipients"
		}
	case store.Discarded:
		text = "discarded"
	case store.Withdrawn:
		text = "withdrawn"
	}
	if it.ID != id {
		text += " (decided anew, was " + id + ")"
	}
	return text
}
