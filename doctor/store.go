package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"maillint/gate"
	"maillint/internal/canary"
	"maillint/store"
)

// storeFloor is the free space that a store should have.
const storeFloor = 500 << 20

func lookStore(ctx context.Context, p *Patient, say saying) {
	if p.Store == nil {
		say(Fail, text(p.StoreError), storeMeans(p.StoreError), storeDo(p.StoreError))
		return
	}
	if err := p.Store.Check(ctx); err != nil {
		say(Fail, "it cannot be written: "+err.Error(), "nothing can be held: such mail is answered 451", "look at the disk, its rights, and the database")
		return
	}
	s, err := p.Store.Stats(ctx)
	if err != nil {
		say(Fail, err.Error(), "what is held cannot be listed", "look at the database")
		return
	}
	say(OK, fmt.Sprintf("written and read back; %d messages wait, %d records in the audit log", s.Waiting, s.Records), "", "")
	audit(ctx, p, say)
	if path, ok := strings.CutPrefix(p.Policy.Store.Address, "sqlite:"); ok {
		sqlite(p, path, say)
	}
}

func text(err error) string {
	if err == nil {
		return "there is none"
	}
	return err.Error()
}

func storeMeans(err error) string {
	if errors.Is(err, os.ErrNotExist) {
		return "nothing has run on it yet"
	}
	return "nothing can be held: such mail is answered 451, or the program does not start"
}

func storeDo(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "start the program once; it makes the store. If it has run before, look for the file"
	case errors.Is(err, store.ErrKey):
		return "give the key that the store was made with (store.key)"
	case errors.Is(err, store.ErrNewer):
		return "run the newer maillint"
	case errors.Is(err, store.ErrOlder):
		return "nothing, if this is before an upgrade: the new program makes it anew at its start"
	}
	return "look at the address, the server, the log-in (store.address)"
}

// audit follows the chains.
func audit(ctx context.Context, p *Patient, say saying) {
	v, err := p.Store.AuditVerify(ctx)
	switch {
	case err != nil:
		say(Warn, "the audit log was not read whole: "+err.Error(), "whether it is whole is not known", "maillint quarantine audit verify")
	case !v.OK():
		say(Fail, "the audit log is broken", "somebody, or a fault, changed what it says", "maillint quarantine audit verify names the first record; keep a copy before anything else")
	}
}

// sqlite looks at the file: who may read it, and the room it has.
func sqlite(p *Patient, path string, say saying) {
	info, err := os.Stat(path)
	if err != nil {
		say(Fail, err.Error(), "the store is gone under the program that runs", "stop it, and restore a backup")
		return
	}
	if info.Mode().Perm()&0o007 != 0 {
		say(Fail, fmt.Sprintf("%s can be read by everybody on this machine (%s)", path, info.Mode().Perm()), "held mail is not confidential", "chmod 600 "+path)
	}
	room(say, folderOf(path), "the store's disk", storeFloor)
}

// Clocks may differ a little; deadlines are in the store's time.
const (
	clockWarn = 5 * time.Second
	clockFail = time.Minute
)

func lookClock(ctx context.Context, p *Patient, say saying) {
	if p.Store != nil {
		off := p.Store.Now(ctx).Sub(p.Now()).Abs().Round(time.Second)
		switch {
		case off > clockFail:
			say(Fail, fmt.Sprintf("the store's clock and this machine's differ by %s", off), "stamps, certificates and dates are wrong on one of them", "let both follow a time server")
		case off > clockWarn:
			say(Warn, fmt.Sprintf("the store's clock and this machine's differ by %s", off), "times in logs and notices do not agree", "let both follow a time server")
		default:
			say(OK, "the store's clock and this machine's agree", "", "")
		}
		if alive, err := gate.Alive(ctx, p.Store); err == nil && alive.Sub(p.Store.Now(ctx)) > clockFail {
			say(Fail, fmt.Sprintf("maillint was alive at %s, which is to come", alive.Format(time.RFC3339)), "the clock was put back: what waits waits longer", "look at the clock")
		}
	}
	out, err := p.Program(ctx, "timedatectl", "show", "-p", "NTPSynchronized", "--value")
	switch {
	case err != nil:
		say(Skipped, "whether it follows a time server is not known here", "", "")
	case strings.TrimSpace(out) == "no":
		say(Warn, "this machine does not follow a time server", "stamps expire early or late, log lines of two machines cannot be put in order", "timedatectl set-ntp true")
	}
}

func lookBrakes(ctx context.Context, p *Patient, say saying) {
	if p.Store == nil {
		say(Skipped, "the store is not open", "", "")
		return
	}
	on, err := p.Store.Brakes(ctx)
	if err != nil {
		say(Fail, err.Error(), "nobody knows which rules are braked", "look at the store")
		return
	}
	for _, b := range on {
		say(Warn, fmt.Sprintf("%s is braked until %s: %s", b.Rule, b.Until.Local().Format("2006-01-02 15:04"), b.Reason), "what it finds leaves", "maillint brake --off "+b.Rule+", once it is mended")
	}
	if len(on) == 0 {
		say(OK, "none is on", "", "")
	}
}

// silent is how long the heartbeat may be away.
const silent = 5 * time.Minute

// lookRunning asks the program that runs: the canary's word is among what it
// says.
func lookRunning(ctx context.Context, p *Patient, say saying) {
	if p.Store != nil {
		alive, err := gate.Alive(ctx, p.Store)
		switch ago := p.Store.Now(ctx).Sub(alive).Round(time.Second); {
		case err != nil:
			say(Fail, err.Error(), "whether anything runs is not known", "look at the store")
		case alive.IsZero():
			say(Warn, "nothing has run on this store yet", "", "start the program")
		case ago > silent:
			say(Fail, fmt.Sprintf("nothing has run on this store for %s", ago), "no mail is judged, no deadline met, no notice sent", "start the program; its log says why it ended")
		default:
			say(OK, fmt.Sprintf("a node was alive %s ago", max(ago, 0)), "", "")
		}
	}
	canaries(ctx, p, say)
	if p.Monitor == "" {
		say(Skipped, "/readyz was not asked", "what the running program says about itself is not known", "start it with --monitor, and give doctor the same")
		return
	}
	ready(ctx, p, say)
}

// forgotten is how long a node that makes no rounds any more is named: then it
// was taken away for good.
const forgotten = 7 * 24 * time.Hour

// canaries tells what the canary of each node on the store has seen last.
func canaries(ctx context.Context, p *Patient, say saying) {
	if p.Store == nil {
		return
	}
	list, err := canary.Load(ctx, p.Store)
	if err != nil {
		say(Fail, err.Error(), "what the canaries saw is not known", "look at the store")
		return
	}
	for _, s := range list {
		now := p.Now()
		ago := now.Sub(s.At).Round(time.Second)
		switch {
		case ago > forgotten:
		case s.Stale(now):
			say(Warn, fmt.Sprintf("%s has made no round of the canary for %s", s.Node, ago), "whether it judges mail is not known", "look whether it runs; a node that was taken away is named for seven days")
		case !s.Ready:
			for _, f := range s.Faults {
				say(Fail, fmt.Sprintf("%s, canary: %s: %s", s.Node, f.Part, f.Text), "see the node's /readyz", "docs/operate.md has what to do about each part")
			}
		default:
			say(OK, fmt.Sprintf("%s: %d of %d messages of the canary as they must be, %s ago", s.Node, s.Right, s.Messages, max(ago, 0)), "", "")
		}
	}
}

// ready asks /readyz.
func ready(ctx context.Context, p *Patient, say saying) {
	var told struct {
		Ready   bool
		Trouble []struct{ Part, Error string }
		Notes   []string
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Monitor+"/readyz", nil)
	if err == nil {
		r.Header.Set("Accept", "application/json")
		var answer *http.Response
		if answer, err = http.DefaultClient.Do(r); err == nil {
			defer answer.Body.Close()
			err = json.NewDecoder(http.MaxBytesReader(nil, answer.Body, 1<<20)).Decode(&told)
		}
	}
	if err != nil {
		say(Warn, "/readyz does not answer: "+err.Error(), "the program does not run here, or without --monitor", "start it with --monitor "+p.Monitor)
		return
	}
	for _, t := range told.Trouble {
		say(Fail, t.Part+": "+t.Error, "mail that has to be held is answered 451", "docs/operate.md has what to do about each part")
	}
	if told.Ready {
		say(OK, strings.Join(append([]string{"/readyz says ready"}, told.Notes...), "; "), "", "")
	}
}
