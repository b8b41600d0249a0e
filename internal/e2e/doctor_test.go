//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// clinicPolicy is a proxy, or a milter, with everything that the doctor looks
// at in order.
const clinicPolicy = `version: 1
organization: {domains: [example.ac.jp]}
directory: {files: [people.csv]}
lists: {blocked: {file: blocked.txt}}
holds: {fallback: [postmaster@example.ac.jp]}
release: {address: %[1]q, tls: none}
canary: {every: 1s}
store: {address: "sqlite:maillint.db", key: "file:store.key"}
stamp: {keys: {new: "file:new.key", old: "file:old.key"}}
proxy:
  hostname: mail.example.ac.jp
  spool: {size: 16M, floor: 1M}
%[2]s`

const clinicProxy = `  listeners:
    submission: {address: "127.0.0.1:%d", certificate: cert.pem, key: key.pem}
  next_hops:
    postfix: {address: "127.0.0.1:%d", tls: none}
`

// clinic is a running program with a real Postfix behind or in front of it, and
// the doctor.
type clinic struct {
	*observed
	postfix *mailtest.Postfix
	door    string
	release string // address of the release route
}

func newClinic(t *testing.T, door string) *clinic {
	t.Helper()
	inner, release, port := mailtest.Port(t), mailtest.Port(t), mailtest.Port(t)
	c := &clinic{door: door, observed: &observed{proxy: &proxy{Dir: t.TempDir(), Monitor: fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t)), log: &logBuffer{}}}}
	options := mailtest.PostfixOptions{Master: []string{
		fmt.Sprintf("127.0.0.1:%d inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=no -o smtpd_tls_security_level=none", inner),
		fmt.Sprintf("127.0.0.1:%d inet n - n - - smtpd -o smtpd_relay_restrictions=permit_mynetworks,reject", release),
	}}
	own := fmt.Sprintf(clinicProxy, port, inner)
	if door == "milter" {
		own = fmt.Sprintf("milter: {listen: \"inet:127.0.0.1:%d\"}\n", port)
		options.Main = []string{fmt.Sprintf("smtpd_milters = inet:127.0.0.1:%d", port), "milter_default_action = tempfail"}
		options.Master[1] += " -o smtpd_milters="
	}
	c.postfix = mailtest.NewPostfix(t, options)
	c.certificate(t, time.Now().Add(90*24*time.Hour))
	for name, text := range map[string]string{
		"people.csv": "account,addresses\nalice,alice@example.ac.jp\n", "blocked.txt": "thief.example\n",
		"store.key": strings.Repeat("0a", 32), "new.key": strings.Repeat("1b", 32), "old.key": strings.Repeat("2c", 32),
	} {
		c.write(t, name, text)
	}
	c.release = fmt.Sprintf("127.0.0.1:%d", release)
	c.text = fmt.Sprintf(clinicPolicy, c.release, own)
	c.policy(t, c.text)
	c.args = []string{door, "--config", "rules.yaml", "--ready-file", "ready", "--monitor", c.Monitor}
	c.start(t)
	t.Cleanup(func() {
		c.kill()
		if t.Failed() {
			t.Logf("the program's log:\n%s", c.log)
		}
	})
	return c
}

// certificate gives the listener one that ends at a moment.
func (c *clinic) certificate(t *testing.T, end time.Time) {
	t.Helper()
	cert, key := c.postfix.Authority.Issue(t, "mail.example.ac.jp", end)
	for from, to := range map[string]string{cert: "cert.pem", key: "key.pem"} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		c.write(t, to, string(b))
	}
}

// diagnosed is a finding of the doctor.
type diagnosed struct{ Point, Level, Text, Do string }

// doctor runs "maillint doctor" beside the program. The units of this machine
// are none of the test's: without a PATH systemctl is not found.
func (c *clinic) doctor(t *testing.T, args ...string) (code int, list []diagnosed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t), append([]string{"doctor", "--config", "rules.yaml", "--for", c.door, "--monitor", c.Monitor, "--format", "json"}, args...)...)
	cmd.Dir = c.Dir
	cmd.Env = []string{"PATH=/nonexistent", "MAIL_CONFIG=" + c.postfix.Dir, "HOME=" + c.Dir}
	out, err := cmd.Output()
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		code = exited.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var f diagnosed
		if err := d.Decode(&f); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		list = append(list, f)
	}
	return code, list
}

// diagnosis awaits what the doctor says of an illness, and that the exit code
// goes with it.
func (c *clinic) diagnosis(t *testing.T, point, level, text string, args ...string) {
	t.Helper()
	want := map[string]int{"WARN": 1, "FAIL": 2}[level]
	var code int
	var list []diagnosed
	said := func() bool {
		code, list = c.doctor(t, args...)
		for _, f := range list {
			if f.Point == point && f.Level == level && strings.Contains(f.Text, text) && f.Do != "" {
				return true
			}
		}
		return false
	}
	for end := time.Now().Add(20 * time.Second); !said(); time.Sleep(time.Second) {
		if time.Now().After(end) {
			t.Fatalf("want %s of %q with %q; exit %d, %+v", level, point, text, code, list)
		}
	}
	if code < want {
		t.Errorf("exit %d, want %d: %+v", code, want, list)
	}
}

// healthy awaits that there is nothing to do.
func (c *clinic) healthy(t *testing.T) []diagnosed {
	t.Helper()
	var code int
	var list []diagnosed
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Second) {
		if code, list = c.doctor(t); code == 0 {
			return list
		}
		if time.Now().After(end) {
			t.Fatalf("exit %d: %+v", code, list)
		}
	}
}

// beside puts a file in the place of another, and gives what puts it back.
func (c *clinic) beside(t *testing.T, name, text string) func() {
	t.Helper()
	was := c.read(t, name)
	c.write(t, name, text)
	return func() { c.write(t, name, was) }
}

func (c *clinic) mode(t *testing.T, name string, mode os.FileMode) func() {
	t.Helper()
	path := filepath.Join(c.Dir, name)
	info, err := os.Stat(path)
	if err == nil {
		err = os.Chmod(path, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.Chmod(path, info.Mode()) }
}

// main adds a line to Postfix's main.cf.
func (c *clinic) main(t *testing.T, line string) func() {
	t.Helper()
	path := filepath.Join(c.postfix.Dir, "main.cf")
	was, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(was, line+"\n"...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.WriteFile(path, was, 0o644) }
}

// signalled sends the program a signal, and gives what sends another.
func (c *clinic) reloaded(t *testing.T, policy string) func() {
	t.Helper()
	undo := c.beside(t, "rules.yaml", policy)
	_ = c.cmd.Process.Signal(syscall.SIGHUP)
	return func() { undo(); _ = c.cmd.Process.Signal(syscall.SIGHUP) }
}

// illness is one part that is broken, and what the doctor says of it.
type illness struct {
	name, point, level, text string
	do                       func(t *testing.T, c *clinic) (undo func())
	args                     []string
}

// everywhere are illnesses of both doors.
var everywhere = []illness{
	{"a mistake in the policy", "policy", "FAIL", "unknown", func(t *testing.T, c *clinic) func() { return c.beside(t, "rules.yaml", c.text+"nonsense: 1\n") }, nil},
	{"monitor mode", "policy", "WARN", "mode: monitor", func(t *testing.T, c *clinic) func() { return c.beside(t, "rules.yaml", c.text+"mode: monitor\n") }, nil},
	{"a list that is empty", "lists", "WARN", "blocked is empty", func(t *testing.T, c *clinic) func() { return c.beside(t, "blocked.txt", "") }, nil},
	{"an old directory", "directory", "WARN", "days old", func(t *testing.T, c *clinic) func() {
		path, now := filepath.Join(c.Dir, "people.csv"), time.Now()
		_ = os.Chtimes(path, now, now.Add(-100*24*time.Hour))
		return func() { _ = os.Chtimes(path, now, now) }
	}, nil},
	{"a key for everybody", "secrets", "FAIL", "new.key can be read", func(t *testing.T, c *clinic) func() { return c.mode(t, "new.key", 0o644) }, nil},
	{"one stamp key twice", "stamp", "WARN", "the same", func(t *testing.T, c *clinic) func() { return c.beside(t, "old.key", c.read(t, "new.key")) }, nil},
	{"a wrong store key", "store", "FAIL", "key", func(t *testing.T, c *clinic) func() { return c.beside(t, "store.key", strings.Repeat("0b", 32)) }, nil},
	{"a store for everybody", "store", "FAIL", "can be read by everybody", func(t *testing.T, c *clinic) func() { return c.mode(t, "maillint.db", 0o644) }, nil},
	{"a brake", "brakes", "WARN", "credentials is braked", func(t *testing.T, c *clinic) func() {
		c.brake(t, "credentials", "--for", "1h", "--reason", "test")
		return func() { c.brake(t, "--off", "credentials", "--reason", "over") }
	}, nil},
	{"a rule that is lost", "running", "FAIL", "rule credentials", func(t *testing.T, c *clinic) func() {
		return c.reloaded(t, c.text+"exceptions: [{rule: credentials, reason: a slip, until: 2099-01-01}]\n")
	}, nil},
	{"a webhook that is not there", "webhook", "FAIL", "connection refused", func(t *testing.T, c *clinic) func() {
		return c.beside(t, "rules.yaml", c.text+fmt.Sprintf("notify: {webhook: {url: \"http://127.0.0.1:%d/\"}}\n", mailtest.Port(t)))
	}, []string{"--send"}},
	{"a release route that is another's", "release route", "FAIL", "refuses", func(t *testing.T, c *clinic) func() {
		return c.beside(t, "rules.yaml", strings.Replace(c.text, c.release, c.postfix.Submission, 1))
	}, nil},
	{"a program that was killed", "running", "WARN", "/readyz does not answer", func(t *testing.T, c *clinic) func() {
		c.kill()
		return func() { c.start(t) }
	}, nil},
}

var ofProxy = []illness{
	{"a certificate that ended", "certificates", "FAIL", "ended on", func(t *testing.T, c *clinic) func() {
		c.certificate(t, time.Now().Add(-time.Hour))
		return func() { c.certificate(t, time.Now().Add(90*24*time.Hour)) }
	}, nil},
	{"a spool that does not fit", "spool", "FAIL", "may be needed", func(t *testing.T, c *clinic) func() {
		return c.beside(t, "rules.yaml", strings.Replace(c.text, "size: 16M", "size: 900T", 1))
	}, nil},
	{"a next hop without a name", "names", "FAIL", "nowhere.invalid", func(t *testing.T, c *clinic) func() {
		return c.beside(t, "rules.yaml", strings.Replace(c.text, "postfix: {address: \"127.0.0.1:", "postfix: {address: \"nowhere.invalid:", 1))
	}, nil},
	{"a next hop without a log-in", "next hop", "FAIL", "offers no AUTH", func(t *testing.T, c *clinic) func() {
		_, port, _ := strings.Cut(c.postfix.Trusted, ":")
		return c.beside(t, "rules.yaml", strings.Replace(c.text, "next_hops:", "next_hops:\n    first: {address: \"127.0.0.1:"+port+"\", tls: none}", 1))
	}, nil},
	{"listeners that nobody serves", "listeners", "WARN", "nothing answers", func(t *testing.T, c *clinic) func() {
		c.kill()
		return func() { c.start(t) }
	}, nil},
	{"an open relay behind us", "postfix", "FAIL", "mynetworks = 0.0.0.0/0", func(t *testing.T, c *clinic) func() { return c.main(t, "mynetworks = 0.0.0.0/0") }, nil},
}

var ofMilter = []illness{
	{"a Postfix that does not ask", "postfix", "FAIL", "smtpd_milters names none", func(t *testing.T, c *clinic) func() { return c.main(t, "smtpd_milters =") }, nil},
	{"a Postfix that goes on without us", "postfix", "FAIL", "milter_default_action = accept", func(t *testing.T, c *clinic) func() { return c.main(t, "milter_default_action = accept") }, nil},
}

// The doctor finds nothing to do about a healthy program, and something about
// each part that is broken; its exit code says so to a timer.
func TestDoctor(t *testing.T) {
	t.Parallel()
	for door, own := range map[string][]illness{"proxy": ofProxy, "milter": ofMilter} {
		t.Run(door, func(t *testing.T) {
			c := newClinic(t, door)
			for _, f := range c.healthy(t) {
				if f.Level != "OK" && f.Level != "SKIP" {
					t.Errorf("%+v", f)
				}
			}
			for _, ill := range append(everywhere, own...) {
				t.Run(ill.name, func(t *testing.T) {
					undo := ill.do(t, c)
					c.diagnosis(t, ill.point, ill.level, ill.text, ill.args...)
					undo()
				})
			}
			c.healthy(t)
			for _, r := range c.postfix.Sink.Received() {
				if !strings.Contains(string(r.Data), "Auto-Submitted:") { // alarms, and the test that --send asks for
					t.Errorf("the doctor, or a canary, has sent mail:\n%s", r.Data)
				}
			}
		})
	}
}
