//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// program is the maillint that was built.
func program(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/maillint")
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("build first: make build (%v)", err)
	}
	return path
}

// proxy is a running "maillint proxy".
type proxy struct {
	Dir     string
	Addr    map[string]string // by the listener's name
	Monitor string
	host    string   // the name of the machine that it believes to be on; "": this one's
	program string   // that is run; "": the one that was built
	env     []string // beside that of the test

	args []string
	cmd  *exec.Cmd
	log  *logBuffer
	done chan error
}

// logBuffer is what a program has written so far.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startProxy starts a proxy in a folder of its own with policy as its
// rules.yaml (empty: the policy that ships), and waits until it is ready.
func startProxy(t *testing.T, policy string, args ...string) *proxy {
	t.Helper()
	return startDoor(t, "proxy", policy, args...)
}

// startDoor is startProxy for a verb of the caller's.
func startDoor(t *testing.T, verb, policy string, args ...string) *proxy {
	t.Helper()
	return startWith(t, nil, verb, policy, args...)
}

// startWith is startDoor with more in the environment.
func startWith(t *testing.T, env []string, verb, policy string, args ...string) *proxy {
	t.Helper()
	p := &proxy{env: env, Dir: t.TempDir(), Monitor: fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t)), log: &logBuffer{}}
	if policy != "" {
		p.policy(t, policy)
	}
	p.args = append([]string{verb, "--ready-file", "ready", "--monitor", p.Monitor}, args...)
	p.start(t)
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the proxy's log:\n%s", p.log)
		}
	})
	return p
}

// policy writes rules.yaml.
func (p *proxy) policy(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.Dir, "rules.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start starts the program (again) and waits until it is ready.
func (p *proxy) start(t *testing.T) {
	t.Helper()
	ready := filepath.Join(p.Dir, "ready")
	_ = os.Remove(ready)
	p.cmd = p.command(t)
	p.cmd.Dir, p.cmd.Env = p.Dir, append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan error) { done <- cmd.Wait() }(p.cmd, p.done)
	mailtest.Await(t, 20*time.Second, "the proxy is not ready\n"+p.log.String(), func() bool {
		select {
		case err := <-p.done:
			t.Fatalf("the proxy ended: %v\n%s", err, p.log)
		default:
		}
		_, err := os.Stat(ready)
		return err == nil
	})
	text, err := os.ReadFile(ready)
	if err != nil {
		t.Fatal(err)
	}
	p.Addr = map[string]string{}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 {
			p.Addr[f[0]] = f[1]
		}
	}
}

// command is how the program is run: in a namespace of its own where it has a
// host name of its own.
func (p *proxy) command(t *testing.T) *exec.Cmd {
	t.Helper()
	name := p.program
	if name == "" {
		name = program(t)
	}
	if p.host == "" {
		return exec.Command(name, p.args...)
	}
	return exec.Command(mailtest.Need(t, "unshare"), append([]string{"--uts", "sh", "-c", `hostname "$0" && exec "$@"`, p.host, name}, p.args...)...)
}

// kill ends the program at once, as a power cut would.
func (p *proxy) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	p.done <- nil
}

// stop ends the program as an administrator would.
func (p *proxy) stop(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.done:
		p.done <- nil
		if err != nil {
			t.Fatalf("the proxy did not end well: %v\n%s", err, p.log)
		}
	case <-time.After(40 * time.Second):
		t.Fatalf("the proxy does not end\n%s", p.log)
	}
}

// quarantine runs "maillint quarantine" on the proxy's store.
func (p *proxy) quarantine(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"quarantine"}, args...)...)
	cmd.Dir, cmd.Env = p.Dir, append(os.Environ(), p.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("quarantine %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
