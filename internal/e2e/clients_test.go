//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maillint/internal/mailtest"
)

// client is a real mail program that submits a message file. user is empty
// for no log-in. It gives what the program printed.
type client struct {
	name string
	send func(t *testing.T, s submission) (string, error)
}

// submission is what a client is to do.
type submission struct {
	addr      string // host:port
	implicit  bool   // TLS from the first octet instead of STARTTLS
	plain     bool   // no TLS at all
	authority string // PEM file
	user      string
	from      string
	to        []string
	file      string
}

func (s submission) port() string { return s.addr[strings.LastIndexByte(s.addr, ':')+1:] }

var clients = []client{{"swaks", swaks}, {"curl", curl}, {"msmtp", msmtp}, {"smtplib", smtplib}}

func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func swaks(t *testing.T, s submission) (string, error) {
	args := []string{"-s", "127.0.0.1", "-p", s.port(), "-f", s.from, "-t", strings.Join(s.to, ","), "-d", "@" + s.file, "-n"}
	if s.user != "" {
		args = append(args, "-au", s.user, "-ap", "secret", "-a", "PLAIN")
	}
	if s.implicit {
		args = append(args, "--tls-on-connect")
	} else if !s.plain {
		args = append(args, "--tls")
	}
	return output(exec.Command(mailtest.Need(t, "swaks"), args...))
}

func curl(t *testing.T, s submission) (string, error) {
	args := []string{"-sSv", "--ssl-reqd", "--cacert", s.authority, "--url", "smtp://localhost:" + s.port(), "--mail-from", s.from, "-T", s.file}
	if s.implicit {
		args[5] = "smtps://localhost:" + s.port()
	}
	if s.plain {
		args[1], args[5] = "--no-ssl-reqd", "smtp://127.0.0.1:"+s.port()
		args = append(args[:1], args[4:]...)
	}
	if s.user != "" {
		args = append(args, "--user", s.user+":secret")
	}
	for _, to := range s.to {
		args = append(args, "--mail-rcpt", to)
	}
	return output(exec.Command(mailtest.Need(t, "curl"), args...))
}

func msmtp(t *testing.T, s submission) (string, error) {
	raw, err := os.Open(s.file)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	args := []string{"--file=/dev/null", "--host=localhost", "--port=" + s.port(), "--from=" + s.from}
	if !s.plain {
		args = append(args, "--tls=on", "--tls-trust-file="+s.authority)
		if s.implicit {
			args = append(args, "--tls-starttls=off")
		}
	}
	if s.user != "" {
		args = append(args, "--auth=plain", "--user="+s.user, "--passwordeval=echo secret")
	}
	cmd := exec.Command(mailtest.Need(t, "msmtp"), append(append(args, "--"), s.to...)...)
	cmd.Stdin = raw
	return output(cmd)
}

const smtplibScript = `
import smtplib, ssl, sys
port, implicit, plain, ca, user, sender, path = sys.argv[1:8]
context = ssl.create_default_context(cafile=ca) if ca else None
if implicit == "true":
    c = smtplib.SMTP_SSL("localhost", int(port), context=context)
else:
    c = smtplib.SMTP("localhost", int(port))
    if plain != "true":
        c.starttls(context=context)
if user:
    c.login(user, "secret")
c.sendmail(sender, sys.argv[8:], open(path, "rb").read())
c.quit()
`

func smtplib(t *testing.T, s submission) (string, error) {
	word := map[bool]string{true: "true", false: "false"}
	args := []string{"-c", smtplibScript, s.port(), word[s.implicit], word[s.plain], s.authority, s.user, s.from, s.file}
	return output(exec.Command(mailtest.Need(t, "python3"), append(args, s.to...)...))
}

// file writes a message with CRLF line ends.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "message.eml")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
