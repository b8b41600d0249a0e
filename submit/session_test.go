package submit

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"maillint/internal/spool"
	"maillint/message"
	"maillint/rewrite"
)

var ctx = context.Background()

func dial(t *testing.T, r *Route) *Session {
	t.Helper()
	s, err := r.Dial(ctx, Client{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func path(local, domain string, params ...Param) Path {
	return Path{Address: message.Address{Local: local, Domain: domain}, Params: params}
}

func outgoing(block, body string) *rewrite.Message {
	return &rewrite.Message{Block: []byte(block), Body: spool.FromBytes([]byte(body)), Size: int64(len(body)), Hash: sha256.Sum256([]byte(body))}
}

// transaction opens one, so that DATA may follow.
func transaction(t *testing.T, s *Session) {
	t.Helper()
	if r, err := s.Mail(ctx, path("a", "example.jp", Param{"SIZE", "100"}, Param{"smtputf8", ""})); err != nil || !r.OK() {
		t.Fatalf("MAIL: %v %v", r, err)
	}
	if r, err := s.Rcpt(ctx, path("b..", "docomo.ne.jp")); err != nil || r.Enhanced != "2.1.0" || r.Lines[0] != "fine" {
		t.Fatalf("RCPT: %+v %v", r, err)
	}
}

func TestDialogue(t *testing.T) {
	srv := serve(t, polite)
	s := dial(t, srv.route())
	if !s.Offers("8BITMIME") || s.Extensions()["SIZE"] != "1000000" {
		t.Errorf("extensions: %v", s.Extensions())
	}
	transaction(t, s)
	body := "Subject: x\r\n\r\n.dot\r\n..\r\n.\r\nend\r\n" + strings.Repeat(".0123456789\r\n", 20000) + "last"
	reply, err := s.Data(ctx, outgoing("Received: here\r\n", body))
	if err != nil || reply.String() != "250 2.0.0 taken as 42" {
		t.Fatalf("DATA: %v %v", reply, err)
	}
	s.Quit(ctx)
	want := "EHLO proxy.example.jp\r\nMAIL FROM:<a@example.jp> SIZE=100 smtputf8\r\nRCPT TO:<b..@docomo.ne.jp>\r\nDATA\r\n" +
		"Received: here\r\nSubject: x\r\n\r\n..dot\r\n...\r\n..\r\nend\r\n" + strings.Repeat("..0123456789\r\n", 20000) + "last\r\n.\r\nQUIT\r\n"
	if got := srv.got(); got != want {
		t.Errorf("the server read %d octets, want %d; it begins %.300q", len(got), len(want), got)
	}
}

// TestFlippedByte: whatever goes wrong between the message and the connection,
// no dot follows.
func TestFlippedByte(t *testing.T) {
	flaws := map[string]func([]byte){
		"byte":      func(b []byte) { b[len(b)/2] ^= 1 },
		"line end":  func(b []byte) { b[strings.Index(string(b), "\r\n")] = ' ' },
		"block":     func(b []byte) { b[3] ^= 0x20 },
		"lone dot":  func(b []byte) { copy(b[strings.Index(string(b), "one"):], "\r\n.") },
		"last byte": func(b []byte) { b[len(b)-3] ^= 4 },
	}
	for name, flaw := range flaws {
		srv := serve(t, polite)
		s := dial(t, srv.route())
		transaction(t, s)
		s.flaw = flaw
		_, err := s.Data(ctx, outgoing("Received: here\r\n", "Subject: x\r\n\r\none two three four\r\n"))
		if !errors.Is(err, ErrTampered) && !errors.Is(err, errLines) || !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v, want ErrTampered", name, err)
		}
		time.Sleep(20 * time.Millisecond)
		if strings.Contains(srv.got(), "\r\n.\r\n") {
			t.Errorf("%s: a dot was sent", name)
		}
		if s.Err() == nil {
			t.Errorf("%s: the session is still in use", name)
		}
	}
}

func TestOddLineEndsAreNotSent(t *testing.T) {
	for _, body := range []string{"a\nb\r\n", "a\rb\r\n", "a\r\r\n.\r\nb\r\n", "a\r\n\r", "\n", "\r", strings.Repeat("x", 65520) + "\r\r\n"} {
		srv := serve(t, polite)
		s := dial(t, srv.route())
		transaction(t, s)
		if reply, err := s.Data(ctx, outgoing("", body)); err == nil {
			t.Errorf("%.20q: was sent, answer %v", body, reply)
		}
	}
}

// TestInDoubt: a connection lost after the dot is told apart from one lost before.
func TestInDoubt(t *testing.T) {
	for at, doubt := range map[string]bool{".": true, "DATA": false} {
		srv := serve(t, func(line string) string {
			if line == at {
				return ""
			}
			return polite(line)
		})
		s := dial(t, srv.route())
		transaction(t, s)
		_, err := s.Data(ctx, outgoing("", "a\r\n"))
		if got := new(InDoubt); errors.As(err, &got) != doubt || !errors.Is(err, ErrUnavailable) {
			t.Errorf("lost at %s: %v", at, err)
		}
	}
}

func TestBeforeDot(t *testing.T) {
	srv := serve(t, polite)
	s := dial(t, srv.route())
	transaction(t, s)
	lost := errors.New("lease lost")
	s.BeforeDot = func() error { return lost }
	if _, err := s.Data(ctx, outgoing("", "a\r\n")); !errors.Is(err, lost) {
		t.Errorf("%v, want the error of BeforeDot", err)
	}
	time.Sleep(20 * time.Millisecond)
	if strings.Contains(srv.got(), ".\r\n") {
		t.Error("the dot was sent all the same")
	}
}

func TestWire(t *testing.T) {
	tests := []struct{ local, domain, want string }{
		{"", "", "<>"},
		{"taro", "example.jp", "<taro@example.jp>"},
		{"a..b", "docomo.ne.jp", "<a..b@docomo.ne.jp>"},
		{".a.", "docomo.ne.jp", "<.a.@docomo.ne.jp>"},
		{"a;b", "example.jp", `<"a;b"@example.jp>`},
		{"a(b),c", "example.jp", `<"a(b),c"@example.jp>`},
		{"太郎", "example.jp", "<太郎@example.jp>"},
		{"x", "[192.0.2.1]", "<x@[192.0.2.1]>"},
		{"x", "[ipv6:2001:db8::1]", "<x@[ipv6:2001:db8::1]>"},
		{"Postmaster", "", "<Postmaster>"},
		{`victim@evil.example> ORCPT=rfc822;x`, "ok.test", ""},
		{"a b", "example.jp", ""}, {`a"b`, "example.jp", ""}, {`a\b`, "example.jp", ""}, {"a@b", "example.jp", ""},
		{"a<b", "example.jp", ""}, {"a\r\nb", "example.jp", ""}, {"a\x00b", "example.jp", ""}, {"a\x7fb", "example.jp", ""},
		{"a\u00a0b", "example.jp", ""}, {"a\u3000b", "example.jp", ""}, {"a\u0085b", "example.jp", ""}, {"a\xff", "example.jp", ""},
		{"a", "", ""}, {"", "example.jp", ""}, {"a", "ex ample.jp", ""}, {"a", "example.jp>", ""}, {"a", "[1.2.3.4", ""},
		{"a", "日本.example", ""}, {"a", ".example.jp", ""}, {"a", "example..jp", ""}, {strings.Repeat("a", 300), "example.jp", ""},
	}
	for _, tt := range tests {
		got, err := path(tt.local, tt.domain).Wire()
		if got != tt.want || (tt.want == "") != (err != nil) {
			t.Errorf("%q@%q: %q, %v; want %q", tt.local, tt.domain, got, err, tt.want)
		}
	}
}

func TestParseParams(t *testing.T) {
	if p, ok := ParseParams(" SIZE=10 BODY=8BITMIME SMTPUTF8 ORCPT=rfc822;a+2Bb@c"); !ok || len(p) != 4 || p[3].Value != "rfc822;a+2Bb@c" {
		t.Errorf("%v %v", p, ok)
	}
	for _, bad := range []string{"SIZE=", "=x", "A=b=c", "S P=1 S=2 s=3", "A\t=b", "A>=b", "<a@b>", "-x=1"} {
		if p, ok := ParseParams(bad); ok {
			t.Errorf("%q was read as %v", bad, p)
		}
	}
}
