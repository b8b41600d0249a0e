package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"maillint/message"
	"maillint/notify"
	"maillint/rewrite"
	"maillint/submit"

	"maillint/internal/spool"
)

// manyRestarts are so many that somebody should look.
const manyRestarts = 3

func lookUnits(ctx context.Context, p *Patient, say saying) {
	unit := "maillint-" + p.Door + ".service"
	out, err := p.Program(ctx, "systemctl", "show", unit, "-p", "LoadState,ActiveState,UnitFileState,NRestarts,Result")
	if err != nil {
		say(Skipped, "systemd does not run here", "whether maillint is started after a reboot is not known", "")
		return
	}
	is := map[string]string{}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		is[key] = value
	}
	restarts, _ := strconv.Atoi(is["NRestarts"])
	switch {
	case is["LoadState"] == "not-found":
		say(Warn, unit+" is not installed", "nobody starts the program after a reboot, or when it ends", "copy the units of contrib/systemd; docs/operate.md, Day one")
		return
	case is["ActiveState"] == "failed":
		say(Fail, fmt.Sprintf("%s has failed (%s)", unit, is["Result"]), "no mail is taken", "journalctl -u "+unit)
	case is["ActiveState"] != "active":
		say(Fail, fmt.Sprintf("%s is %s", unit, is["ActiveState"]), "no mail is taken", "systemctl start "+unit)
	case restarts > manyRestarts:
		say(Warn, fmt.Sprintf("%s was restarted %d times", unit, restarts), "it ends again and again", "journalctl -u "+unit)
	default:
		say(OK, unit+" is active", "", "")
	}
	if s := is["UnitFileState"]; s != "enabled" && s != "static" && s != "generated" {
		say(Warn, fmt.Sprintf("%s is %s", unit, s), "it is not started after a reboot", "systemctl enable "+unit)
	}
}

func lookWebhook(ctx context.Context, p *Patient, say saying) {
	switch {
	case p.Webhook == nil:
		say(Skipped, "there is none", "while the release route is dead no alarm gets out but in the metrics and the log", "write notify: {webhook: {url: https://...}}")
		return
	case !p.Send:
		say(Skipped, "not tried (--send tries it)", "", "")
		return
	}
	err := p.Webhook.Send(ctx, notify.Event{
		Version: 1, Event: "test", Delivery: fmt.Sprintf("test-%d", p.Now().UnixNano()), Kind: "test", Text: testText,
		Node: p.Policy.Proxy.Hostname, Organization: p.Policy.Organization.Name, Time: p.Now().UTC(),
	})
	if err != nil {
		say(Fail, err.Error(), "no alarm gets there", "look at notify.webhook, and at the place it leads to")
		return
	}
	say(OK, "it took a test", "", "")
}

const testText = "this is a test that maillint doctor --send was asked for; there is nothing to do"

// sendTest sends a notice to the administrators, over a session of the release
// route.
func sendTest(ctx context.Context, p *Patient, s *submit.Session, say saying) {
	to := p.Policy.Holds.Fallback[0]
	err := postTest(ctx, p, s, to)
	if err != nil {
		say(Fail, fmt.Sprintf("a test notice to %s: %v", to, err), "notices and alarms do not get out", "look at the release route")
		return
	}
	say(OK, fmt.Sprintf("a test notice to %s was taken: look whether it arrives", to), "", "")
}

func postTest(ctx context.Context, p *Patient, s *submit.Session, to message.Address) error {
	texts, err := notify.Load(p.Policy.Notify.Templates)
	if err != nil {
		return err
	}
	from := p.Policy.Notify.From
	if from.IsZero() {
		from = ours(p)
	}
	raw, err := texts.Notice(notify.Mail{From: from, To: to, Hostname: p.Policy.Proxy.Hostname, Date: p.Now(), Language: p.Policy.Notify.Language}, notify.Alarm, notify.Data{Text: testText})
	if err != nil {
		return err
	}
	for _, step := range []func() (submit.Reply, error){
		func() (submit.Reply, error) { return s.Mail(ctx, submit.Path{}) },
		func() (submit.Reply, error) { return s.Rcpt(ctx, submit.Path{Address: to}) },
		func() (submit.Reply, error) {
			b := spool.FromBytes(raw)
			return s.Data(ctx, &rewrite.Message{Body: b, Size: b.Size(), Hash: b.Hash()})
		},
	} {
		reply, err := step()
		switch {
		case err != nil:
			return err
		case !reply.OK():
			return fmt.Errorf("%s", reply)
		}
	}
	return nil
}
