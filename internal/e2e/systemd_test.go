//go:build e2e

package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// units puts the shipped units into a folder, with the program where it is.
func units(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../contrib/systemd/*")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d units: %v", len(files), err)
	}
	dir := t.TempDir()
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.Base(f))
		fitted := strings.ReplaceAll(string(text), "/usr/bin/maillint", program(t))
		if err := os.WriteFile(path, []byte(fitted), 0o644); err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

// The shipped units are well-formed, and as locked up as they say.
func TestUnits(t *testing.T) {
	analyze := mailtest.Need(t, "systemd-analyze")
	for _, u := range units(t) {
		if out, err := exec.Command(analyze, "verify", "--recursive-errors=no", "--man=no", u).CombinedOutput(); err != nil {
			t.Errorf("verify %s: %v\n%s", filepath.Base(u), err, out)
		}
		if filepath.Ext(u) != ".service" {
			continue
		}
		if out, err := exec.Command(analyze, "security", "--offline=true", "--threshold=20", "--no-pager", u).CombinedOutput(); err != nil {
			t.Errorf("security %s: %v\n%s", filepath.Base(u), err, out)
		}
	}
}

// systemd is told when the proxy is ready, that it lives, and that it ends.
func TestNotify(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "600000")
	p := newLab(t, "")
	told := func(want string) {
		t.Helper()
		_ = l.SetReadDeadline(time.Now().Add(20 * time.Second))
		buf := make([]byte, 4096)
		for {
			n, err := l.Read(buf)
			if err != nil {
				t.Fatalf("systemd was not told %s: %v", want, err)
			}
			if strings.Contains(string(buf[:n]), want) {
				return
			}
		}
	}
	told("READY=1")
	told("WATCHDOG=1")
	_ = p.cmd.Process.Signal(sighup)
	told("RELOADING=1")
	told("READY=1")
	p.stop(t)
	told("STOPPING=1")
}

// A socket that systemd opened is taken instead of one of our own.
func TestSocketActivation(t *testing.T) {
	activate := mailtest.Need(t, "systemd-socket-activate")
	l := &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}
	port := mailtest.Port(t)
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", l.release.Addr, "EXTRA", customRules()).Replace(labPolicy)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	cmd := exec.Command(activate, "-l", addr, "--fdname=users", program(t), "proxy")
	cmd.Dir = dir
	log := &logBuffer{}
	cmd.Stdout, cmd.Stderr = log, log
	mailtest.Start(t, cmd)
	mailtest.Await(t, 10*time.Second, "nothing listens\n"+log.String(), func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	code, answer, _, err := mailtest.Submit(addr, "a@example.ac.jp", []string{"b@partner.example"}, "From: a@example.ac.jp\r\nTo: b@partner.example\r\nSubject: x\r\n\r\nx\r\n")
	if err != nil || code != 250 || len(l.next.Received()) != 1 {
		t.Errorf("%d %s %v\n%s", code, answer, err, log)
	}
}
