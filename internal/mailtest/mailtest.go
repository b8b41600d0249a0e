// Package mailtest starts the real programs that tests need: Postfix with a
// log-in by Dovecot, and a sink that records what reaches it. Everything runs
// on loopback, on free ports, in temporary folders, and is stopped with the
// test.
package mailtest

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Need gives the path of a program, or skips the test and says so. With
// MAILLINT_REQUIRE=all a missing program is a failure.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		for _, dir := range []string{"/usr/sbin/", "/usr/lib/dovecot/", "/usr/lib/postgresql/15/bin/"} {
			if _, err := os.Stat(dir + program); err == nil {
				return dir + program
			}
		}
		Missing(t, program+" is not installed")
	}
	return path
}

// Missing skips the test for want of something, or fails it where
// MAILLINT_REQUIRE=all says that nothing may be skipped.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("MAILLINT_REQUIRE") == "all" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// Ports that Port gives: none that the kernel gives by itself, to a client or for
// port 0 (Linux: 32768 and up), so that nobody takes one before it is used.
const (
	firstPort = 20_000
	ports     = 12_000
)

// nextPort goes round, from a place of this process's own.
var nextPort atomic.Int64

func init() { nextPort.Store(int64(os.Getpid()) * 61) }

// Port gives a port on loopback that is free, and gives each once.
func Port(t testing.TB) int {
	t.Helper()
	var err error
	for range ports {
		p := firstPort + int(nextPort.Add(1)%ports)
		var l net.Listener
		if l, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(p)); err == nil {
			_ = l.Close()
			return p
		}
	}
	t.Fatal(err)
	return 0
}

// Start runs a program beside the test and ends it, with its children, when
// the test ends.
func Start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		timer := time.AfterFunc(5*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		_ = cmd.Wait()
		timer.Stop()
	})
}

// Await waits until a condition holds, or fails the test.
func Await(t testing.TB, most time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(most); ; time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after %s: %s", most, what)
		}
	}
}

// listening reports whether something answers on a loopback port.
func listening(port int) bool {
	c, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}
