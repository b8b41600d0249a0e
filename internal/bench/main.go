// Command bench measures maillint scan beside what else reads mail in Go, in
// one run on one machine: the floor (read, split at delimiters, decode base64),
// net/mail, go-message, and maillint with all rules. It writes its own data and
// prints CPU milliseconds per message (user and system), the median of several
// rounds in which the contenders take turns.
//
// Then it measures maillint proxy beside Postfix's smtpd_proxy_filter in the
// same way, in messages a second.
package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

func main() {
	maillint := flag.String("maillint", "bin/maillint", "the program to measure")
	rounds := flag.Int("rounds", 5, "rounds")
	part := flag.String("part", "", "scan or smtp: measure this alone")
	contender := flag.String("contender", "", "run one contender over a folder (used by the program itself)")
	flag.Parse()
	if *contender != "" {
		read(contenders[*contender], flag.Arg(0))
		return
	}
	err := error(nil)
	if *part != "smtp" {
		err = compare(*maillint, *rounds)
	}
	if err == nil && *part != "scan" {
		err = compareSMTP(*maillint, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// contenders read one message each.
var contenders = map[string]func([]byte) error{
	"floor":      floor,
	"net/mail":   netMail,
	"go-message": goMessage,
	"unpack":     unpack,
}

func compare(maillint string, rounds int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "maillint-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	sets := []struct {
		name  string
		files int
		sizes []int // nil: files that office programs wrote
	}{
		{"office", 2000, nil},
		{"small", 4000, []int{4 << 10}},
		{"mixed", 600, []int{4 << 10, 4 << 10, 4 << 10, 120 << 10, 4 << 10, 4 << 10, 4 << 10, 120 << 10, 4 << 10, 1500 << 10}},
	}
	for _, set := range sets {
		folder := filepath.Join(dir, set.name)
		names := []string{"floor", "net/mail", "go-message", "maillint"}
		err := error(nil)
		if set.sizes == nil {
			names = []string{"unpack", "maillint"}
			err = generateOffice(folder, set.files, filepath.Join("content", "testdata", "files"))
		} else {
			err = generate(folder, set.files, set.sizes)
		}
		if err != nil {
			return err
		}
		times := map[string][]time.Duration{}
		for round := range rounds + 1 { // the first warms up
			for _, name := range names {
				args := []string{self, "-contender", name, folder}
				if name == "maillint" {
					args = []string{maillint, "scan", "--jobs", "1", "--no-progress", "--output", os.DevNull, folder}
				}
				cpu, err := run(args)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				if round > 0 {
					times[name] = append(times[name], cpu)
				}
			}
		}
		report(set.name, set.files, names, times)
	}
	return nil
}

// run gives the CPU time of a command. Exit status 1 of maillint means
// findings, which the data has.
func run(args []string) (time.Duration, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
		return 0, err
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

func report(set string, files int, names []string, times map[string][]time.Duration) {
	fmt.Printf("%s: %d messages\n", set, files)
	base := median(times[names[0]])
	for _, name := range names {
		m := median(times[name])
		fmt.Printf("  %-12s %8.4f ms/message  %5.2f x %s\n", name, float64(m)/1e6/float64(files), float64(m)/float64(base), names[0])
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func read(f func([]byte) error, folder string) {
	names, _ := filepath.Glob(filepath.Join(folder, "*.eml"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err == nil {
			err = f(b)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, name, err)
			os.Exit(2)
		}
	}
}

// floor is what no reader can do without.
func floor(b []byte) error {
	var dec []byte
	for len(b) > 0 {
		part := b
		if i := bytes.Index(b, []byte("\r\n--")); i >= 0 {
			part, b = b[:i], b[i+4:]
		} else {
			b = nil
		}
		i := bytes.Index(part, []byte("\r\n\r\n"))
		if i < 0 || !bytes.Contains(part[:i], []byte("Encoding: base64")) {
			continue
		}
		body := part[i+4:]
		dec = slices.Grow(dec[:0], len(body))
		_, _ = base64.StdEncoding.Decode(dec[:cap(dec)], body)
	}
	return nil
}

func netMail(b []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return err
	}
	if _, err := m.Header.AddressList("To"); err != nil {
		return err
	}
	return walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func walk(contentType, encoding string, body io.Reader) error {
	t, params, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(t, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
				return err
			}
		}
	}
	switch encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	_, err := io.Copy(io.Discard, body)
	return err
}

func goMessage(b []byte) error {
	e, err := gomessage.Read(bytes.NewReader(b))
	if err != nil {
		return err
	}
	return e.Walk(func(_ []int, p *gomessage.Entity, err error) error {
		if err != nil || strings.HasPrefix(p.Header.Get("Content-Type"), "multipart/") {
			return err
		}
		_, err = io.Copy(io.Discard, p.Body)
		return err
	})
}
