package milter

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"maillint/gate"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/submit"
)

// conn is one connection of the MTA: one client of it, with any number of
// messages. What Connect and Helo told holds for all of them.
type conn struct {
	server *Server
	nc     net.Conn
	in     *bufio.Reader
	buf    []byte
	agreed options

	client submit.Client
	macros map[string]string // of all stages so far; {auth_authen} comes with MAIL

	tx      *gate.Transaction
	spool   *spool.Writer
	failed  error // why the message could not be taken in
	eoh     bool
	busy    atomic.Bool // a message is open
	ending  atomic.Bool
	writing sync.Mutex
}

// run reads packets until the MTA has had enough.
func (c *conn) run() error {
	for {
		_ = c.nc.SetReadDeadline(c.server.opts.Now().Add(c.server.opts.Idle))
		if c.ending.Load() && !c.busy.Load() {
			return nil
		}
		cmd, data, buf, err := readPacket(c.in, c.buf)
		c.buf = buf
		if err != nil {
			if errors.Is(err, io.EOF) || c.ending.Load() {
				return nil
			}
			return err
		}
		if cmd == cmdQuit {
			return nil
		}
		if err := c.command(cmd, data); err != nil {
			return err
		}
	}
}

// drain ends the connection as soon as no message is open.
func (c *conn) drain() {
	c.ending.Store(true)
	if !c.busy.Load() {
		_ = c.nc.SetReadDeadline(time.Unix(1, 0))
	}
}

func (c *conn) command(cmd byte, data []byte) error {
	switch cmd {
	case cmdOptions:
		return c.options(data)
	case cmdMacro:
		c.macro(data)
		return nil // not answered
	case cmdConnect:
		c.connect(data)
	case cmdHelo:
		c.client.Hello = strings.TrimSuffix(string(data), "\x00")
	case cmdMail:
		return c.mail(texts(data))
	case cmdRcpt:
		return c.rcpt(texts(data))
	case cmdHeader:
		c.header(data)
	case cmdEOH:
		c.endHeader()
	case cmdBody:
		c.write(data)
	case cmdEnd:
		return c.end(data)
	case cmdAbort:
		c.forget()
		return nil // not answered
	case cmdNext:
		c.forget()
		c.client, c.macros = submit.Client{}, nil
		return nil
	case cmdData, cmdUnknown:
	default:
		return fmt.Errorf("%w: command %q", errProtocol, cmd)
	}
	return c.answer(packet(ansContinue))
}

func (c *conn) answer(p []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.nc.SetWriteDeadline(c.server.opts.Now().Add(c.server.opts.Idle))
	_, err := c.nc.Write(p)
	return err
}

func (c *conn) options(data []byte) error {
	offer, err := readOptions(data)
	if err != nil {
		return err
	}
	if c.agreed, err = agree(offer); err != nil {
		return err
	}
	return c.answer(packet(cmdOptions, number(int(c.agreed.version)), number(int(c.agreed.actions)), number(int(c.agreed.protocol))))
}

// macro keeps what the MTA tells. Each stage sends its own; a library that
// forgets the earlier ones forgets who logged in.
func (c *conn) macro(data []byte) {
	if len(data) == 0 {
		return
	}
	if c.macros == nil {
		c.macros = map[string]string{}
	}
	if data[0] == cmdMail { // of this message, not of the one before it
		for _, name := range []string{"auth_authen", "auth_type", "auth_author", "i"} {
			delete(c.macros, name)
		}
	}
	list := texts(data[1:])
	for i := 0; i+1 < len(list); i += 2 {
		c.macros[strings.Trim(list[i], "{}")] = list[i+1]
	}
}

func (c *conn) connect(data []byte) {
	name, rest, ok := strings.Cut(string(data), "\x00")
	c.client = submit.Client{Protocol: "ESMTP"}
	if name != "" && name[0] != '[' && name != "unknown" {
		c.client.Name = name
	}
	if !ok || len(rest) < 3 {
		return
	}
	port := uint16(rest[1])<<8 | uint16(rest[2])
	address := strings.TrimPrefix(strings.TrimSuffix(rest[3:], "\x00"), "IPv6:")
	if ip, err := netip.ParseAddr(address); err == nil && (rest[0] == '4' || rest[0] == '6') {
		c.client.Addr = netip.AddrPortFrom(ip.Unmap(), port)
	}
}

// mail begins a message.
func (c *conn) mail(args []string) error {
	c.forget()
	path, bad := readPath(args)
	if bad != nil {
		return c.reply(*bad)
	}
	if gate.IsCanary(path) {
		return c.canary(path)
	}
	var id policy.Identity
	if c.server.opts.Gate != nil {
		id = c.identity(path)
	}
	c.begin(path, id)
	return c.answer(packet(ansContinue))
}

func (c *conn) begin(path submit.Path, id policy.Identity) {
	now := c.server.opts.Now()
	c.tx = &gate.Transaction{
		ID: gate.NewID(now), Listener: listener, Received: now, Client: c.client,
		ReversePath: path, Transparent: true, Identity: id,
	}
	c.spool = c.server.opts.Spool.Writer()
	c.busy.Store(true)
}

// identity is the log-in that the MTA tells, else the reverse-path: vouched
// where the MTA is said to check it.
func (c *conn) identity(path submit.Path) policy.Identity {
	id, trust := policy.Identity{}, policy.Claimed
	switch login := c.macros["auth_authen"]; {
	case login != "":
		id, trust = c.server.opts.Policy().Login(login), policy.Authenticated
	default:
		id = c.server.opts.Policy().Path(path.Address)
		if c.server.opts.Vouched && !path.Address.IsZero() {
			trust = policy.Vouched
		}
	}
	id.Trust, id.Remote = trust, c.client.Addr.Addr()
	return id
}

func readPath(args []string) (submit.Path, *submit.Reply) {
	if len(args) == 0 {
		r := submit.NewReply(501, "5.5.4", "no path")
		return submit.Path{}, &r
	}
	return submit.ParsePath(strings.Join(args, " "))
}

func (c *conn) rcpt(args []string) error {
	if c.tx == nil {
		return c.reply(submit.NewReply(503, "5.5.1", "MAIL first"))
	}
	if c.macros["rcpt_mailer"] == "error" { // Postfix tells what it has refused itself
		return c.answer(packet(ansContinue))
	}
	path, bad := readPath(args)
	switch {
	case bad != nil:
		return c.reply(*bad)
	case len(c.tx.Recipients) >= c.server.opts.Recipients:
		return c.reply(submit.NewReply(452, "4.5.3", "too many recipients"))
	}
	if c.server.opts.Gate != nil {
		if refused := c.server.opts.Gate.Recipient(c.server.ctx, c.tx, path); refused != nil {
			return c.reply(*refused)
		}
	}
	c.tx.Recipients = append(c.tx.Recipients, path)
	return c.answer(packet(ansContinue))
}

// header adds a field to the message, as it came: the blanks behind the colon
// are the MTA's to tell, folds come with LF.
func (c *conn) header(data []byte) {
	name, value, _ := strings.Cut(string(data), "\x00")
	value = strings.TrimSuffix(value, "\x00")
	if c.agreed.protocol&protoLeadingBlank == 0 {
		value = " " + value
	}
	value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n")
	c.write([]byte(name + ":" + value + "\r\n"))
}

func (c *conn) endHeader() {
	c.write([]byte("\r\n"))
	c.eoh = true
}

// write takes octets of the message in. What does not fit is told at the end.
func (c *conn) write(p []byte) {
	switch {
	case c.spool == nil || c.failed != nil:
	case c.spool.Size()+int64(len(p)) > c.server.opts.MessageSize:
		c.failed = errTooLarge
	default:
		_, c.failed = c.spool.Write(p)
	}
}

var errTooLarge = errors.New("milter: message too large")

// forget ends the open message without a word.
func (c *conn) forget() {
	if c.spool != nil {
		c.spool.Discard()
	}
	if c.tx != nil && c.tx.Body != nil {
		_ = c.tx.Body.Close()
	}
	c.tx, c.spool, c.failed, c.eoh = nil, nil, nil, false
	c.busy.Store(false)
}

// reply answers with a code and texts of ours. In the protocol a "%" begins a
// macro and is doubled.
func (c *conn) reply(r submit.Reply) error {
	r = r.Clean()
	var lines []string
	for i, line := range r.Lines {
		sep := "-"
		if i == len(r.Lines)-1 {
			sep = " "
		}
		words := strconv.Itoa(r.Code) + sep
		if r.Enhanced != "" {
			words += r.Enhanced + " "
		}
		lines = append(lines, words+strings.ReplaceAll(line, "%", "%%"))
	}
	return c.answer(packet(ansReply, text(strings.Join(lines, "\r\n"))))
}
