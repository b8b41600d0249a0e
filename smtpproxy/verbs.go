package smtpproxy

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"maillint/submit"
)

// startTLS upgrades the connection. Nothing that was said before counts after
// it: not EHLO, not XCLIENT, not an open transaction (RFC 3207, 4.2).
func (c *conn) startTLS(arg string) error {
	switch {
	case arg != "":
		c.fail(replySyntax)
		return nil
	case !c.canStartTLS():
		c.fail(replyNotHere)
		return nil
	case c.pipelined(): // a command that would be taken for one under TLS
		return nil
	}
	c.wire.write([]byte("220 2.0.0 ready to start TLS\r\n"))
	if err := c.wire.flush(); err != nil {
		return err
	}
	c.forget()
	if err := c.wire.startTLS(c.listener.TLS); err != nil {
		c.server.opts.Log.Info("handshake", "listener", c.listener.Name, "client", c.peer, "error", err)
		return err
	}
	return nil
}

// forget leaves nothing of what the client said so far.
func (c *conn) forget() {
	c.endTransaction()
	c.hop.close()
	c.greeted, c.login, c.xlogin, c.told, c.utf8 = false, login{}, "", nil, false
	c.client = submit.Client{Addr: netip.AddrPortFrom(c.peer, c.client.Addr.Port())}
}

// bdat refuses a chunk and reads over it, so that its octets cannot be taken
// for commands.
func (c *conn) bdat(arg string) error {
	size, _, _ := strings.Cut(arg, " ")
	n, err := strconv.ParseUint(size, 10, 63)
	if err != nil {
		c.fail(replySyntax)
		c.closing = true // how much follows cannot be known
		return nil
	}
	if n > uint64(c.server.opts.MessageSize) {
		c.fail(replySize)
		c.closing = true
		return nil
	}
	if err := c.wire.skip(n); err != nil {
		return err
	}
	c.fail(replyNotHere)
	return nil
}

// attributes reads those of XCLIENT and XFORWARD (Postfix, XCLIENT_README):
// NAME=value, the values in xtext.
func attributes(arg string) (map[string]string, bool) {
	out := map[string]string{}
	for _, f := range strings.Fields(arg) {
		key, value, ok := strings.Cut(f, "=")
		v, good := unxtext(value)
		if !ok || !good || len(v) > 255 {
			return nil, false
		}
		if v == "[UNAVAILABLE]" || v == "[TEMPUNAVAIL]" {
			v = ""
		}
		key = strings.ToUpper(key)
		if _, twice := out[key]; twice { // who reads the first and who the last differ
			return nil, false
		}
		out[key] = v
	}
	return out, len(out) > 0 && len(arg) <= 512
}

// unxtext is RFC 3461, 4. No value may hold a control character.
func unxtext(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			if i+2 >= len(s) {
				return "", false
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", false
			}
			c, i = byte(n), i+2
		}
		if c < ' ' || c == 0x7f {
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// told makes a client of attributes.
func clientOf(was submit.Client, attrs map[string]string) (submit.Client, error) {
	for key, value := range attrs {
		switch key {
		case "NAME":
			was.Name = value
		case "HELO":
			was.Hello = value
		case "PROTO":
			was.Protocol = value
		case "ADDR":
			if value == "" {
				continue
			}
			a, err := netip.ParseAddr(strings.TrimPrefix(strings.ToLower(value), "ipv6:"))
			if err != nil {
				return was, fmt.Errorf("ADDR: %w", err)
			}
			was.Addr = netip.AddrPortFrom(a.Unmap(), was.Addr.Port())
		case "PORT":
			if n, err := strconv.ParseUint(value, 10, 16); err == nil {
				was.Addr = netip.AddrPortFrom(was.Addr.Addr(), uint16(n))
			}
		case "LOGIN", "SOURCE", "IDENT", "DESTADDR", "DESTPORT":
		default:
			return was, fmt.Errorf("%s: unknown attribute", key)
		}
	}
	return was, nil
}

// xclient takes a configured peer's word for who the client is. The dialogue
// begins anew.
func (c *conn) xclient(arg string) {
	c.attributed(arg, contains(c.listener.XClient, c.peer), func(client submit.Client, attrs map[string]string) {
		if c.pipelined() { // what follows was meant for the dialogue before
			return
		}
		login, had := c.xlogin, c.client
		c.forget()
		c.client, c.xlogin = client, login
		if c.client.Hello == "" {
			c.client.Hello = had.Hello
		}
		if v, ok := attrs["LOGIN"]; ok {
			c.xlogin = v
		}
		c.wire.reply(submit.NewReply(220, "", "%s ESMTP", c.server.opts.Hostname))
	})
}

// xforward takes a configured peer's word for what is logged of the next
// transaction's client. It changes no right and no identity.
func (c *conn) xforward(arg string) {
	c.attributed(arg, contains(c.listener.XForward, c.peer), func(client submit.Client, _ map[string]string) {
		c.told = &client
		c.wire.reply(replyOK)
	})
}

func (c *conn) attributed(arg string, believed bool, take func(submit.Client, map[string]string)) {
	if !believed {
		c.fail(submit.NewReply(550, "5.7.0", "not open to this client"))
		return
	}
	if c.tx != nil {
		c.fail(replyNested)
		return
	}
	attrs, ok := attributes(arg)
	if !ok {
		c.fail(replySyntax)
		return
	}
	was := c.client
	if c.told != nil {
		was = *c.told
	}
	client, err := clientOf(was, attrs)
	if err != nil || !validName("x"+client.Hello+client.Name+client.Protocol+attrs["LOGIN"]) && len(attrs["LOGIN"]) > 255 {
		c.fail(replySyntax)
		return
	}
	take(client, attrs)
}
