package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf16"
)

// Entry is a record in its chain. Its hash covers the hash before it, its
// number and the octets of its document.
type Entry struct {
	Node   string          `json:"node"`
	Seq    int64           `json:"seq"`
	Doc    json.RawMessage `json:"record"`
	Hash   Hash            `json:"hash"`
	Record Record          `json:"-"`
}

// head is the end of a chain.
type head struct {
	seq  int64
	hash Hash
}

// link is the hash of the record that follows a head.
func (h head) link(seq int64, doc []byte) Hash {
	b := make([]byte, 0, len(h.hash)+8+len(doc))
	b = append(b, h.hash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	return sha256.Sum256(append(b, doc...))
}

// record appends to this node's chain within a transaction. The head is
// written once, by flush.
func (d *db) record(t *tx, records ...Record) error {
	if len(records) == 0 {
		return nil
	}
	if t.head == nil {
		h, err := d.readHead(t)
		if err != nil {
			return err
		}
		t.head = h
	}
	for _, r := range records {
		if r.At.IsZero() {
			r.At = t.now
		}
		r.Node = d.node
		doc, err := marshal(r)
		if err != nil {
			return err
		}
		doc = ascii(doc)
		h := head{seq: t.head.seq + 1}
		h.hash = t.head.link(h.seq, doc)
		if _, err := t.ExecContext(t.ctx, `INSERT INTO audit (node, seq, doc, hash) VALUES ($1, $2, $3, $4)`, d.node, h.seq, doc, h.hash[:]); err != nil {
			return fmt.Errorf("writing the audit log: %w", err)
		}
		*t.head = h
	}
	_, err := t.ExecContext(t.ctx, `UPDATE head SET seq = $1, hash = $2 WHERE node = $3`, t.head.seq, t.head.hash[:], d.node)
	return err
}

// ascii writes JSON in ASCII without "<", ">" and "&": in that form it passes
// through programs and terminals octet for octet, and its hash stays right.
func ascii(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for _, r := range string(doc) {
		switch {
		case r > 0xffff:
			a, b := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, a, b)
		case r >= 0x7f, r == '<', r == '>', r == '&':
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = append(out, byte(r))
		}
	}
	return out
}

// readHead locks the head of this node's chain, and makes it the first time.
func (d *db) readHead(t *tx) (*head, error) {
	h := &head{}
	var hash []byte
	err := t.QueryRowContext(t.ctx, `INSERT INTO head (node, seq, hash) VALUES ($1, 0, $2)
		ON CONFLICT (node) DO UPDATE SET seq = head.seq RETURNING seq, hash`, d.node, make([]byte, 32)).Scan(&h.seq, &hash)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	if len(hash) != len(h.hash) {
		return nil, fmt.Errorf("%w: the audit log's head has %d octets", ErrDamaged, len(hash))
	}
	copy(h.hash[:], hash)
	return h, nil
}

// Audit appends records to this node's chain.
func (d *db) Audit(ctx context.Context, records ...Record) error {
	return d.write(ctx, func(t *tx) error { return d.record(t, records...) }, nil)
}

// Records gives audit records in order, of one node or of all.
func (d *db) Records(ctx context.Context, node string, each func(Entry) error) error {
	rows, err := d.reader().QueryContext(ctx, `SELECT node, seq, doc, hash FROM audit WHERE node = $1 OR $1 = '' ORDER BY node, seq`, node)
	if err != nil {
		return fmt.Errorf("reading the audit log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var doc, hash []byte
		if err := rows.Scan(&e.Node, &e.Seq, &doc, &hash); err != nil {
			return fmt.Errorf("reading the audit log: %w", err)
		}
		e.Doc = bytes.Clone(doc)
		copy(e.Hash[:], hash)
		if r, err := unmarshal[Record](doc); err == nil {
			e.Record = *r
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Broken is a place where a chain does not hold.
type Broken struct {
	Node string `json:"node"`
	Seq  int64  `json:"seq"`
	Why  string `json:"why"`
}

// Verification is what following the chains found.
type Verification struct {
	Records int64            `json:"records"`
	Heads   map[string]int64 `json:"heads"` // the last record of each node
	// Broken is the first broken record of each node that has one.
	Broken []Broken `json:"broken,omitempty"`
}

// OK reports whether every chain holds.
func (v *Verification) OK() bool { return len(v.Broken) == 0 }

// verifier follows chains entry by entry, as Records gives them.
type verifier struct {
	Verification
	heads  map[string]head
	broken map[string]bool
	middle bool // a chain may have begun before the first entry
	first  map[string]int64
	signed map[string][]signature // by the node that they are of
}

// newVerifier follows whole chains, or with middle parts of them.
func newVerifier(middle bool) *verifier {
	return &verifier{
		Verification: Verification{Heads: map[string]int64{}}, middle: middle,
		heads: map[string]head{}, broken: map[string]bool{}, first: map[string]int64{}, signed: map[string][]signature{},
	}
}

// Add follows one entry.
func (v *verifier) Add(e Entry) {
	v.Records++
	v.sign(e)
	h, known := v.heads[e.Node]
	if !known {
		v.first[e.Node] = e.Seq
	}
	if !known && v.middle && e.Seq > 1 {
		v.heads[e.Node], v.Heads[e.Node] = head{e.Seq, e.Hash}, e.Seq
		return
	}
	switch want := h.link(e.Seq, e.Doc); {
	case v.broken[e.Node]:
	case e.Seq != h.seq+1:
		v.fail(e.Node, h.seq+1, fmt.Sprintf("record %d is missing: the next one is %d", h.seq+1, e.Seq))
	case e.Hash != want:
		v.fail(e.Node, e.Seq, "the hash does not fit the record and the one before it")
	case e.Record.Node != e.Node:
		v.fail(e.Node, e.Seq, fmt.Sprintf("the record is one of node %q", e.Record.Node))
	}
	v.heads[e.Node] = head{e.Seq, e.Hash}
	v.Heads[e.Node] = e.Seq
}

func (v *verifier) fail(node string, seq int64, why string) {
	v.broken[node] = true
	v.Broken = append(v.Broken, Broken{node, seq, why})
}

// AuditVerify follows every chain to its head.
func (d *db) AuditVerify(ctx context.Context) (*Verification, error) {
	heads, err := d.chainHeads(ctx) // before: what is appended meanwhile is no gap
	if err != nil {
		return nil, err
	}
	v := newVerifier(false)
	at := map[string]head{}
	err = d.Records(ctx, "", func(e Entry) error {
		v.Add(e)
		if h := heads[e.Node]; h.seq == e.Seq {
			at[e.Node] = head{e.Seq, e.Hash}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for node, h := range heads {
		if v.broken[node] || h.seq == 0 {
			continue
		}
		switch have, ok := at[node]; {
		case !ok:
			v.failAtEnd(node, h.seq)
		case have.hash != h.hash:
			v.fail(node, h.seq, "the end of the chain has another hash")
		}
	}
	if len(v.signed) > 0 {
		if err := d.Records(ctx, "", func(e Entry) error { v.Compare(e); return nil }); err != nil {
			return nil, err
		}
		v.missing()
	}
	return &v.Verification, nil
}

// failAtEnd: records were cut off.
func (v *verifier) failAtEnd(node string, want int64) {
	last := v.heads[node].seq
	v.Heads[node] = last
	v.fail(node, last+1, fmt.Sprintf("the chain ends at record %d, and had %d", last, want))
}

// chainHeads are the ends of all chains as the store noted them.
func (d *db) chainHeads(ctx context.Context) (map[string]head, error) {
	rows, err := d.reader().QueryContext(ctx, `SELECT node, seq, hash FROM head`)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	defer rows.Close()
	out := map[string]head{}
	for rows.Next() {
		var node string
		var h head
		var hash []byte
		if err := rows.Scan(&node, &h.seq, &hash); err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		copy(h.hash[:], hash)
		out[node] = h
	}
	return out, rows.Err()
}

// noRows turns the absence of a row into ErrNotFound.
func noRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
