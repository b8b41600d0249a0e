package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
)

// postfix is what "postconf" says of main.cf, and "postconf -P" of master.cf.
type postfix struct {
	main   map[string]string
	master []string // "smtp/inet/smtpd_milters = ..."
}

func readPostfix(ctx context.Context, p *Patient) (*postfix, error) {
	text, err := p.Program(ctx, "postconf")
	if err != nil {
		return nil, err
	}
	out := &postfix{main: map[string]string{}}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, "="); ok {
			out.main[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	text, err = p.Program(ctx, "postconf", "-P")
	out.master = strings.Split(strings.TrimSpace(text), "\n")
	return out, err
}

// values are what a parameter is in main.cf and in each service of master.cf.
func (f *postfix) values(name string) []string {
	out := []string{f.main[name]}
	for _, line := range f.master {
		if key, value, ok := strings.Cut(line, "="); ok && strings.HasSuffix(strings.TrimSpace(key), "/"+name) {
			out = append(out, strings.TrimSpace(value))
		}
	}
	return out
}

// says reports whether a parameter holds a word anywhere.
func (f *postfix) says(name, word string) bool {
	for _, v := range f.values(name) {
		if strings.Contains(v, word) {
			return true
		}
	}
	return false
}

func lookPostfix(ctx context.Context, p *Patient, say saying) {
	f, err := readPostfix(ctx, p)
	if errors.Is(err, exec.ErrNotFound) {
		say(Skipped, "there is no Postfix on this machine", "", "")
		return
	}
	if err != nil {
		say(Warn, "postconf: "+err.Error(), "what Postfix does with mail is not known", "run doctor as root")
		return
	}
	milters(p, f, say)
	networks(p, f, say)
	if vouches(p) && !checksSenders(f) {
		say(Warn, "reject_sender_login_mismatch is in none of smtpd_*_restrictions", "the policy believes the reverse-path (identity: reverse-path), and Postfix lets anybody write it", "smtpd_sender_restrictions = reject_sender_login_mismatch, with smtpd_sender_login_maps")
	}
}

// milters: Postfix asks ours, and keeps mail back when it does not answer.
func milters(p *Patient, f *postfix, say saying) {
	if len(p.Policy.Milter.Listen) == 0 {
		return
	}
	asked := false
	for _, socket := range p.Policy.Milter.Listen {
		for _, v := range f.values("smtpd_milters") {
			asked = asked || named(v, socket)
		}
	}
	if !asked {
		say(Fail, fmt.Sprintf("smtpd_milters names none of %s", strings.Join(p.Policy.Milter.Listen, ", ")), "Postfix sends mail without asking", "smtpd_milters = "+p.Policy.Milter.Listen[0])
	}
	bad := false
	for _, v := range append(f.values("milter_default_action"), f.values("smtpd_milters")...) {
		if v == "accept" || strings.Contains(v, "default_action=accept") {
			bad = true
			say(Fail, "milter_default_action = accept", "mail goes out unread whenever the milter is down", "milter_default_action = tempfail")
			break
		}
	}
	if v := f.main["milter_default_action"]; v == "reject" || v == "quarantine" {
		bad = true
		say(Warn, "milter_default_action = "+v, "mail is lost, or waits where nobody looks, whenever the milter is down", "milter_default_action = tempfail")
	}
	if asked && !bad {
		say(OK, "smtpd_milters asks maillint, and mail waits while it does not answer", "", "")
	}
}

// named reports whether a list of milters has a socket, in either's spelling:
// chrooted services name Unix sockets without the slash.
func named(list, socket string) bool {
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(" \t,{}", r) }) {
		if word == socket || sameSocket(word, socket) {
			return true
		}
	}
	return false
}

func sameSocket(a, b string) bool {
	kindA, restA, _ := strings.Cut(a, ":")
	kindB, restB, _ := strings.Cut(b, ":")
	if kindA == "local" {
		kindA = "unix"
	}
	switch {
	case kindA != kindB:
		return false
	case kindA == "unix":
		return strings.HasSuffix(restB, "/"+strings.TrimPrefix(restA, "/"))
	}
	hostA, portA, errA := net.SplitHostPort(restA)
	hostB, portB, errB := net.SplitHostPort(restB)
	return errA == nil && errB == nil && portA == portB && (hostA == hostB || loopback(restA) && (loopback(restB) || hostB == "0.0.0.0"))
}

// networks: a Postfix behind us on this machine believes nobody else.
func networks(p *Patient, f *postfix, say saying) {
	behind := false
	for _, h := range p.Hops {
		for _, a := range h.Addresses {
			behind = behind || loopback(a)
		}
	}
	list := strings.FieldsFunc(f.main["mynetworks"], func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	var others []string
	for _, n := range list {
		switch {
		case n == "0.0.0.0/0" || n == "[::]/0" || n == "::/0":
			say(Fail, "mynetworks = "+n, "an open relay, past maillint", "mynetworks = 127.0.0.0/8 [::1]/128")
			return
		case !strings.HasPrefix(n, "127.") && !strings.HasPrefix(n, "[::1]") && !strings.HasPrefix(n, "[::ffff:127."):
			others = append(others, n)
		}
	}
	switch {
	case !behind || len(p.Policy.Milter.Listen) > 0:
	case len(others) > 0:
		say(Warn, "mynetworks has "+strings.Join(others, ", ")+" besides this machine", "these machines send past maillint", "mynetworks = 127.0.0.0/8 [::1]/128, and let them use maillint's port")
	default:
		say(OK, "mynetworks is this machine alone", "", "")
	}
}

// vouches reports whether the policy believes the reverse-path because an MTA
// checks it.
func vouches(p *Patient) bool {
	if p.Policy.Milter.Vouched {
		return true
	}
	for _, l := range p.Policy.Proxy.Listeners {
		if l.Identity.String() == "reverse-path" && l.Transparent {
			return true
		}
	}
	return false
}

func checksSenders(f *postfix) bool {
	for _, name := range []string{"smtpd_sender_restrictions", "smtpd_recipient_restrictions", "smtpd_relay_restrictions", "smtpd_client_restrictions", "mua_sender_restrictions"} {
		if f.says(name, "sender_login_mismatch") {
			return true
		}
	}
	return false
}
