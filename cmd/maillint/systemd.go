package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// inherited are the sockets that systemd opened for us (socket activation), by
// the names that the unit gives them: FileDescriptorName= is the listener's.
func inherited() (map[string]net.Listener, error) {
	lists, err := activation.ListenersWithNames()
	if err != nil {
		return nil, fmt.Errorf("sockets of systemd: %w", err)
	}
	out := map[string]net.Listener{}
	for name, list := range lists {
		for i, l := range list {
			if i > 0 || l == nil {
				return nil, fmt.Errorf("sockets of systemd: the name %q stands for several, or for no stream socket (set FileDescriptorName= to the listener's name in each .socket unit)", name)
			}
			out[name] = l
		}
	}
	return out, nil
}

// tell tells systemd a state ("READY=1"); without systemd nothing happens.
func tell(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("systemd", "error", err)
	}
}

// keepWatchdog tells systemd that we live, as often as its watchdog wants, as
// long as alive says so: a program whose work hangs is restarted.
func keepWatchdog(ctx context.Context, log *slog.Logger, alive func() bool) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		return
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if alive() {
				tell(log, daemon.SdNotifyWatchdog)
			}
		}
	}
}
