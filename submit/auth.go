package submit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

var errLine = errors.New("submit: a line of the log-in holds a control character")

// AuthStart passes on AUTH with a mechanism and the client's initial response
// as it came (base64, "=" or ""). 334 asks for more, by AuthStep.
func (s *Session) AuthStart(ctx context.Context, mechanism, initial string) (Reply, error) {
	line := "AUTH " + mechanism
	if initial != "" {
		line += " " + initial
	}
	return s.authLine(ctx, line)
}

// AuthStep passes on one line of the log-in, or "*", which gives it up.
func (s *Session) AuthStep(ctx context.Context, line string) (Reply, error) {
	return s.authLine(ctx, line)
}

func (s *Session) authLine(ctx context.Context, line string) (Reply, error) {
	for i := 0; i < len(line); i++ {
		if line[i] < ' ' || line[i] > '~' {
			return Reply{}, errLine
		}
	}
	return s.do(ctx, func() (Reply, error) {
		reply, err := s.command(line)
		s.asked = err == nil && reply.Code == 334
		s.authed = s.authed || err == nil && reply.Code == 235
		return reply, err
	})
}

// login is our own log-in.
func (s *Session) login(a *Auth) error {
	if !s.tls && !loopback(s.conn.RemoteAddr()) {
		return errors.New("submit: no log-in without TLS (set tls for the route)")
	}
	secret, err := a.Secret()
	if err != nil {
		return fmt.Errorf("submit: secret of the log-in: %w", err)
	}
	reply, err := s.mechanism(a, secret)
	if err != nil {
		return err
	}
	if reply.Code != 235 {
		return &Refused{"AUTH", reply}
	}
	s.authed = true
	return nil
}

func (s *Session) mechanism(a *Auth, secret string) (Reply, error) {
	switch strings.ToUpper(a.Mechanism) {
	case "", "PLAIN":
		return s.command("AUTH PLAIN " + b64("\x00"+a.User+"\x00"+secret))
	case "XOAUTH2":
		reply, err := s.command("AUTH XOAUTH2 " + b64("user="+a.User+"\x01auth=Bearer "+secret+"\x01\x01"))
		if err == nil && reply.Code == 334 { // the reason; an empty answer asks for the reply
			return s.command("")
		}
		return reply, err
	case "LOGIN":
		reply, err := s.command("AUTH LOGIN")
		for _, word := range []string{a.User, secret} {
			if err != nil || reply.Code != 334 {
				break
			}
			reply, err = s.command(b64(word))
		}
		return reply, err
	}
	return Reply{}, fmt.Errorf("submit: log-in mechanism %q is not known (PLAIN, LOGIN and XOAUTH2 are)", a.Mechanism)
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func loopback(a net.Addr) bool {
	ap, err := netip.ParseAddrPort(a.String())
	return err == nil && ap.Addr().Unmap().IsLoopback()
}
