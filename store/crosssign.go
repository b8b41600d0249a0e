package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// eventHeads is the event of a record in which one node notes how far the
// chains of the others had come. Whoever would make one chain anew, or cut its
// end off, has to make the others' anew as well, on all copies at once.
const eventHeads = "heads"

// CrossSign notes the other nodes' heads in this node's chain, where they have
// moved since it last did.
func (d *db) CrossSign(ctx context.Context) error {
	heads, err := d.chainHeads(ctx)
	if err != nil {
		return err
	}
	return d.write(ctx, func(t *tx) error {
		last, err := d.lastSigned(t)
		if err != nil {
			return err
		}
		detail := map[string]string{}
		for node, h := range heads {
			if text := h.String(); node != d.node && h.seq > 0 && last[node] != text {
				detail[node] = text
			}
		}
		if len(detail) == 0 || onlyHeads(t, detail) {
			return nil
		}
		for node, text := range detail {
			if _, err := t.ExecContext(t.ctx, `INSERT INTO signed (node, other, head) VALUES ($1, $2, $3)
				ON CONFLICT (node, other) DO UPDATE SET head = excluded.head`, d.node, node, text); err != nil {
				return fmt.Errorf("signing the audit log: %w", err)
			}
		}
		return d.record(t, Record{Event: eventHeads, Detail: detail})
	}, nil)
}

// onlyHeads reports whether all that is new in the others' chains is that they
// signed: two nodes at rest would sign each other's signatures for ever.
func onlyHeads(t *tx, detail map[string]string) bool {
	for node, text := range detail {
		h, _ := parseHead(text)
		var doc []byte
		if t.QueryRowContext(t.ctx, `SELECT doc FROM audit WHERE node = $1 AND seq = $2`, node, h.seq).Scan(&doc) != nil {
			return false
		}
		if r, err := unmarshal[Record](doc); err != nil || r.Event != eventHeads {
			return false
		}
	}
	return true
}

// lastSigned is what this node noted of each other one last.
func (d *db) lastSigned(t *tx) (map[string]string, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT other, head FROM signed WHERE node = $1`, d.node)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var node, text string
		if err := rows.Scan(&node, &text); err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		out[node] = text
	}
	return out, rows.Err()
}

// String is a head as records note it: "17 9f86d0...".
func (h head) String() string { return strconv.FormatInt(h.seq, 10) + " " + h.hash.String() }

func parseHead(s string) (h head, ok bool) {
	number, hash, _ := strings.Cut(s, " ")
	seq, err := strconv.ParseInt(number, 10, 64)
	n, bad := hex.Decode(h.hash[:], []byte(hash[:min(len(hash), 64)]))
	h.seq = seq
	return h, err == nil && bad == nil && n == len(h.hash)
}

// signature is a head that one node noted of another.
type signature struct {
	head
	by  string // the node that noted it
	seq int64  // of the record in which it did
}

// sign takes the signatures of a record.
func (v *verifier) sign(e Entry) {
	if e.Record.Event != eventHeads {
		return
	}
	for node, text := range e.Record.Detail {
		if h, ok := parseHead(text); ok {
			v.signed[node] = append(v.signed[node], signature{h, e.Node, e.Seq})
		}
	}
}

// Compare follows the entries a second time, after Add has seen them all, and
// looks at what the nodes noted of each other.
func (v *verifier) Compare(e Entry) {
	for i := range v.signed[e.Node] {
		s := &v.signed[e.Node][i]
		if s.head.seq != e.Seq {
			continue
		}
		s.head.seq = 0 // met
		if s.hash != e.Hash && !v.broken[e.Node] {
			v.fail(e.Node, e.Seq, fmt.Sprintf("node %s noted another hash of it (its record %d)", s.by, s.seq))
		}
	}
}

// missing names records that were noted and are not there.
func (v *verifier) missing() {
	for node, list := range v.signed {
		for _, s := range list {
			if _, known := v.heads[node]; v.middle && !known || s.head.seq == 0 || v.broken[node] {
				continue
			}
			if v.middle && s.head.seq < v.first[node] {
				continue
			}
			v.fail(node, s.head.seq, fmt.Sprintf("node %s noted it (its record %d), and it is not there", s.by, s.seq))
		}
	}
}
