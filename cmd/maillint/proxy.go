package main

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"maillint/policy"
	"maillint/smtpproxy"
)

func proxyCommand() *cobra.Command {
	var o proxyOptions
	cmd := &cobra.Command{
		Use:   "proxy",
		Short: "Stand before a mail server, and hold the mail that should not leave",
		Long: `Proxy takes mail from mail programs or from a mail server, judges each message whole, and
passes it on to the next hop: as it came, tagged, or with its outside recipients moved to Bcc.
What needs a person is held, durably, until somebody has decided or its time has come.

A client hears 250 only after the next hop has said it, or after the message is stored. A failure
of ours answers 451: the client tries again, and nothing is lost.

SIGHUP reads the policy again; a bad one is refused, and the one in force stays. SIGTERM lets
open transactions end. docs/postfix.md has the set-up with Postfix.`,
		Example: `  maillint proxy --internal example.ac.jp --listen 127.0.0.1:2587 --next-hop localhost:25 \
      --release localhost:25 --fallback postmaster@example.ac.jp
  maillint proxy --config /etc/maillint/rules.yaml --monitor 127.0.0.1:9125`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDoor(cmd.Context(), cmd, door{"proxy", &o.doorOptions, o.load, (*running).listenSMTP})
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

// listen opens the listeners and gives a line "NAME ADDRESS" for each.
func (r *running) listenSMTP(p *policy.Policy) ([]string, error) {
	budget, err := newSpool(p)
	if err != nil {
		return nil, err
	}
	listeners, err := smtpproxy.Listeners(&p.Proxy, r.log)
	if err != nil {
		return nil, err
	}
	server := smtpproxy.New(smtpproxy.Options{
		Hostname: p.Proxy.Hostname, Gate: r.gate, Policy: r.gate.Policy, Spool: budget, Log: r.log, Canary: r.canary.taker,
		MessageSize: p.Proxy.MessageSize, Recipients: p.Proxy.Recipients, Connections: p.Proxy.Connections, PerClient: p.Proxy.PerClient,
	})
	r.server = server
	given, err := inherited()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range listeners {
		addr, err := listenOn(server, l, given)
		if err != nil {
			return nil, err
		}
		r.canary.target(l, addr)
		out = append(out, l.Name+" "+addr.String())
	}
	for name := range given {
		return nil, fmt.Errorf("systemd opened a socket named %q, and proxy.listeners has no such name", name)
	}
	return out, nil
}

// listenOn opens a listener, or takes the socket of its name that systemd has
// opened.
func listenOn(server *smtpproxy.Server, l *smtpproxy.Listener, given map[string]net.Listener) (net.Addr, error) {
	socket, ok := given[l.Name]
	if !ok {
		return server.Listen(l)
	}
	delete(given, l.Name)
	return socket.Addr(), server.Serve(socket, l)
}
