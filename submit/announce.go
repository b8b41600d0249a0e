package submit

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// xclient tells the server to act as if the client had come itself (Postfix,
// XCLIENT_README). The server greets anew.
func (s *Session) xclient(c Client) error {
	offered, ok := s.ext["XCLIENT"]
	if !ok {
		return fmt.Errorf("submit: the server does not offer XCLIENT (list this host in its smtpd_authorized_xclient_hosts, or set announce: none)")
	}
	line := attributes("XCLIENT", offered, c)
	if line == "" {
		return nil
	}
	reply, err := s.command(line)
	if err != nil {
		return err
	}
	if reply.Code != 220 {
		return &Refused{"XCLIENT", reply}
	}
	return s.hello()
}

// xforward tells the server what to log for the next transaction (Postfix,
// XFORWARD_README). A server that does not offer it is not told.
func (s *Session) xforward() error {
	offered, ok := s.ext["XFORWARD"]
	if !ok {
		return nil
	}
	line := attributes("XFORWARD", offered, s.client)
	if line == "" {
		return nil
	}
	reply, err := s.command(line)
	if err == nil && !reply.OK() {
		err = &Refused{"XFORWARD", reply}
	}
	return err
}

// attributes makes the command of those attributes that are offered, at most
// 512 octets of them.
func attributes(verb, offered string, c Client) string {
	values := map[string]string{"NAME": unavailable(c.Name), "HELO": unavailable(c.Hello), "PROTO": unavailable(c.Protocol)}
	if c.Addr.IsValid() {
		values["ADDR"], values["PORT"] = address(c.Addr.Addr()), fmt.Sprint(c.Addr.Port())
	}
	if c.Login != "" && verb == "XCLIENT" {
		values["LOGIN"] = c.Login
	}
	line := verb
	for _, key := range strings.Fields(strings.ToUpper(offered)) {
		v, ok := values[key]
		if !ok || len(v) > 255 {
			continue
		}
		if next := line + " " + key + "=" + xtext(v); len(next) <= 510 {
			line = next
		}
	}
	if line == verb {
		return ""
	}
	return line
}

func unavailable(s string) string {
	if s == "" {
		return "[UNAVAILABLE]"
	}
	return s
}

func address(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		return "IPV6:" + a.String()
	}
	return a.String()
}

// xtext is RFC 3461, 4.
func xtext(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// proxyHeader is the header of the PROXY protocol, version 2 (HAProxy,
// proxy-protocol.txt, 2.2): LOCAL where the client is not known.
func proxyHeader(client netip.AddrPort, server net.Addr) []byte {
	h := append([]byte("\r\n\r\n\x00\r\nQUIT\n"), 0x20, 0, 0, 0)
	to, err := netip.ParseAddrPort(server.String())
	if err != nil || !client.IsValid() {
		return h
	}
	h[12] = 0x21
	src, dst := client.Addr().Unmap(), to.Addr().Unmap()
	if src.Is4() && dst.Is4() {
		h[13], h[15] = 0x11, 12
		h = append(append(h, src.AsSlice()...), dst.AsSlice()...)
	} else {
		a, b := src.As16(), dst.As16()
		h[13], h[15] = 0x21, 36
		h = append(append(h, a[:]...), b[:]...)
	}
	h = binary.BigEndian.AppendUint16(h, client.Port())
	return binary.BigEndian.AppendUint16(h, to.Port())
}
