package mailtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Client speaks SMTP word for word: what a test writes is what is sent.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// Dial connects to an SMTP server and reads its greeting. from, if it is not
// empty, is the loopback address to come from.
func Dial(addr, from string) (*Client, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	conn, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	c := &Client{conn, bufio.NewReader(conn)}
	return c, c.want(220)
}

func (c *Client) want(code int) error {
	got, text, err := c.Read()
	if err == nil && got != code {
		err = fmt.Errorf("%d %s, want %d", got, text, code)
	}
	return err
}

// Close closes the connection without a word.
func (c *Client) Close() error { return c.conn.Close() }

// Read reads one reply: its code and its texts, with line ends between them.
func (c *Client) Read() (code int, text string, err error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(2 * time.Minute))
	var lines []string
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return 0, "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if len(line) < 3 {
			return 0, "", fmt.Errorf("no reply: %q", line)
		}
		if code, err = strconv.Atoi(line[:3]); err != nil {
			return 0, "", fmt.Errorf("no reply: %q", line)
		}
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line[3:], "-"), " "))
		if len(line) == 3 || line[3] != '-' {
			return code, strings.Join(lines, "\n"), nil
		}
	}
}

// Do sends a command and reads the reply.
func (c *Client) Do(format string, args ...any) (code int, text string, err error) {
	if _, err := fmt.Fprintf(c.conn, format+"\r\n", args...); err != nil {
		return 0, "", err
	}
	return c.Read()
}

// Write sends bytes as they are.
func (c *Client) Write(b []byte) (int, error) { return c.conn.Write(b) }

// StartTLS asks for TLS and does the handshake.
func (c *Client) StartTLS(config *tls.Config) error {
	code, text, err := c.Do("STARTTLS")
	if err == nil && code != 220 {
		err = fmt.Errorf("STARTTLS: %d %s", code, text)
	}
	if err != nil {
		return err
	}
	t := tls.Client(c.conn, config)
	if err := t.Handshake(); err != nil {
		return err
	}
	c.conn, c.in = t, bufio.NewReader(t)
	return nil
}

// Send runs one transaction after EHLO and gives the reply that decided it: to
// MAIL or DATA where that is a refusal, else to the final dot. refused are the
// recipients whose RCPT was not taken. data has CRLF line ends.
func (c *Client) Send(from string, to []string, data string) (code int, text string, refused []string, err error) {
	if code, text, err = c.Do("MAIL FROM:<%s>", from); err != nil || code != 250 {
		return code, text, nil, err
	}
	taken := 0
	for _, r := range to {
		if code, text, err = c.Do("RCPT TO:<%s>", r); err != nil {
			return code, text, refused, err
		}
		if code/100 == 2 {
			taken++
		} else {
			refused = append(refused, r)
		}
	}
	if taken == 0 {
		lastCode, lastText := code, text
		_, _, err = c.Do("RSET")
		return lastCode, lastText, refused, err
	}
	if code, text, err = c.Do("DATA"); err != nil || code != 354 {
		return code, text, refused, err
	}
	data = strings.ReplaceAll("\r\n"+data, "\r\n.", "\r\n..")[2:]
	if !strings.HasSuffix(data, "\r\n") {
		data += "\r\n"
	}
	if _, err = io.WriteString(c.conn, data+".\r\n"); err != nil {
		return 0, "", refused, err
	}
	code, text, err = c.Read()
	return code, text, refused, err
}

// Submit connects, sends one message and quits. The reply is that of Send, or
// to EHLO where it is a refusal.
func Submit(addr, from string, to []string, data string) (code int, text string, refused []string, err error) {
	c, err := Dial(addr, "")
	if err != nil {
		return 0, "", nil, err
	}
	defer c.Close()
	if code, text, err = c.Do("EHLO client.example"); err != nil || code != 250 {
		return code, text, nil, err
	}
	code, text, refused, err = c.Send(from, to, data)
	if err == nil {
		_, _, _ = c.Do("QUIT")
	}
	return code, text, refused, err
}
