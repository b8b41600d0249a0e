package gate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
)

// Reasons for not changing a message, which is then held instead.
var (
	errSigned  = errors.New("a signature covers a field that would be changed, and nobody signs again")
	errExposed = errors.New("the recipients would still be shown after hiding them in the header")
)

// body is what an outgoing message is made of, wherever it comes from.
type body struct {
	io.ReaderAt
	size int64
	hash [32]byte
}

// change says how an outgoing message differs from the judged one.
type change struct {
	tagged bool
	hide   bool
	again  bool // sent once already, perhaps
	sender message.Address
	unsign bool          // a signature that breaks goes, whoever signs again
	resign policy.Resign // who signs again where a change breaks a signature
}

// outgoing makes the message that leaves: our block, the judged bytes, and the
// edits. The error is a reason to hold it instead.
func (c *current) outgoing(m *message.Message, b body, id string, trace []byte, ch change) (*rewrite.Message, error) {
	out := &rewrite.Message{Body: b, Size: b.size, Hash: b.hash}
	value := "id=" + id
	if ch.tagged {
		value += "; tagged"
	}
	if ch.again {
		value += "; again"
	}
	out.Block = append(slices.Clone(trace), rewrite.Field("X-Maillint", value)...)
	edits := rewrite.Cut(m, rewrite.Ours...)
	if ch.hide {
		edits = append(rewrite.Cut(m, "X-Maillint*"), rewrite.Hide(m, c.engine.Org(), ch.sender)...)
	}
	changed := fieldsAt(m, edits)
	key, may := c.resigns(m, ch)
	if ch.tagged && c.Proxy.SubjectPrefix != "" && (may || !rewrite.Signed(m, []string{"Subject"})) {
		edits = append(edits, rewrite.SubjectPrefix(m, c.Proxy.SubjectPrefix)...)
		changed = append(changed, "Subject")
	}
	breaks := rewrite.Signed(m, changed)
	if breaks {
		if !may {
			return nil, errSigned
		}
		edits = append(edits, rewrite.Unsign(m, changed)...)
	}
	if err := out.Add(edits...); err != nil {
		return nil, fmt.Errorf("changing the message: %w", err)
	}
	if breaks && key != nil {
		if err := out.Resign(*key); err != nil && !ch.unsign {
			return nil, fmt.Errorf("%w: %w", errSigned, err)
		}
	}
	return out, nil
}

// resigns reports whether a signature may be taken out because somebody signs
// again: the next hop, or we with a key for the author's domain.
func (c *current) resigns(m *message.Message, ch change) (*rewrite.SigningKey, bool) {
	if ch.resign == policy.ResignKey {
		if key, ok := rewrite.KeyFor(c.signing, m); ok {
			return &key, true
		}
	}
	return nil, ch.unsign || ch.resign == policy.ResignNextHop
}

// resign is who signs again what leaves for a next hop.
func (c *current) resign(hop string) policy.Resign {
	if h := c.Proxy.NextHop(hop); h != nil {
		return h.Resign
	}
	return policy.ResignNone
}

// fieldsAt names the fields that edits take out or change.
func fieldsAt(m *message.Message, edits []rewrite.Edit) []string {
	var out []string
	for i := range m.Fields {
		f := &m.Fields[i]
		if slices.ContainsFunc(edits, func(e rewrite.Edit) bool { return e.Span.Start == f.Span.Start && e.Span.Len() > 0 }) {
			out = append(out, f.Name)
		}
	}
	return out
}

// hidden checks that a message shows its recipients no more after they were
// hidden, wherever it could: the fields, meeting attendees, and what signed and
// encrypted parts, Outlook's own format and an enclosed message repeat.
func (c *current) hidden(out *rewrite.Message, env message.Envelope, by policy.Identity) error {
	m := message.ParseReader(out.Open(), out.Length())
	shown := *out
	shown.Block = append(repeated(m, c.engine.Org()), out.Block...)
	again := message.ParseReader(shown.Open(), shown.Length())
	again.Envelope = env
	found, err := c.exposure.Run(again)
	if err != nil {
		return err
	}
	for _, j := range c.Judge(again, by, found).Findings {
		if j.Would >= policy.Hide || j.Severity >= lint.High {
			return errExposed
		}
	}
	return nil
}

// repeated writes a Cc field of the outside addresses that parts of a message
// repeat, so that the rule judges them by its own parameters.
func repeated(m *message.Message, org *lint.Org) []byte {
	list := repeatedAddresses(m)
	facts := lint.NewFacts(m, org)
	var b bytes.Buffer
	for _, a := range list {
		if !facts.Internal(a) && b.Len() < 1<<18 && !strings.ContainsAny(a.Local, "\r\n\"\\") {
			if b.Len() == 0 {
				b.WriteString("Cc: ")
			} else {
				b.WriteString(",\r\n ")
			}
			b.WriteString("<" + a.String() + ">")
		}
	}
	if b.Len() > 0 {
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// trace is the Received field of a transaction, or nothing.
func (g *Gate) trace(c *current, tx *Transaction) []byte {
	if tx.Transparent {
		return nil
	}
	t := rewrite.Trace{
		Hello: tx.Client.Hello, Name: tx.Client.Name, Addr: tx.Client.Addr.Addr(), By: g.hostname(c), Protocol: tx.Protocol,
		ID: tx.ID, At: tx.Received.In(c.Organization.Zone), HideClient: c.Proxy.HideClient,
	}
	if t.Protocol == "" {
		t.Protocol = "ESMTP"
	}
	if len(tx.Recipients) == 1 {
		t.For = tx.Recipients[0].Address.String()
	}
	return rewrite.Received(t)
}

func (g *Gate) hostname(c *current) string {
	if c.Proxy.Hostname != "" {
		return c.Proxy.Hostname
	}
	return g.o.Hostname
}

// noteTrace is the note of an item that keeps its Received field.
const noteTrace = "trace"

func traceOf(it *store.Item) []byte { return []byte(it.Notes[noteTrace]) }

// maxHops is how many Received fields a message may have (RFC 5321, 6.3).
const maxHops = 50

// loops reports whether a message goes round: it has been at too many servers,
// or at this one, and comes back as it left, to the same recipients. A mailbox
// that forwards it sends it to others, and is no loop.
func (g *Gate) loops(c *current, tx *Transaction, m *message.Message) bool {
	hops := m.Values("Received")
	if len(hops) > maxHops {
		return true
	}
	if len(c.stamps) == 0 || !m.Has(rewrite.StampField) {
		return false
	}
	here := "by " + g.hostname(c) + " (maillint) "
	if !slices.ContainsFunc(hops, func(h string) bool { return strings.Contains(h, here) }) {
		return false
	}
	verdict, _ := c.stamps.Verify(m, rewrite.Verification{Recipients: addresses(tx.Recipients), Envelope: true, Now: g.now()})
	return verdict == rewrite.StampValid
}
