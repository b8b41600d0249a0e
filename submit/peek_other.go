//go:build !linux && !darwin && !freebsd

package submit

import "net"

// hungUp cannot be looked at here without waiting: a command will tell.
func hungUp(net.Conn) bool { return false }
