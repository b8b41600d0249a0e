package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
)

// inlineMost is the size up to which bodies are kept as values.
const inlineMost = 1 << 20

// pending is a body that is about to be stored.
type pending struct {
	name   []byte
	size   int64
	frames [][]byte // of a small one
	file   string   // of a large one, written already
	// stream gives the frames of a large one one by one.
	stream func(yield func(n int, frame []byte) error) error
}

// sourceError is of the message that is to be stored, and not of the store.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return "reading the message: " + e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// Hold stores items and the body they share.
func (d *db) Hold(ctx context.Context, items []*Item, body io.ReaderAt, size int64) error {
	if len(items) == 0 {
		return errors.New("nothing to hold")
	}
	p, err := d.prepare(ctx, items, body, size)
	if err != nil {
		return err
	}
	used := false
	err = d.write(ctx, func(t *tx) error {
		used = false
		fresh, err := d.putBody(t, p, len(items))
		if err != nil {
			return err
		}
		used = fresh
		return d.insert(t, items, p.name)
	}, d.held(items[0].ID))
	if p.file != "" && (err != nil || !used) {
		d.bodies().remove(p.file)
	}
	return err
}

// held looks for an item: an ID is nobody else's.
func (d *db) held(id string) lookup {
	return func(ctx context.Context, q querier) (bool, error) {
		var n int
		err := q.QueryRowContext(ctx, `SELECT count(*) FROM item WHERE id = $1`, id).Scan(&n)
		return n > 0, err
	}
}

// prepare checks items and body against each other and makes frames of it,
// outside of the transaction.
func (d *db) prepare(ctx context.Context, items []*Item, body io.ReaderAt, size int64) (*pending, error) {
	for _, it := range items {
		if !validID(it.ID) {
			return nil, fmt.Errorf("item ID %q: want lower-case letters, digits, dots and hyphens, at most 64", it.ID)
		}
		if it.State == "" {
			return nil, fmt.Errorf("item %s has no state", it.ID)
		}
		if it.Size = size; it.Hash != items[0].Hash {
			return nil, fmt.Errorf("item %s has another hash than %s", it.ID, items[0].ID)
		}
	}
	p := &pending{name: d.bodyName(items[0].Hash), size: size}
	hash := sha256.New()
	read := func(yield func(n int, frame []byte) error) error {
		hash.Reset()
		return d.eachFrame(io.NewSectionReader(body, 0, size), hash, p, yield)
	}
	var err error
	switch {
	case size <= inlineMost:
		err = read(func(_ int, frame []byte) error { p.frames = append(p.frames, frame); return nil })
	case d.bodies() != nil:
		p.file, err = d.bodies().write(ctx, read)
	default:
		p.stream = func(yield func(int, []byte) error) error {
			if err := read(yield); err != nil {
				return err
			}
			return sameHash(hash.Sum(nil), items[0])
		}
		return p, nil
	}
	if err == nil {
		err = sameHash(hash.Sum(nil), items[0])
	}
	if err != nil && p.file != "" {
		d.bodies().remove(p.file)
	}
	return p, err
}

func sameHash(have []byte, it *Item) error {
	if Hash(have) != it.Hash {
		return fmt.Errorf("item %s: the bytes have another hash than those that were judged", it.ID)
	}
	return nil
}

// bodyName is under what a body is kept: once for each content.
func (d *db) bodyName(h Hash) []byte { return d.seal.digest("body", string(h[:])) }

// eachFrame reads a body and gives its frames.
func (d *db) eachFrame(r io.Reader, hash io.Writer, p *pending, yield func(int, []byte) error) error {
	buf := make([]byte, min(frameSize, max(p.size, 1)))
	left := p.size
	for n := 0; left > 0; n++ {
		b := buf[:min(int64(len(buf)), left)]
		if _, err := io.ReadFull(r, b); err != nil {
			return &sourceError{err}
		}
		_, _ = hash.Write(b)
		if err := yield(n, d.seal.frame(b, p.name, n)); err != nil {
			return err
		}
		left -= int64(len(b))
	}
	return nil
}

// putBody stores a body that is not there yet, or counts on one that is.
func (d *db) putBody(t *tx, p *pending, refs int) (fresh bool, err error) {
	var have int64
	err = t.QueryRowContext(t.ctx, `INSERT INTO body (name, size, refs, file) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET refs = body.refs + excluded.refs RETURNING refs`, p.name, p.size, refs, p.file).Scan(&have)
	if err != nil {
		return false, fmt.Errorf("storing the message: %w", err)
	}
	if have != int64(refs) {
		return false, nil
	}
	put := func(n int, frame []byte) error {
		if _, err := t.ExecContext(t.ctx, `INSERT INTO chunk (name, n, data) VALUES ($1, $2, $3)`, p.name, n, frame); err != nil {
			return fmt.Errorf("storing the message: %w", err)
		}
		return nil
	}
	if p.stream != nil {
		return true, p.stream(put)
	}
	for n, f := range p.frames {
		if err := put(n, f); err != nil {
			return false, err
		}
	}
	return true, nil
}

// insert stores items of a body, with a record of each.
func (d *db) insert(t *tx, items []*Item, body []byte) error {
	var records []Record
	for _, it := range items {
		if it.Node == "" {
			it.Node = d.node
		}
		if it.Held.IsZero() {
			it.Held = t.now
		}
		args, err := d.columns(it)
		if err != nil {
			return err
		}
		res, err := t.ExecContext(t.ctx, insertItem, append(args, body)...)
		if err != nil {
			return fmt.Errorf("storing %s: %w", it.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%s: %w", it.ID, ErrExists)
		}
		if !it.Canary {
			records = append(records, Record{Event: string(it.State), Item: it.ID, Detail: map[string]string{"disposition": it.Disposition}})
		}
	}
	return d.record(t, records...)
}

// Body gives the bytes of an item.
func (d *db) Body(ctx context.Context, id string) (Body, error) {
	var name []byte
	var size sql.NullInt64
	var file sql.NullString
	err := d.reader().QueryRowContext(ctx, `SELECT item.body, body.size, body.file FROM item LEFT JOIN body ON body.name = item.body WHERE id = $1`, id).Scan(&name, &size, &file)
	if err != nil {
		return nil, noRows(err)
	}
	switch {
	case name == nil:
		return nil, fmt.Errorf("%w: the bytes of %s are purged", ErrNotFound, id)
	case !size.Valid:
		return nil, fmt.Errorf("%w: the bytes of %s are gone", ErrDamaged, id)
	}
	ctx = context.WithoutCancel(ctx) // the body is read later
	r := &frameReader{size: size.Int64}
	if file.String != "" {
		return r, d.bodies().open(file.String, r, d.seal, name)
	}
	r.fetch = func(n int) ([]byte, error) {
		var frame []byte
		err := d.reader().QueryRowContext(ctx, `SELECT data FROM chunk WHERE name = $1 AND n = $2`, name, n).Scan(&frame)
		if err != nil {
			return nil, fmt.Errorf("reading frame %d of %s: %w", n, id, noRows(err))
		}
		return d.seal.unframe(frame, name, n)
	}
	return r, nil
}
