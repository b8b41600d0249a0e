package milter

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/gate"
	"maillint/internal/spool"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/submit"
)

var testPolicy = &policy.Policy{Organization: policy.Organization{Domains: []string{"example.jp"}}}

// house is the gate of these tests: it lets all go on, and keeps what it saw.
// What the subject names is done instead: hold, refuse, first.
type house struct {
	mu   sync.Mutex
	seen []gate.Transaction
	text []string
}

func (h *house) Recipient(_ context.Context, _ *gate.Transaction, rcpt submit.Path) *submit.Reply {
	if rcpt.Address.Domain != "blocked.example" {
		return nil
	}
	r := submit.NewReply(550, "5.7.1", "%s blocked", "100%")
	return &r
}

func (h *house) Submit(ctx context.Context, tx *gate.Transaction, hop gate.NextHop) submit.Reply {
	raw, _ := io.ReadAll(tx.Body.Reader())
	h.mu.Lock()
	h.seen, h.text = append(h.seen, *tx), append(h.text, string(raw))
	h.mu.Unlock()
	var keep []submit.Path
	switch {
	case strings.HasPrefix(string(raw), "Subject: hold"):
		return submit.NewReply(250, "2.0.0", "held as %s", tx.ID)
	case strings.HasPrefix(string(raw), "Subject: refuse"):
		return submit.NewReply(550, "5.7.1", "refused")
	case strings.HasPrefix(string(raw), "Subject: first") && len(tx.Recipients) > 0:
		keep = tx.Recipients[:1]
	}
	reply, err := hop.Relay(ctx, keep, &rewrite.Message{Body: tx.Body, Size: tx.Body.Size(), Hash: tx.Body.Hash()})
	if err != nil {
		return submit.NewReply(451, "4.3.0", "%v", err)
	}
	return reply
}

// talk sends packets over a connection of its own, and gives the answers.
func talk(t testing.TB, h *house, change func(*Options), packets ...[]byte) []string {
	t.Helper()
	budget, err := spool.New(t.TempDir(), 1<<20, 1<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	var failures bytes.Buffer
	o := Options{Gate: h, Policy: func() *policy.Policy { return testPolicy }, Spool: budget, Idle: 5 * time.Second,
		Log: slog.New(slog.NewTextHandler(&failures, &slog.HandlerOptions{Level: slog.LevelError}))}
	if change != nil {
		change(&o)
	}
	l, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	s := New(o)
	if err := s.Serve(l); err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	go func() { // answers are read meanwhile
		for _, p := range packets {
			if _, err := c.Write(p); err != nil {
				return
			}
		}
		_ = c.(*net.UnixConn).CloseWrite()
	}()
	var answers []string
	in := bufio.NewReader(c)
	for {
		cmd, data, _, err := readPacket(in, nil)
		if err != nil {
			break
		}
		answers = append(answers, string(cmd)+string(data))
	}
	_ = c.Close()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if failures.Len() > 0 {
		t.Fatalf("%q: %s", packets, &failures)
	}
	return answers
}

var offer = packet(cmdOptions, number(6), number(0x1ff), number(protoLeadingBlank))

func words(cmd byte, list ...string) []byte {
	var data []byte
	for _, s := range list {
		data = append(data, text(s)...)
	}
	return packet(cmd, data)
}

func macro(stage byte, list ...string) []byte {
	return packet(cmdMacro, []byte{stage}, words(0, list...)[5:])
}

func headerField(name, value string) []byte { return words(cmdHeader, name, value) }

// mail is the packets of a message from somebody to somebody.
func mail(subject string, to ...string) [][]byte {
	out := [][]byte{words(cmdMail, "<a@example.jp>")}
	for _, r := range to {
		out = append(out, words(cmdRcpt, r))
	}
	return append(out, headerField("Subject", " "+subject), packet(cmdEOH), packet(cmdBody, []byte("text\r\n")), packet(cmdEnd))
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		name    string
		packets [][]byte
		want    string // the answers after that to the options, without IDs
	}{
		{"passed", mail("x", "<b@out.example>"), "c c c c c a"},
		{"held whole", mail("hold", "<b@out.example>"), "c c c c c d"},
		{"refused", mail("refuse", "<b@out.example>"), "c c c c c y550 5.7.1 refused"},
		{"held for one of two", mail("first", "<b@out.example>", "<c@out.example>"), "c c c c c c -<c@out.example> a"},
		{"a recipient refused, its percent sign doubled", mail("x", "<b@blocked.example>", "<c@out.example>"), "c y550 5.7.1 100%% blocked c c c c a"},
		{"no MAIL", [][]byte{words(cmdRcpt, "<b@out.example>"), packet(cmdEnd)}, "y503 5.5.1 MAIL first y503 5.5.1 MAIL first"},
		{"no path", [][]byte{words(cmdMail)}, "y501 5.5.4 no path"},
		{"after an abort", append(append(mail("x", "<b@out.example>")[:3:3], packet(cmdAbort)), packet(cmdEnd)), "c c c y503 5.5.1 MAIL first"},
		{"no end of the header", [][]byte{words(cmdMail, "<a@example.jp>"), words(cmdRcpt, "<b@out.example>"), headerField("Subject", " x"), packet(cmdEnd, []byte("text"))}, "c c c a"},
		{"two messages", append(mail("x", "<b@out.example>"), mail("hold", "<c@out.example>")...), "c c c c c a c c c c c d"},
		{"an unknown command", [][]byte{packet('!'), packet(cmdEnd)}, ""},
		{"nothing", [][]byte{{0, 0, 0, 0}}, ""},
		{"a packet of 4 GiB", [][]byte{{255, 255, 255, 255, 'B'}}, ""},
		{"too large", append(mail("x", "<b@out.example>")[:4:4], packet(cmdBody, make([]byte, 2000)), packet(cmdEnd)), "c c c c c y552 5.3.4 message is too large"},
	}
	for _, tt := range tests {
		got := talk(t, &house{}, func(o *Options) { o.MessageSize = 1000 }, append([][]byte{offer}, tt.packets...)...)
		for i := range got {
			got[i] = strings.TrimSuffix(got[i], "\x00")
		}
		if len(got) == 0 || got[0][0] != cmdOptions || strings.Join(got[1:], " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// An MTA that lets us change nothing is not served: what must be held would go.
func TestOptionsRefused(t *testing.T) {
	for name, p := range map[string][]byte{
		"old":     packet(cmdOptions, number(1), number(0x1ff), number(0)),
		"actions": packet(cmdOptions, number(6), number(actAddHeaders), number(0)),
		"half":    packet(cmdOptions, number(6)),
	} {
		h := &house{}
		if got := talk(t, h, nil, append([][]byte{p}, mail("x", "<b@out.example>")...)...); len(got) > 0 || len(h.seen) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Who logged in counts for the message it was told for, and the client for all.
func TestWhoSends(t *testing.T) {
	first := append([][]byte{offer, packet(cmdConnect, text("pc.example.jp"), []byte{'4', 1, 2}, text("192.0.2.7")), words(cmdHelo, "pc"),
		macro(cmdMail, "{auth_authen}", "taro")}, mail("x", "<b@out.example>")...)
	second := append([][]byte{macro(cmdMail, "i", "Q2")}, mail("y", "<b@out.example>")...)
	other := append([][]byte{packet(cmdNext)}, mail("z", "<b@out.example>")...)
	h := &house{}
	talk(t, h, nil, slices.Concat(first, second, other)...)
	if len(h.seen) != 3 {
		t.Fatalf("%d messages were judged", len(h.seen))
	}
	a, b, c := h.seen[0], h.seen[1], h.seen[2]
	if a.Identity.Trust != policy.Authenticated || b.Identity.Trust != policy.Claimed || c.Identity.Trust != policy.Claimed {
		t.Errorf("trust %v, %v, %v", a.Identity.Trust, b.Identity.Trust, c.Identity.Trust)
	}
	if want := netip.MustParseAddrPort("192.0.2.7:258"); a.Client.Addr != want || b.Client.Addr != want || a.Client.Name != "pc.example.jp" || b.Client.Hello != "pc" {
		t.Errorf("clients %+v, %+v", a.Client, b.Client)
	}
	if c.Client.Addr.IsValid() || c.Client.Hello != "" {
		t.Errorf("of another client: %+v", c.Client)
	}
}

// The message is judged as it came: blanks behind colons, folds, the body.
func TestBytes(t *testing.T) {
	for blanks, want := range map[int]string{
		protoLeadingBlank: "Subject:x\r\nTo:  b@out.example,\r\n\tc@out.example\r\n\r\na\r\n.\r\n",
		0:                 "Subject: x\r\nTo:   b@out.example,\r\n\tc@out.example\r\n\r\na\r\n.\r\n",
	} {
		h := &house{}
		talk(t, h, nil, packet(cmdOptions, number(6), number(0x1ff), number(blanks)), words(cmdMail, "<a@example.jp>"), words(cmdRcpt, "<b@out.example>"),
			headerField("Subject", "x"), headerField("To", "  b@out.example,\n\tc@out.example"), packet(cmdEOH), packet(cmdBody, []byte("a\r\n")), packet(cmdBody, []byte(".\r\n")), packet(cmdEnd))
		if len(h.text) != 1 || h.text[0] != want {
			t.Errorf("judged were %q, want %q", h.text, want)
		}
	}
}

// FuzzPackets: whatever an MTA sends, nobody's message goes on unjudged, and
// no connection fails.
func FuzzPackets(f *testing.F) {
	whole := slices.Concat(append([][]byte{offer, macro(cmdMail, "auth_authen", "x")}, mail("first", "<b@out.example>", "<c@out.example>")...)...)
	f.Add(whole)
	f.Add(slices.Concat(offer, packet(cmdEnd), packet(cmdEOH), packet(cmdBody), packet(cmdMacro), packet(cmdConnect), packet(cmdHeader), whole[len(offer):]))
	f.Add(slices.Concat(offer, words(cmdMail, "<>", "SIZE=1"), words(cmdRcpt, "\"a b\"@x"), packet(cmdEnd)))
	f.Fuzz(func(t *testing.T, data []byte) {
		h := &house{}
		gone := 0
		for _, a := range talk(t, h, nil, data) {
			if a[0] == ansAccept || a[0] == ansDiscard {
				gone++
			}
		}
		if gone > len(h.seen) {
			t.Errorf("%q: %d messages judged, %d went on", data, len(h.seen), gone)
		}
	})
}

// FuzzChanges: an MTA that carries the changes out has the header that the
// rewritten message has.
func FuzzChanges(f *testing.F) {
	for _, s := range []string{
		"From: a@example.jp\r\nTo: b@out.example, c@out.example\r\nCc: d@example.jp,\r\n e@out.example\r\nSubject: x\r\n\r\ntext",
		"To: b@out.example\r\nTo: c@example.jp\r\nBcc: d@out.example\r\nX-A: 1\r\nTo: e@out.example\r\n\r\n",
		"Cc: g: a@out.example, b@out.example;\r\nSubject:\r\n x\r\n\r\n",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, hide bool) {
		m := message.Parse([]byte(s))
		if len(m.Defects) > 0 || strings.Contains(strings.ReplaceAll(s, "\r\n", ""), "\r") || strings.Contains(strings.ReplaceAll(s, "\r\n", ""), "\n") {
			return // an MTA hands over whole fields in lines that end well
		}
		org, err := lint.NewOrg([]string{"example.jp"})
		if err != nil {
			t.Fatal(err)
		}
		body := spool.FromBytes([]byte(s))
		out := &rewrite.Message{Body: body, Size: body.Size(), Hash: body.Hash(), Block: []byte("X-Maillint: 1;\r\n a=b\r\n")}
		edits := rewrite.Cut(m, "Bcc", "X-A")
		if hide {
			edits = rewrite.Hide(m, org, message.Address{Local: "a", Domain: "example.jp"})
		}
		if err := out.Add(append(edits, rewrite.SubjectPrefix(m, "[x]")...)...); err != nil {
			return
		}
		want, err := out.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		list, err := changes(m, out)
		if err != nil {
			return // the gate answers 451
		}
		if got, wanted := carriedOut(m, list), header(want); got != wanted {
			t.Errorf("%q: with %+v\nthe MTA has %q\nwanted is   %q", s, list, got, wanted)
		}
	})
}

// header is the header of a message, its lines ended by LF.
func header(raw []byte) string {
	var out strings.Builder
	for _, f := range message.Parse(raw).Fields {
		fmt.Fprint(&out, strings.ReplaceAll(string(raw[f.Span.Start:f.Span.End]), "\r\n", "\n"))
	}
	return strings.TrimRight(out.String(), "\n")
}

// carriedOut is the header as an MTA has it after the changes: one after the
// other, each on what the one before it has left.
func carriedOut(m *message.Message, list []change) string {
	type line struct{ name, value string }
	var lines []line
	for _, f := range m.Fields {
		raw := strings.TrimRight(strings.ReplaceAll(string(m.Bytes(f.Span)), "\r\n", "\n"), "\n")
		name, value, _ := strings.Cut(raw, ":")
		lines = append(lines, line{name, value})
	}
	for _, c := range list {
		if c.insert {
			lines = slices.Insert(lines, min(c.index, len(lines)), line{c.name, c.value})
			continue
		}
		nth := c.index
		for i, l := range lines {
			if !strings.EqualFold(l.name, c.name) {
				continue
			}
			if nth--; nth > 0 {
				continue
			}
			if c.value == "" {
				lines = slices.Delete(lines, i, i+1)
			} else {
				lines[i].value = c.value
			}
			break
		}
	}
	var out strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&out, "%s:%s\n", l.name, l.value)
	}
	return strings.TrimRight(out.String(), "\n")
}
