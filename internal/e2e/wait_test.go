//go:build e2e

package e2e

import (
	"syscall"
	"time"
)

// noticeTime is how long a notice may take: a mailing is quiet for a minute
// before its sender hears of it.
const noticeTime = 90 * time.Second

const sighup = syscall.SIGHUP
