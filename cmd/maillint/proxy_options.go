package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// doorOptions are the flags of what acts on mail. Each stands for the policy's
// entry of that name, and wins over it.
type doorOptions struct {
	config    string
	internal  []string
	release   string
	fallback  []string
	store     string
	hostname  string
	monitor   string
	profiles  bool
	readyFile string
	logFormat string
	logLevel  string
	drain     time.Duration
}

func (o *doorOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.config, "config", "", "the policy (default: rules.yaml in this folder, else the policy that ships)")
	f.StringSliceVar(&o.internal, "internal", nil, "our domains: organization.domains")
	f.StringVar(&o.release, "release", "", "HOST:PORT that held mail and notices leave through: release.address")
	f.StringSliceVar(&o.fallback, "fallback", nil, "the administrators' addresses: holds.fallback")
	f.StringVar(&o.store, "store", "", "sqlite:PATH or postgres://...: store.address (default sqlite:maillint.db)")
	f.StringVar(&o.hostname, "hostname", "", "our name in greetings and Received fields: proxy.hostname (default: the machine's)")
	f.StringVar(&o.monitor, "monitor", "", "loopback address for /healthz, /readyz and /metrics, like 127.0.0.1:9125 (default: none)")
	f.BoolVar(&o.profiles, "pprof", false, "serve profiles there as well")
	f.StringVar(&o.readyFile, "ready-file", "", "written once ready, with a line \"NAME ADDRESS\" for each listener")
	f.StringVar(&o.logFormat, "log-format", "text", "text or json")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	f.DurationVar(&o.drain, "drain", 30*time.Second, "how long open transactions may take to end when the program is stopped")
}

// load reads the policy and puts the flags in the place of its entries.
func (o *doorOptions) load() (*policy.Policy, error) {
	path := o.config
	if path == "" {
		if _, err := os.Stat("rules.yaml"); err == nil {
			path = "rules.yaml"
		}
	}
	p, err := parsePolicy(path)
	if err != nil {
		return nil, err
	}
	return p, o.apply(p)
}

func (o *doorOptions) apply(p *policy.Policy) error {
	if len(o.internal) > 0 {
		if _, err := lint.NewOrg(o.internal); err != nil {
			return fmt.Errorf("--internal: %w: write it like example.ac.jp,example.com", err)
		}
		p.Organization.Domains = o.internal
	}
	if o.release != "" {
		if err := checkAddress("--release", o.release); err != nil {
			return err
		}
		p.Release = policy.ReleaseRoute{Addresses: []string{o.release}, Transport: policy.DefaultTransport([]string{o.release})}
	}
	if len(o.fallback) > 0 {
		p.Holds.Fallback = nil
	}
	for _, s := range o.fallback {
		a, ok := message.ParseAddress(s)
		if !ok || a.Domain == "" {
			return fmt.Errorf("--fallback: %q is no address (write it like postmaster@example.ac.jp)", s)
		}
		p.Holds.Fallback = append(p.Holds.Fallback, a)
	}
	if o.store != "" {
		if hint := policy.CheckStoreAddress(o.store); hint != "" {
			return fmt.Errorf("--store: %q: %s", o.store, hint)
		}
		p.Store.Address = o.store
	}
	if p.Store.Address == "" {
		p.Store.Address = "sqlite:maillint.db"
	}
	if o.hostname != "" {
		p.Proxy.Hostname = o.hostname
	}
	if p.Proxy.Hostname == "" {
		p.Proxy.Hostname, _ = os.Hostname()
	}
	return o.checkMonitor()
}

// checkMonitor: what is told there is for this machine alone.
func (o *doorOptions) checkMonitor() error {
	if o.monitor == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(o.monitor)
	if ip, bad := netip.ParseAddr(host); err != nil || host != "localhost" && (bad != nil || !ip.IsLoopback()) {
		return fmt.Errorf("--monitor: %q is no loopback address (write it like 127.0.0.1:9125)", o.monitor)
	}
	return nil
}

func checkAddress(flag, s string) error {
	host, port, err := net.SplitHostPort(s)
	if n, bad := strconv.Atoi(port); err != nil || host == "" || bad != nil || n < 1 || n > 65535 {
		return fmt.Errorf("%s: %q is no address (write it like localhost:25)", flag, s)
	}
	return nil
}

// proxyOptions are the flags of "maillint proxy".
type proxyOptions struct {
	doorOptions
	listen       []string
	nextHop      []string
	certificate  string
	key          string
	insecureAuth bool
}

func (o *proxyOptions) flags(f *pflag.FlagSet) {
	o.doorOptions.flags(f)
	f.StringSliceVar(&o.listen, "listen", nil, "address to take mail on, like 127.0.0.1:2587; port 0 picks a free one: proxy.listeners")
	f.StringSliceVar(&o.nextHop, "next-hop", nil, "HOST:PORT that mail is passed on to, the next one where one does not answer: proxy.next_hops")
	f.StringVar(&o.certificate, "tls-cert", "", "PEM file of the certificate for --listen")
	f.StringVar(&o.key, "tls-key", "", "PEM file of its key")
	f.BoolVar(&o.insecureAuth, "insecure-auth", false, "on loopback, pass log-ins on and take them without TLS as well")
}

// load is the policy with the flags in the place of its entries.
func (o *proxyOptions) load() (*policy.Policy, error) {
	p, err := o.doorOptions.load()
	if err != nil {
		return nil, err
	}
	if len(o.nextHop) > 0 {
		for _, s := range o.nextHop {
			if err := checkAddress("--next-hop", s); err != nil {
				return nil, err
			}
		}
		p.Proxy.NextHops = []*policy.NextHop{{Name: "next-hop", Addresses: o.nextHop, Transport: policy.DefaultTransport(o.nextHop)}}
	}
	if err := o.listeners(p); err != nil {
		return nil, err
	}
	if o.insecureAuth {
		allowInsecureAuth(p.Proxy.Listeners)
	}
	return p, nil
}

// allowInsecureAuth: on loopback alone; where no log-in is asked for it is
// offered.
func allowInsecureAuth(list []*policy.Listener) {
	for _, l := range list {
		if l.Loopback() {
			l.InsecureAuth = true
			l.AuthOptional = l.AuthOptional || l.Trust == policy.Relay
		}
	}
}

// listeners makes one of each --listen: for this machine a relay that takes
// mail from it, for others a submission port.
func (o *proxyOptions) listeners(p *policy.Policy) error {
	if len(o.listen) == 0 {
		return nil
	}
	if (o.certificate == "") != (o.key == "") {
		return fmt.Errorf("--tls-cert and --tls-key go together")
	}
	p.Proxy.Listeners = nil
	for i, address := range o.listen {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("--listen: %q is no address (write it like 127.0.0.1:2587)", address)
		}
		l := &policy.Listener{Name: "listen", Address: address, MinTLS: "1.2", Certificate: o.certificate, Key: o.key}
		if i > 0 {
			l.Name += "-" + strconv.Itoa(i+1)
		}
		if o.certificate != "" {
			l.TLS = policy.STARTTLS
		}
		if l.Loopback() {
			l.Trust = policy.Relay
			l.From = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		} else if o.certificate == "" {
			return fmt.Errorf("--listen: others can reach %s: they log in, and that needs --tls-cert and --tls-key", strings.TrimPrefix(address, ":"))
		}
		p.Proxy.Listeners = append(p.Proxy.Listeners, l)
	}
	return nil
}
