//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// dayOne runs the page's commands as they stand, on a copy of this machine's
// /etc, /var and /usr/bin that nobody else sees, and then what the unit runs,
// as its user.
const dayOne = `set -e
mount -t tmpfs tmpfs /mnt
for d in etc var usr/bin; do
	mkdir -p /mnt/$d/upper /mnt/$d/work
	mount -t overlay overlay -o lowerdir=/$d,upperdir=/mnt/$d/upper,workdir=/mnt/$d/work /$d || exit 77
done
BLOCK
unit() { sed -n "s/^$1=//p" /etc/systemd/system/maillint-proxy.service; }
as() { exec setpriv --reuid="$(unit User)" --regid="$(unit Group)" --clear-groups --inh-caps=-all "$@"; }
install -d -o maillint -g maillint -m "$(unit StateDirectoryMode)" "/var/lib/$(unit StateDirectory)"
umask "$(unit UMask)"
(as $(unit ExecStartPre))
start=$(unit ExecStart | sed 's/ --monitor .*//')
as $start --monitor MONITOR >/var/lib/maillint/log 2>&1 &
wait_for() { for i in $(seq 100); do grep -q "$1" /var/lib/maillint/log && return; sleep 0.3; done; cat /var/lib/maillint/log; exit 1; }
wait_for 'msg=ready'
maillint doctor --monitor MONITOR || echo "doctor in monitor mode: $?"
sed 's/^mode: monitor$/mode: enforce/' /etc/maillint/rules.yaml >/etc/maillint/new.yaml
chgrp maillint /etc/maillint/new.yaml
chmod 640 /etc/maillint/new.yaml
mv /etc/maillint/new.yaml /etc/maillint/rules.yaml
kill -HUP $!
wait_for 'msg="policy taken".*mode=enforce'
maillint doctor --monitor MONITOR && echo "doctor: nothing to do"
BRAKES
maillint quarantine list --rule exposed-recipients
kill $!
wait $!
as $start --monitor MONITOR >/var/lib/maillint/log 2>&1 &
wait_for 'msg=ready'
kill $!
wait $!
echo all done
`

// free is an address on loopback that nobody listens on.
func free(t *testing.T) string { return fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t)) }

// Whoever follows docs/operate.md on a machine without maillint has it running,
// under its own user, with nothing left that the doctor would complain about.
func TestDayOne(t *testing.T) {
	page := snippets(t, "postfix.md")
	inner, release := mailtest.Port(t), mailtest.Port(t)
	ports := []string{":10587", fmt.Sprintf(":%d", inner), ":10588", fmt.Sprintf(":%d", release)}
	postfix := mailtest.NewPostfix(t, mailtest.PostfixOptions{Master: entries(fit(t, page["front/master.cf"], ports...))})
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := run("cp", program(t), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	if err := run("cp", "-r", "../../contrib", dir); err != nil {
		t.Fatal(err)
	}
	cert, key := postfix.Authority.Issue(t, "mail.example.ac.jp", time.Now().Add(90*24*time.Hour))
	policy := fit(t, page["front/rules.yaml"], append(ports, "0.0.0.0:587", free(t), "0.0.0.0:465", free(t))...) +
		"  key: file:/etc/maillint/store.key\nmode: monitor\n" + snippets(t, "operate.md")["stamp"]
	for name, from := range map[string]string{"cert.pem": cert, "key.pem": key} {
		if err := run("cp", from, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), []byte(policy), 0o644); err != nil {
		t.Fatal(err)
	}
	operate := snippets(t, "operate.md")
	script := strings.NewReplacer("BLOCK", operate["day-one"], "BRAKES", operate["brake"], "MONITOR", free(t)).Replace(dayOne)
	cmd := exec.Command(mailtest.Need(t, "unshare"), "--mount", "sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "MAIL_CONFIG="+postfix.Dir)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 77 {
		mailtest.Missing(t, "no overlay of this machine's folders (root, and a kernel with overlayfs)")
	}
	text := string(out)
	if err != nil || !strings.Contains(text, "all done") || !strings.Contains(text, "doctor in monitor mode: 1") || !strings.Contains(text, "doctor: nothing to do") {
		t.Errorf("%v\n%s", err, text)
	}
}
