//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// volume is a small disk of a test's own.
func volume(t *testing.T, fill func(at string) error) string {
	t.Helper()
	at := t.TempDir()
	if err := fill(at); err != nil {
		mailtest.Missing(t, fmt.Sprintf("a disk of a test's own (root, and mount: %v)", err))
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", at).Run() })
	return at
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// labOn is a lab whose store is on a disk of its own.
func labOn(t *testing.T, disk string) *lab {
	t.Helper()
	l := &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", l.release.Addr, "EXTRA", customRules(),
		"sqlite:maillint.db", "sqlite:"+filepath.Join(disk, "maillint.db")).Replace(labPolicy)
	l.proxy = startProxy(t, text)
	return l
}

// mixed submits n messages, some to be held and some not, and gives what the
// client was told.
func (l *lab) mixed(t *testing.T, n int, mark string, size int) (all []sent) {
	t.Helper()
	for i := range n {
		s := sent{mark: fmt.Sprintf("mark-%s-%d", mark, i), word: []string{"nothing", "confirm", "quarantine", "reject"}[i%4], to: []string{"a@partner.example"}}
		text := fmt.Sprintf("From: u@example.ac.jp\r\nTo: %s\r\nSubject: do-%s\r\nMessage-ID: <%s@example.ac.jp>\r\n\r\n%s.\r\n%s",
			s.to[0], s.word, s.mark, s.mark, noise(size))
		s.code, s.text, _, _ = mailtest.Submit(l.Addr["users"], "u@example.ac.jp", s.to, text)
		all = append(all, s)
	}
	return all
}

// noise is text that nothing makes smaller.
func noise(size int) string {
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "%016x%016x%016x%016x\r\n", rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64())
	}
	return b.String()
}

func told(all []sent, word string, code int) (n int) {
	for _, s := range all {
		if s.word == word && s.code == code {
			n++
		}
	}
	return n
}

// awaitReady waits until /readyz says that the store works, or that it does not.
func (l *lab) awaitReady(t *testing.T, ready bool) {
	t.Helper()
	mailtest.Await(t, 90*time.Second, fmt.Sprintf("/readyz does not become ready: %v", ready), func() bool {
		code, text := l.get(t, "/readyz")
		return ready && code == 200 || !ready && code == 503 && strings.Contains(text, "store")
	})
}

// With a full disk every message is with the next hop, or held, or refused with
// 4xx; /readyz says why; and with room again everything goes on, restarted or
// not.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := volume(t, func(at string) error { return run("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", at) })
	l := labOn(t, disk)
	filler := filepath.Join(disk, "filler") // somebody else's, on the same disk
	if err := os.WriteFile(filler, make([]byte, 38<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	all := l.mixed(t, 120, "1", 120_000)
	if got := told(all, "confirm", 451); got == 0 || told(all, "nothing", 250) != 30 || told(all, "reject", 550) != 30 || told(all, "confirm", 250) == 0 {
		t.Fatalf("%d holds were refused, %d taken, %d clean messages taken, %d refused: the disk is not full, or stops what needs none",
			got, told(all, "confirm", 250), told(all, "nothing", 250), told(all, "reject", 550))
	}
	l.awaitReady(t, false)
	l.account(t, all)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	l.awaitReady(t, true)
	more := l.mixed(t, 8, "2", 1000)
	if told(more, "confirm", 250) != 2 || told(more, "nothing", 250) != 2 {
		t.Errorf("with room again: %+v", more)
	}
	l.settle(t)
	l.judgeFew(t, append(all, more...))
	l.quarantine(t, "audit", "verify")
}

// A disk that becomes read-only under the running program takes no mail with it.
func TestDiskReadOnly(t *testing.T) {
	t.Parallel()
	image := filepath.Join(t.TempDir(), "image")
	mount := func(at string) error { return run("mount", "-o", "loop,errors=remount-ro", image, at) }
	disk := volume(t, func(at string) error {
		if err := os.WriteFile(image, make([]byte, 32<<20), 0o600); err != nil {
			return err
		}
		if err := run("mkfs.ext4", "-q", "-O", "^has_journal", image); err != nil {
			return err
		}
		return mount(at)
	})
	l := labOn(t, disk)
	all := l.mixed(t, 8, "1", 1000)
	if err := failDisk(disk); err != nil {
		mailtest.Missing(t, fmt.Sprintf("a kernel that fails a disk on request (%v)", err))
	}
	during := l.mixed(t, 16, "2", 1000)
	if told(during, "confirm", 451) != 4 || told(during, "nothing", 250) != 4 || told(during, "reject", 550) != 4 {
		t.Errorf("on a read-only disk: %+v", during)
	}
	l.awaitReady(t, false)
	l.kill()
	if err := run("umount", disk); err != nil {
		t.Fatal(err)
	}
	_ = exec.Command("fsck.ext4", "-y", image).Run() // as an administrator would
	if err := mount(disk); err != nil {
		t.Fatal(err)
	}
	l.start(t)
	l.awaitReady(t, true)
	after := l.mixed(t, 8, "3", 1000)
	if told(after, "confirm", 250) != 2 {
		t.Errorf("with the disk back: %+v", after)
	}
	all = append(append(all, during...), after...)
	l.account(t, all)
	l.settle(t)
	l.judgeFew(t, all)
	l.quarantine(t, "audit", "verify")
}

// failDisk has the kernel find an error on a disk, as a broken one does.
func failDisk(at string) error {
	source, err := exec.Command("findmnt", "-n", "-o", "SOURCE", at).Output()
	if err != nil {
		return err
	}
	name := filepath.Base(strings.TrimSpace(string(source)))
	return os.WriteFile(filepath.Join("/sys/fs/ext4", name, "trigger_fs_error"), []byte("1"), 0o200)
}

// A program that is started on a disk it cannot write says so, and takes no
// mail.
func TestStartOnReadOnlyDisk(t *testing.T) {
	t.Parallel()
	disk := volume(t, func(at string) error {
		if err := run("mount", "--bind", at, at); err != nil {
			return err
		}
		return run("mount", "-o", "remount,bind,ro", at)
	})
	cmd := exec.Command(program(t), "proxy", "--internal", "example.ac.jp", "--listen", "127.0.0.1:0", "--next-hop", "127.0.0.1:9", "--release", "127.0.0.1:9",
		"--fallback", "postmaster@example.ac.jp", "--store", "sqlite:"+filepath.Join(disk, "maillint.db"))
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "maillint.db") {
		t.Errorf("%v\n%s", err, out)
	}
}

// judgeFew is judge for a small number of messages: what was taken has arrived,
// once, and what was refused has not.
func (l *lab) judgeFew(t *testing.T, all []sent) {
	t.Helper()
	got := arrived(l.next, l.release)
	for _, s := range all {
		for _, to := range s.to {
			if n := got[s.mark][to]; s.code == 250 && n != 1 || s.code != 250 && n != 0 {
				t.Errorf("%s (%s): the client was told %d %s, and it has arrived %d times", s.mark, s.word, s.code, s.text, n)
			}
		}
	}
}
