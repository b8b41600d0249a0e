package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// How the proxies are loaded: so many connections at a time, messages of a round
// over all of them.
const connections = 10

// turn is how long each is loaded at least before it is the next one's turn,
// with connections that are made anew for every load: a load of its own lasts a
// quarter of a second, in which whatever else the machine does decides.
const turn = 2 * time.Second

var smtpSizes = []struct {
	name        string
	octets, per int // messages on each connection
}{
	{"4 KiB", 4 << 10, 100}, {"64 KiB", 64 << 10, 50}, {"1 MiB", 1 << 20, 10},
}

// hop is what messages are sent through, to the same sink.
type hop struct{ name, addr string }

// compareSMTP sends clean mail through maillint proxy, with all rules on and
// its default policy, and through Postfix's smtpd_proxy_filter, and straight to
// the sink behind both. They take turns; rates are medians of the rounds.
func compareSMTP(maillint string, rounds int) error {
	dir, err := os.MkdirTemp("", "maillint-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startSink()
	if err != nil {
		return err
	}
	defer s.Close()
	hops := []hop{{"direct", s.addr()}}
	if addr, stop, err := startPostfix(dir, s.addr()); err != nil {
		fmt.Printf("smtp: skipped smtpd_proxy_filter: %v\n", err)
	} else {
		defer stop()
		hops = append(hops, hop{"postfix", addr})
	}
	addr, stop, err := startProxy(maillint, dir, s.addr())
	if err != nil {
		return err
	}
	defer stop()
	hops = append(hops, hop{"maillint", addr})
	for _, size := range smtpSizes {
		if err := compareSize(s, hops, size.name, letter(size.octets), size.per, rounds); err != nil {
			return err
		}
	}
	return nil
}

func compareSize(s *sink, hops []hop, name string, letter []byte, per, rounds int) error {
	rates := map[string][]float64{}
	for round := range rounds + 1 { // the first warms up
		for _, h := range hops {
			rate, err := s.rate(h, letter, per)
			if err != nil {
				return fmt.Errorf("%s: %w", h.name, err)
			}
			if round > 0 {
				rates[h.name] = append(rates[h.name], rate)
			}
		}
	}
	rate := func(name string) float64 {
		slices.Sort(rates[name])
		return rates[name][len(rates[name])/2]
	}
	fmt.Printf("smtp, %s, %d connections\n", name, connections)
	for _, h := range hops {
		fmt.Printf("  %-12s %8.0f messages/s  %5.2f of direct", h.name, rate(h.name), rate(h.name)/rate("direct"))
		if rates["postfix"] != nil && h.name == "maillint" {
			fmt.Printf("  %5.2f x postfix", rate(h.name)/rate("postfix"))
		}
		fmt.Println()
	}
	return nil
}

// rate is how many messages a second come through a hop in its turn.
func (s *sink) rate(h hop, letter []byte, per int) (float64, error) {
	sent, took, before := 0, time.Duration(0), s.taken.Load()
	for took < turn {
		one, err := load(h.addr, letter, per)
		if err != nil {
			return 0, err
		}
		sent, took = sent+connections*per, took+one
	}
	if n := s.taken.Load() - before; n != int64(sent) {
		return 0, fmt.Errorf("of %d messages %d reached the sink", sent, n)
	}
	return float64(sent) / took.Seconds(), nil
}

// load sends a message so many times on each connection, command by command
// as most mail programs do.
func load(addr string, letter []byte, per int) (time.Duration, error) {
	start := time.Now()
	errs := make(chan error, connections)
	for range connections {
		go func() { errs <- session(addr, letter, per) }()
	}
	var err error
	for range connections {
		err = errors.Join(err, <-errs)
	}
	return time.Since(start), err
}

func session(addr string, letter []byte, per int) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return err
	}
	r := bufio.NewReader(c)
	steps := []struct {
		code byte
		say  []byte
	}{
		{'2', []byte("MAIL FROM:<hanako@example.co.jp>\r\n")}, {'2', []byte("RCPT TO:<taro@customer.example.org>\r\n")}, {'2', []byte("RCPT TO:<jiro@customer.example.org>\r\n")},
		{'3', []byte("DATA\r\n")}, {'2', letter},
	}
	if err := answer(r, '2'); err != nil {
		return err
	}
	say := func(b []byte, code byte) error {
		if _, err := c.Write(b); err != nil {
			return err
		}
		return answer(r, code)
	}
	if err := say([]byte("EHLO client.example.co.jp\r\n"), '2'); err != nil {
		return err
	}
	for range per {
		for _, step := range steps {
			if err := say(step.say, step.code); err != nil {
				return err
			}
		}
	}
	return say([]byte("QUIT\r\n"), '2')
}

func answer(r *bufio.Reader, code byte) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if len(line) < 4 || line[0] != code {
			return fmt.Errorf("answered %q", line)
		}
		if line[3] == ' ' {
			return nil
		}
	}
}

// sink takes all mail and counts it.
type sink struct {
	net.Listener
	taken atomic.Int64
}

func startSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{Listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s, nil
}

func (s *sink) addr() string { return s.Addr().String() }

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 64<<10)
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	say("220 sink.example ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(line[:min(len(line), 4)]); verb {
		case "EHLO":
			say("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 104857600")
		case "DATA":
			say("354 go on")
			if skipData(r) != nil {
				return
			}
			s.taken.Add(1)
			say("250 2.0.0 taken")
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

// skipData reads up to the line with the dot.
func skipData(r *bufio.Reader) error {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
		if bytes.Equal(line, []byte(".\r\n")) {
			return nil
		}
	}
}

// startProxy starts maillint proxy with the policy that ships.
func startProxy(maillint, dir, next string) (addr string, stop func(), err error) {
	program, err := filepath.Abs(maillint)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(program, "proxy", "--internal", "example.co.jp", "--listen", "127.0.0.1:0", "--next-hop", next, "--release", next, "--fallback", "postmaster@example.co.jp", "--log-level", "error")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = sync.OnceFunc(func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n') // maillint: NAME ADDRESS
	if f := strings.Fields(line); err == nil && len(f) == 3 {
		return f[2], stop, nil
	}
	stop()
	return "", nil, fmt.Errorf("maillint proxy does not start: %q, %w", line, err)
}

// startPostfix starts a Postfix of its own that passes mail on while it comes.
func startPostfix(dir, next string) (addr string, stop func(), err error) {
	postfix, err := exec.LookPath("postfix")
	if err != nil {
		return "", nil, errors.New("there is no Postfix here")
	}
	if os.Geteuid() != 0 {
		return "", nil, errors.New("only root starts Postfix")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = free.Addr().String()
	_ = free.Close()
	etc := filepath.Join(dir, "etc")
	if err := configurePostfix(dir, etc, addr, next); err != nil {
		return "", nil, err
	}
	if out, err := exec.Command(postfix, "-c", etc, "start").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("starting Postfix: %w: %.200s", err, out)
	}
	stop = func() { _ = exec.Command(postfix, "-c", etc, "stop").Run() }
	for range 100 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return addr, stop, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return "", nil, errors.New("no Postfix listens")
}

// postfixServices are those that smtpd needs to pass mail on without a queue.
const postfixServices = ` inet n - n - 120 smtpd -o smtpd_proxy_filter=%s
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
smtp unix - - n - - smtp
error unix - - n - - error
local unix - n n - - local
postlog unix-dgram n - n - 1 postlogd
`

func configurePostfix(dir, etc, addr, next string) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	for _, sub := range []string{"etc", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	if err := exec.Command("chown", "postfix", filepath.Join(dir, "data")).Run(); err != nil {
		return fmt.Errorf("chown: %w", err)
	}
	main := []string{
		"compatibility_level = 3.6", "myhostname = mx.example.co.jp", "mydestination =", "queue_directory = " + dir + "/queue", "data_directory = " + dir + "/data",
		"inet_interfaces = 127.0.0.1", "inet_protocols = ipv4", "mynetworks = 127.0.0.0/8", "smtpd_relay_restrictions = permit_mynetworks, reject",
		"smtp_dns_support_level = disabled", "smtpd_peername_lookup = no", "message_size_limit = 104857600", "alias_maps =", "alias_database =",
		"default_process_limit = 120", "smtpd_client_connection_count_limit = 0", "maillog_file = " + dir + "/mail.log", "maillog_file_prefixes = " + dir, "",
	}
	if err := os.WriteFile(filepath.Join(etc, "main.cf"), []byte(strings.Join(main, "\n")), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(etc, "master.cf"), []byte(addr+fmt.Sprintf(postfixServices, next)), 0o644)
}
