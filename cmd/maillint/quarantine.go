package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/gate"
	"maillint/policy"
	"maillint/report"
	"maillint/store"
)

// exitRefused: the store is right and says no: decided already, no such vote.
const exitRefused = 1

// quarantine is what the verbs below "maillint quarantine" have in common.
type quarantine struct {
	config, store, keyFile string
	json                   bool

	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	policy *policy.Policy
	db     store.Store
	judge  *gate.Presenter // see presenter
}

func quarantineCommand() *cobra.Command {
	q := &quarantine{}
	cmd := &cobra.Command{
		Use:   "quarantine",
		Short: "List, show, release and export held mail",
		Long: `Quarantine works on the store of held mail, also while the proxy runs on it. A decision is
written into the store; the running proxy carries it out.

The store is the one of --store, else of the policy, else maillint.db in this folder. Who runs
this program is recorded in the audit log with every decision and every look at a message.

Exit status: 0 done, 1 refused (decided already, not theirs to decide, a broken audit log),
2 usage, policy or store error, 3 no such message, or its bytes cannot be read.`,
		Example: `  maillint quarantine list
  maillint quarantine list --rule exposed-recipients --older 2h --json
  maillint quarantine show ID
  maillint quarantine release ID --hide --by hana@example.ac.jp`,
		Args: noSuchVerb,
		RunE: needsVerb,
	}
	q.flags(cmd.PersistentFlags())
	cmd.AddCommand(q.listCommand(), q.showCommand(), q.exportCommand(), q.statsCommand(), q.forgetCommand(), q.forwardsCommand(), q.correspondentsCommand(), q.auditCommand())
	cmd.AddCommand(q.decideCommands()...)
	return cmd
}

// flags say which store it is.
func (q *quarantine) flags(f *pflag.FlagSet) {
	f.StringVar(&q.config, "config", "", "policy `FILE` (default: rules.yaml in this folder, else the policy that ships)")
	f.StringVar(&q.store, "store", "", "`STORE`: sqlite:PATH or postgres://... (default: the policy's, else sqlite:maillint.db)")
	f.StringVar(&q.keyFile, "key-file", "", "`FILE` with the store's key (default: the policy's store.key)")
	f.BoolVar(&q.json, "json", false, "write JSON, an object a line")
}

// run gives a verb its store and ends it.
func (q *quarantine) run(work func(args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		q.ctx, q.stdout, q.stderr = cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr()
		if q.ctx == nil {
			q.ctx = context.Background()
		}
		if err := q.open(); err != nil {
			return err
		}
		defer q.db.Close()
		return work(args)
	}
}

func (q *quarantine) open() (err error) {
	path := q.config
	if path == "" {
		if _, err := os.Stat("rules.yaml"); err == nil {
			path = "rules.yaml"
		}
	}
	// Warnings are for "maillint check"; here is work to do.
	if q.policy, err = loadQuietly(path, q.stderr); err != nil {
		return err
	}
	where := q.policy.Store.Address
	if q.store != "" {
		where = q.store
	}
	if where == "" {
		where = "sqlite:maillint.db"
	}
	o := store.Options{Existing: true}
	if o.Key, err = q.key(); err != nil {
		return err
	}
	q.db, err = store.Open(q.ctx, where, o)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w (name the store with --store, the policy with --config, or run this where the proxy runs)", err)
	}
	return err
}

// loadQuietly reads a policy without a word about what is merely odd in it.
func loadQuietly(path string, stderr io.Writer) (*policy.Policy, error) {
	var b strings.Builder
	p, err := loadPolicy(path, &b)
	if err != nil {
		fmt.Fprint(stderr, b.String())
	}
	return p, err
}

func (q *quarantine) key() ([]byte, error) {
	text := q.policy.Store.Key.Reveal()
	if q.keyFile != "" {
		b, err := os.ReadFile(q.keyFile)
		if err != nil {
			return nil, fmt.Errorf("--key-file: %w", err)
		}
		text = string(b)
	}
	if text == "" {
		return nil, nil
	}
	return store.ParseKey(text)
}

// printJSON writes an object on a line.
func (q *quarantine) printJSON(v any) error { return writeJSONLine(q.stdout, v) }

func writeJSONLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", report.EscapeJSON(b))
	return err
}

// complain says what is wrong with one item, and gives the exit code.
func (q *quarantine) complain(id string, err error) exit {
	text := strings.TrimPrefix(err.Error(), id+": ")
	fmt.Fprintf(q.stderr, "maillint: %s: %s\n", report.Escape(id), report.Escape(text))
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDamaged) {
		return exitUnread
	}
	return exitRefused
}

// each does something with every ID, and remembers the gravest failure.
func (q *quarantine) each(ids []string, work func(id string) error) error {
	worst := exit(exitClean)
	for _, id := range ids {
		if err := work(id); err != nil {
			worst = max(worst, q.complain(id, err))
		}
	}
	if worst != exitClean {
		return worst
	}
	return nil
}

// look records that somebody looked at messages. Where that cannot be written
// (a full disk) it is said, and the message can be rescued all the same.
func (q *quarantine) look(event, id string) {
	err := q.db.Audit(q.ctx, store.Record{Event: event, Item: id, OSUser: osUser()})
	if err != nil {
		fmt.Fprintf(q.stderr, "maillint: %s: not recorded in the audit log: %v\n", id, err)
	}
}

// osUser is who runs this program, and who became that with sudo.
func osUser() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if before := os.Getenv("SUDO_USER"); before != "" && before != name {
		name += " (sudo by " + before + ")"
	}
	return name
}

// clock is a time for people, in the zone of the machine.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

// span is a length of time for people: its two largest units.
func span(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%s%ds", sign, int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%s%dm", sign, int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%s%dh%02dm", sign, int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%s%dd", sign, int(d.Hours())/24)
}
