package smtpproxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"time"
)

// proxySignature begins a header of the PROXY protocol, version 2 (HAProxy,
// proxy-protocol.txt, 2.2).
var proxySignature = []byte("\r\n\r\n\x00\r\nQUIT\n")

// proxyWait is how long a header may take.
const proxyWait = 5 * time.Second

var errProxy = errors.New("no valid PROXY header (version 2) from a peer that has to send one")

// whoIs tells the client's address: the peer's, or what a configured peer says
// in a PROXY header ahead of everything else. Nobody else's header is read.
func (s *Server) whoIs(w *wire, l *Listener) (netip.AddrPort, error) {
	peer := addrPort(w.conn.RemoteAddr())
	if !contains(l.ProxyProtocol, peer.Addr()) {
		return peer, nil
	}
	head, err := w.need(16)
	if err != nil {
		return peer, err
	}
	n := int(binary.BigEndian.Uint16(head[14:]))
	if !bytes.HasPrefix(head, proxySignature) || head[12]>>4 != 2 || n > 2048 {
		return peer, errProxy
	}
	command, family := head[12]&15, head[13]
	rest, err := w.need(n)
	if err != nil {
		return peer, err
	}
	switch command {
	case 0: // LOCAL: the peer's own health check
		return peer, nil
	case 1:
		return proxied(family, rest)
	}
	return peer, errProxy
}

// proxied reads the source address of TCP over IPv4 or IPv6.
func proxied(family byte, b []byte) (netip.AddrPort, error) {
	size := map[byte]int{0x11: 4, 0x21: 16}[family]
	if size == 0 || len(b) < 2*size+4 {
		return netip.AddrPort{}, errProxy
	}
	a, _ := netip.AddrFromSlice(b[:size])
	return netip.AddrPortFrom(a.Unmap(), binary.BigEndian.Uint16(b[2*size:])), nil
}

// need reads exactly n octets, all within the time of a header. They are valid
// until the next call.
func (w *wire) need(n int) ([]byte, error) {
	until := time.Now().Add(min(w.times.TLS, proxyWait))
	for w.buffered() < n {
		if err := w.fill(time.Until(until)); err != nil {
			return nil, err
		}
	}
	w.r += n
	return w.in[w.r-n : w.r], nil
}

func addrPort(a net.Addr) netip.AddrPort {
	ap, _ := netip.ParseAddrPort(a.String())
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}
