package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Postfix is a real Postfix with a log-in by Dovecot. Users are alice
// ("secret") and bob ("secret"). What it takes it passes on to Sink.
type Postfix struct {
	Sink       *Sink
	Authority  *Authority
	Submission string // STARTTLS, log-in needed
	Implicit   string // TLS from the first octet, log-in needed
	Trusted    string // no log-in; relays for loopback
	Dir        string // its configuration folder
}

// PostfixOptions are what a test wants of a Postfix besides.
type PostfixOptions struct {
	Main   []string // further lines of main.cf
	Master []string // further entries of master.cf
}

// NewPostfix starts Postfix and Dovecot, or skips the test where they or the
// rights of root are missing.
func NewPostfix(t testing.TB, o PostfixOptions) *Postfix {
	t.Helper()
	postfix := Need(t, "postfix")
	if os.Geteuid() != 0 {
		Missing(t, "Postfix starts as root only")
	}
	dir, err := os.MkdirTemp("", "maillint-postfix-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := &Postfix{Sink: NewSink(t), Authority: NewAuthority(t), Dir: filepath.Join(dir, "etc")}
	p.Submission, p.Implicit, p.Trusted = loopback(t), loopback(t), loopback(t)
	startDovecot(t, filepath.Join(dir, "dove"))
	p.configure(t, dir, o)
	defer func() {
		if t.Failed() {
			t.Log(p.Log())
		}
	}()
	run(t, postfix, "-c", p.Dir, "start")
	t.Cleanup(func() { p.stop(t, postfix) })
	for _, addr := range []string{p.Submission, p.Implicit, p.Trusted} {
		Await(t, 20*time.Second, "Postfix does not listen on "+addr+"\n"+p.Log(), func() bool { return listening(port(addr)) })
	}
	return p
}

// Log is what Postfix has logged so far.
func (p *Postfix) Log() string {
	b, _ := os.ReadFile(filepath.Join(p.Dir, "..", "mail.log"))
	return string(b)
}

// Reload makes Postfix read its configuration again after change has edited it.
func (p *Postfix) Reload(t testing.TB) {
	t.Helper()
	run(t, Need(t, "postfix"), "-c", p.Dir, "reload")
}

func (p *Postfix) stop(t testing.TB, postfix string) {
	if err := exec.Command(postfix, "-c", p.Dir, "stop").Run(); err != nil {
		t.Logf("postfix stop: %v", err)
	}
	if t.Failed() {
		t.Logf("Postfix's log:\n%s", tail(p.Log(), 60))
	}
}

func (p *Postfix) configure(t testing.TB, dir string, o PostfixOptions) {
	t.Helper()
	cert, key := p.Authority.Server(t)
	for _, sub := range []string{"etc", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "chown", "postfix", filepath.Join(dir, "data"))
	main := []string{
		"compatibility_level = 3.6", "myhostname = mx.example.ac.jp", "mydestination =",
		"queue_directory = " + dir + "/queue", "data_directory = " + dir + "/data",
		"inet_interfaces = 127.0.0.1", "inet_protocols = ipv4", "mynetworks = 127.0.0.0/8",
		"maillog_file = " + dir + "/mail.log", "maillog_file_prefixes = " + dir,
		"smtpd_sasl_type = dovecot", "smtpd_sasl_path = " + dir + "/dove/run/auth-postfix",
		"smtpd_tls_cert_file = " + cert, "smtpd_tls_key_file = " + key, "smtpd_tls_security_level = may", "smtpd_tls_auth_only = yes",
		"smtpd_relay_restrictions = permit_sasl_authenticated,reject", "relayhost = [127.0.0.1]:" + strconv.Itoa(port(p.Sink.Addr)),
		"local_header_rewrite_clients =", "alias_maps =", "alias_database =", "local_recipient_maps =", "smtp_dns_support_level = disabled",
		"smtputf8_enable = yes", "message_size_limit = 52428800", "smtpd_client_connection_count_limit = 0", "smtp_tls_security_level = none",
	}
	write(t, filepath.Join(p.Dir, "main.cf"), append(main, o.Main...))
	entry := func(addr, options string) string { return addr + " inet n - n - - smtpd" + options }
	services := append(masterServices(t),
		entry(p.Submission, " -o smtpd_sasl_auth_enable=yes"),
		entry(p.Implicit, " -o smtpd_sasl_auth_enable=yes -o smtpd_tls_wrappermode=yes"),
		entry(p.Trusted, " -o smtpd_relay_restrictions=permit_mynetworks,reject -o smtpd_authorized_xforward_hosts=127.0.0.0/8 -o smtpd_authorized_xclient_hosts=127.0.0.0/8"))
	write(t, filepath.Join(p.Dir, "master.cf"), append(services, o.Master...))
}

// masterServices are the entries of Debian's own master.cf without its inet
// services and without chroot.
func masterServices(t testing.TB) []string {
	t.Helper()
	for _, path := range []string{"/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf"} {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var out []string
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if len(f) < 8 || strings.HasPrefix(line, "#") || strings.HasPrefix(line, " ") || f[1] == "inet" {
				continue
			}
			if f[7] == "pipe" || f[7] == "postlogd" && f[0] != "postlog" {
				continue
			}
			f[4] = "n"
			out = append(out, strings.Join(f, " "))
		}
		return out
	}
	Missing(t, "Postfix has no master.cf to start from")
	return nil
}

// startDovecot serves log-ins on a socket for Postfix.
func startDovecot(t testing.TB, dir string) {
	t.Helper()
	dovecot := Need(t, "dovecot")
	for _, sub := range []string{"run", "state"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "users"), []string{"alice:{PLAIN}secret", "bob:{PLAIN}secret"})
	conf := filepath.Join(dir, "dovecot.conf")
	write(t, conf, []string{
		"protocols =", "ssl = no", "base_dir = " + dir + "/run", "state_dir = " + dir + "/state", "log_path = " + dir + "/log",
		"default_internal_user = nobody", "default_login_user = nobody", "default_internal_group = nogroup",
		"auth_mechanisms = plain login", "disable_plaintext_auth = no", "auth_failure_delay = 0",
		"service anvil {", "  chroot =", "}",
		"passdb {", "  driver = passwd-file", "  args = " + dir + "/users", "}",
		"userdb {", "  driver = static", "  args = uid=nobody gid=nogroup home=/nonexistent", "}",
		"service auth {", "  unix_listener auth-postfix {", "    mode = 0660", "    user = postfix", "  }", "}",
	})
	Start(t, exec.Command(dovecot, "-F", "-c", conf))
	socket := filepath.Join(dir, "run", "auth-postfix")
	Await(t, 10*time.Second, "Dovecot offers no log-in", func() bool { _, err := os.Stat(socket); return err == nil })
}

func loopback(t testing.TB) string { return "127.0.0.1:" + strconv.Itoa(Port(t)) }

func port(addr string) int {
	n, _ := strconv.Atoi(addr[strings.LastIndexByte(addr, ':')+1:])
	return n
}

// run runs a command to its end. Its output goes to a file, not a pipe: a
// daemon that it leaves behind would keep a pipe open.
func run(t testing.TB, name string, args ...string) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		b, _ := os.ReadFile(out.Name())
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, b)
	}
}

func write(t testing.TB, path string, lines []string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func tail(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return fmt.Sprintln(strings.Join(lines[max(0, len(lines)-n):], "\n"))
}
