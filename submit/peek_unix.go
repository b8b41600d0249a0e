//go:build linux || darwin || freebsd

package submit

import (
	"crypto/tls"
	"errors"
	"net"
	"syscall"
)

// hungUp looks, without waiting, whether the other side has closed a connection on
// which nothing is expected, or has said something: goodbye, most likely.
func hungUp(c net.Conn) bool {
	encrypted := false
	if t, ok := c.(*tls.Conn); ok {
		c, encrypted = t.NetConn(), true
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return true
	}
	var n int
	var peek error
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, peek = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	switch {
	case err != nil:
		return true
	case peek != nil:
		return !errors.Is(peek, syscall.EAGAIN) && !errors.Is(peek, syscall.EINTR)
	}
	return n <= 0 || !encrypted // under TLS a session ticket may wait
}
