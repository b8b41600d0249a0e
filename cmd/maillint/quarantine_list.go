package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/message"
	"maillint/report"
	"maillint/store"
)

// itemFilter are the flags that choose items.
type itemFilter struct {
	state                       []string
	rule, identity, disposition string
	older, newer                string
	limit                       int
}

func (o *itemFilter) flags(f *pflag.FlagSet, states string) {
	f.StringSliceVar(&o.state, "state", strings.Split(states, ","), "`STATE`s: "+stateNames()+", or all")
	o.choosing(f)
}

// choosing are those but the state.
func (o *itemFilter) choosing(f *pflag.FlagSet) {
	f.StringVar(&o.rule, "rule", "", "held by this `RULE`")
	f.StringVar(&o.identity, "identity", "", "submitted by this `ADDRESS` or account")
	f.StringVar(&o.disposition, "disposition", "", "held with this `DISPOSITION`: delay, confirm, approve, quarantine")
	f.StringVar(&o.older, "older", "", "held for longer than this `TIME`: 30m, 2h, 3d")
	f.StringVar(&o.newer, "newer", "", "held for no longer than this `TIME`")
	f.IntVar(&o.limit, "limit", 0, "at most this `NUMBER`, the oldest first")
}

func stateNames() string {
	var names []string
	for _, s := range store.States {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// filter checks the flags.
func (o *itemFilter) filter(now time.Time) (f store.Filter, err error) {
	for _, s := range o.state {
		switch {
		case s == "all":
			f.States = nil
			o.state = nil
		case !slices.Contains(store.States, store.State(s)):
			return f, fmt.Errorf("--state %q: unknown (want %s, or all)", s, stateNames())
		default:
			f.States = append(f.States, store.State(s))
		}
	}
	if len(o.state) == 0 {
		f.States = nil
	}
	holding := []string{"delay", "confirm", "approve", "quarantine"}
	if o.disposition != "" && !slices.Contains(holding, o.disposition) {
		return f, fmt.Errorf("--disposition %q: holds nothing%s", o.disposition, orElse(didYouMean(o.disposition, holding), " (want "+strings.Join(holding, ", ")+")"))
	}
	if o.limit < 0 {
		return f, fmt.Errorf("--limit: must not be negative")
	}
	f.Rule, f.Disposition, f.Limit, f.Identity = o.rule, o.disposition, o.limit, identityKey(o.identity)
	if f.Before, err = ago(now, "--older", o.older); err != nil {
		return f, err
	}
	f.Since, err = ago(now, "--newer", o.newer)
	return f, err
}

// identityKey is an address as identities are stored, or an account as it is.
func identityKey(s string) string {
	if a, ok := message.ParseAddress(s); ok && a.Domain != "" {
		return a.Key()
	}
	return s
}

// ago is the time before a length of time like "2h" or "3d".
func ago(now time.Time, flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
		if n > 100_000 {
			err = strconv.ErrRange
		}
	}
	if err != nil || d < 0 {
		return time.Time{}, fmt.Errorf("%s: %q is no length of time (write it like 30m, 2h, 3d)", flag, s)
	}
	return now.Add(-d), nil
}

func (q *quarantine) listCommand() *cobra.Command {
	var o itemFilter
	noLonger := false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List held messages",
		Long: `List shows what waits for a decision, the oldest first: --state all shows everything the store
has. With --json each line is an item with its findings.

With --no-longer-held it shows what the present policy would let through: the messages are judged
again, and nothing follows from it. "release --no-longer-held" sends them.`,
		Example: `  maillint quarantine list
  maillint quarantine list --rule exposed-recipients --identity hana@example.ac.jp
  maillint quarantine list --state released,failed --newer 7d --json
  maillint quarantine list --no-longer-held --rule exposed-recipients`,
		Args: noArguments,
		RunE: q.run(func([]string) error {
			q.warnOfBrakes()
			if noLonger {
				if !slices.Equal(o.state, []string{"held"}) {
					return fmt.Errorf("list: --no-longer-held is about what is held (leave --state out)")
				}
				return q.listNoLonger(&o)
			}
			return q.list(&o)
		}),
	}
	o.flags(cmd.Flags(), "held")
	cmd.Flags().BoolVar(&noLonger, "no-longer-held", false, "only what the present policy would no longer hold")
	return cmd
}

// noArguments refuses them and says so.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s: takes no arguments, and there is %q", strings.TrimPrefix(cmd.CommandPath(), "maillint "), args[0])
	}
	return nil
}

// itemsAtOnce is how many items are in memory at a time.
const itemsAtOnce = 500

// eachItem gives all items of a filter to a function, page by page.
func (q *quarantine) eachItem(f store.Filter, work func(*store.Item) error) error {
	left := f.Limit
	for {
		f.Limit = itemsAtOnce
		if left > 0 {
			f.Limit = min(itemsAtOnce, left)
		}
		list, err := q.db.List(q.ctx, f)
		if err != nil {
			return err
		}
		for _, it := range list {
			if err := work(it); err != nil {
				return err
			}
		}
		if len(list) < f.Limit || left > 0 && left == len(list) {
			return nil
		}
		left -= min(left, len(list))
		f.After = list[len(list)-1].ID
	}
}

func (q *quarantine) list(o *itemFilter) error { return q.listOf(o, q.eachItem) }

func (q *quarantine) listNoLonger(o *itemFilter) error { return q.listOf(o, q.eachNoLonger) }

func (q *quarantine) listOf(o *itemFilter, each func(store.Filter, func(*store.Item) error) error) error {
	now := q.db.Now(q.ctx)
	f, err := o.filter(now)
	if err != nil {
		return err
	}
	if q.json {
		return each(f, func(it *store.Item) error { return q.printJSON(it) })
	}
	t := &report.Table{
		Head: []string{"ID", "STATE", "DISPOSITION", "AGE", "DUE IN", "FROM", "TO", "SIZE", "RULES", "SUBJECT"},
		Most: []int{0, 0, 0, 0, 0, 34, 0, 0, 44, 50},
	}
	failed := each(f, func(it *store.Item) error {
		t.Add(listRow(it, now)...)
		return nil
	})
	if unread := exit(0); failed != nil && !errors.As(failed, &unread) {
		return failed
	}
	if t.Len() == 0 {
		_, err = fmt.Fprintln(q.stdout, "nothing held")
	} else {
		_, err = t.WriteTo(q.stdout)
	}
	if failed != nil {
		return failed
	}
	return err
}

// listRow is an item in short.
func listRow(it *store.Item, now time.Time) []string {
	due := ""
	if it.State == store.Held && !it.Due.IsZero() {
		due = span(it.Due.Sub(now))
	}
	to := fmt.Sprint(len(it.Recipients))
	if len(it.Recipients) == 1 {
		to = it.Recipients[0].Address
	}
	return []string{it.ID, string(it.State), it.Disposition, span(now.Sub(it.Held)), due,
		orElse(it.Identity.Address, it.Identity.Account), to, report.Size(it.Size), strings.Join(it.Rules(), " "), it.Subject}
}

func (q *quarantine) statsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Count what is stored",
		Args:  noArguments,
		RunE: q.run(func([]string) error {
			q.warnOfBrakes()
			s, err := q.db.Stats(q.ctx)
			if err != nil {
				return err
			}
			if q.json {
				return q.printJSON(s)
			}
			return q.printStats(s)
		}),
	}
}

func (q *quarantine) printStats(s *store.Stats) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s", report.Plural(s.Waiting, "message")+" held", report.Size(s.WaitingBytes))
	if s.Waiting > 0 {
		fmt.Fprintf(&b, ", the oldest for %s", span(q.db.Now(q.ctx).Sub(s.Oldest)))
	}
	b.WriteByte('\n')
	counts(&b, "disposition", s.Dispositions)
	counts(&b, "rule", s.Rules)
	states := map[string]int{}
	for k, n := range s.States {
		states[string(k)] = n
	}
	b.WriteString("all items\n")
	counts(&b, "state", states)
	fmt.Fprintf(&b, "%s with bytes, %s; %s remembered; %s in the audit log\n", report.Plural(s.Bodies, "message"), report.Size(s.BodyBytes),
		report.Plural(s.Memories, "decision"), report.Plural(int(s.Records), "record"))
	_, err := fmt.Fprint(q.stdout, b.String())
	return err
}

// counts writes numbers, the greatest first.
func counts(b *strings.Builder, what string, numbers map[string]int) {
	if len(numbers) == 0 {
		return
	}
	var names []string
	for name := range numbers {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		if numbers[x] != numbers[y] {
			return numbers[y] - numbers[x]
		}
		return strings.Compare(x, y)
	})
	fmt.Fprintf(b, "  by %s:\n", what)
	for _, name := range names {
		fmt.Fprintf(b, "  %8s  %s\n", report.Count(numbers[name]), report.Escape(orElse(name, "none")))
	}
}
