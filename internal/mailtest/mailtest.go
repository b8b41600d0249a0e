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

// Port gives a free port on loopback. Another program may take it before it is
// used; callers that can listen on port 0 do so instead.
func Port(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
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
