// Demo shows the proxy at work: it starts "maillint proxy" between a toy next
// hop and a toy release route, submits the incident corpus to it as mail
// programs would, shows what was held and why, and releases one message with
// hidden recipients. Nothing leaves this machine.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maillint/corpus"
	"maillint/internal/mailtest"
	"maillint/message"
)

func main() {
	bin := flag.String("maillint", "bin/maillint", "the program")
	flag.Parse()
	if err := show(*bin); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// stage is the proxy with the toys around it.
type stage struct {
	bin, dir      string
	next, release *mailtest.Sink
	cmd           *exec.Cmd
	log           bytes.Buffer
	addr          string
}

func show(bin string) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	cases, err := corpus.Cases()
	if err != nil {
		return err
	}
	s := &stage{bin: bin}
	defer s.close()
	if err := s.open(cases); err != nil {
		return err
	}
	if err := s.submit(cases); err != nil {
		return err
	}
	fmt.Println("\nWhat is held (maillint quarantine list --rule exposed-recipients):")
	fmt.Println()
	if err := s.run(os.Stdout, "list", "--rule", "exposed-recipients", "--limit", "8"); err != nil {
		return err
	}
	return s.hide()
}

func (s *stage) close() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(os.Interrupt)
		_ = s.cmd.Wait()
	}
	for _, sink := range []*mailtest.Sink{s.next, s.release} {
		if sink != nil {
			sink.Close()
		}
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// open starts the toys and the proxy, which takes the organisations of all
// cases for its own.
func (s *stage) open(cases []corpus.Case) (err error) {
	if s.dir, err = os.MkdirTemp("", "maillint-demo-"); err != nil {
		return err
	}
	if s.next, err = mailtest.StartSink(); err != nil {
		return err
	}
	if s.release, err = mailtest.StartSink(); err != nil {
		return err
	}
	var domains []string
	for _, c := range cases {
		domains = append(domains, c.Organization...)
	}
	slices.Sort(domains)
	s.cmd = exec.Command(s.bin, "proxy", "--internal", strings.Join(slices.Compact(domains), ","), "--listen", "127.0.0.1:0",
		"--next-hop", s.next.Addr, "--release", s.release.Addr, "--fallback", "postmaster@"+domains[0], "--ready-file", "ready")
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	for range 200 {
		if text, err := os.ReadFile(filepath.Join(s.dir, "ready")); err == nil {
			if f := strings.Fields(string(text)); len(f) == 2 {
				s.addr = f[1]
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the proxy is not ready:\n%s", &s.log)
}

// submit sends every message of the corpus, with its envelope.
func (s *stage) submit(cases []corpus.Case) error {
	counts := map[string]int{}
	total := 0
	for _, c := range cases {
		for i, raw := range c.Messages {
			from, to := envelope(c.EnvelopeOf(c.Names[i]), raw)
			if len(to) == 0 {
				continue
			}
			code, text, refused, err := mailtest.Submit(s.addr, from, to, string(raw))
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", c.ID, err, &s.log)
			}
			total++
			counts[word(code, text, len(refused))]++
		}
	}
	fmt.Printf("The same corpus, submitted to maillint proxy as mail programs would, %d messages:\n\n", total)
	for _, w := range []string{"passed on", "held for a moment", "held for confirmation", "held for approval", "held for the administrators", "refused, with the reason"} {
		fmt.Printf("  %4d  %s\n", counts[w], w)
		delete(counts, w)
	}
	if len(counts) > 0 || len(s.next.Received()) == 0 {
		return fmt.Errorf("unexpected answers: %v\n%s", counts, &s.log)
	}
	return nil
}

func envelope(e *corpus.Envelope, raw []byte) (from string, to []string) {
	m := message.Parse(raw)
	env := m.EnvelopeFromFields()
	from = address(env.ReversePath)
	for _, a := range env.Recipients {
		to = append(to, address(a))
	}
	if e != nil {
		from, to = strings.Trim(e.From, "<>"), e.To
	}
	return from, to
}

func address(a message.Address) string {
	if a.IsZero() {
		return ""
	}
	return a.Local + "@" + a.Domain
}

func word(code int, text string, refused int) string {
	switch {
	case code == 250 && strings.Contains(text, "Held"):
		text = strings.ToLower(text[strings.Index(text, "Held"):])
		words, _, _ := strings.Cut(text, " as ")
		return words
	case code == 250:
		return "passed on"
	case code >= 500 || refused > 0:
		return "refused, with the reason"
	}
	return fmt.Sprintf("%d %s", code, text)
}

func (s *stage) run(out *os.File, args ...string) error {
	cmd := exec.Command(s.bin, append([]string{"quarantine"}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, os.Stderr
	return cmd.Run()
}

func (s *stage) output(args ...string) ([]byte, error) {
	cmd := exec.Command(s.bin, append([]string{"quarantine"}, args...)...)
	cmd.Dir = s.dir
	return cmd.Output()
}

// hide releases a message with hidden recipients, and shows the
// field before and after.
func (s *stage) hide() error {
	out, err := s.output("list", "--json", "--rule", "exposed-recipients", "--limit", "1")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(out), `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	before, err := s.output("export", id)
	if err != nil || id == "" {
		return fmt.Errorf("export %s: %w", id, err)
	}
	fmt.Printf("\nOne of them shows %d outside addresses in To and Cc. Released with hidden recipients\n(maillint quarantine release %s --hide), everybody still gets it, and nobody sees the others:\n\n", shown(before), id)
	if err := s.run(os.Stdout, "release", id, "--hide"); err != nil {
		return err
	}
	for range 300 {
		for _, r := range s.release.Received() {
			if !r.Null() {
				fmt.Printf("\n  it left for %d recipients with\n", len(r.To))
				for _, line := range strings.Split(header(r.Data, "To")+header(r.Data, "Cc"), "\n") {
					if line != "" {
						fmt.Println("    " + line)
					}
				}
				return nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the released message did not leave\n%s", &s.log)
}

func shown(raw []byte) int {
	m := message.Parse(raw)
	return len(m.To()) + len(m.Cc())
}

func header(raw []byte, name string) string {
	m := message.Parse(raw)
	if !m.Has(name) {
		return ""
	}
	return name + ": " + m.Value(name) + "\n"
}
