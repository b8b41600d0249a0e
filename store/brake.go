package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// BrakeAll is the Brake.Rule that stands for every rule.
const BrakeAll = "all"

// Brake is a rule, or BrakeAll, that is turned to monitor until a moment: the
// way out of a rule that holds what it should not. It ends by itself.
type Brake struct {
	Rule   string    `json:"rule"`
	Since  time.Time `json:"since"` // in the store's time, like Until
	Until  time.Time `json:"until"`
	By     string    `json:"by,omitempty"`
	OSUser string    `json:"os_user,omitempty"`
	Reason string    `json:"reason"`
	Node   string    `json:"node"` // where it was set
}

// Covers reports whether findings of a rule are braked.
func (b Brake) Covers(rule string) bool { return b.Rule == BrakeAll || b.Rule == rule }

// Brakes are values, one for each rule, so that two who set them at once do not
// undo each other. No other value may begin like that.
const brakeKey = "brake "

var brakeName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,99}$`)

// Brake brakes b.Rule for a length of time, and records it. A brake that is set
// already is replaced.
func (d *db) Brake(ctx context.Context, b Brake, length time.Duration) (Brake, error) {
	if !brakeName.MatchString(b.Rule) || length <= 0 {
		return Brake{}, fmt.Errorf("a brake of %q for %s", b.Rule, length)
	}
	err := d.write(ctx, func(t *tx) error {
		b.Since, b.Until, b.Node = t.now, t.now.Add(length), d.node
		doc, err := marshal(b)
		if err != nil {
			return err
		}
		key := brakeKey + b.Rule
		if _, err := t.ExecContext(t.ctx, `INSERT INTO value (key, data) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET data = excluded.data`, []byte(key), d.seal.wrap(doc, "value "+key)); err != nil {
			return fmt.Errorf("braking: %w", err)
		}
		return d.record(t, Record{Event: "brake", By: b.By, OSUser: b.OSUser, Reason: b.Reason, Detail: b.detail()})
	}, nil)
	if err != nil {
		return Brake{}, err
	}
	return b, nil
}

func (b Brake) detail() map[string]string {
	return map[string]string{"rule": b.Rule, "until": b.Until.UTC().Format(time.RFC3339)}
}

// Brakes gives the brakes that are on, by rule.
func (d *db) Brakes(ctx context.Context) ([]Brake, error) {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil {
		return nil, err
	}
	list, err := d.brakes(ctx, d.reader())
	return slices.DeleteFunc(list, func(b Brake) bool { return !b.Until.After(now) }), err
}

// brakes reads all that are kept, ended or not. A damaged one does not hide the
// others.
func (d *db) brakes(ctx context.Context, q querier) ([]Brake, error) {
	rows, err := q.QueryContext(ctx, `SELECT key, data FROM value WHERE key >= $1 AND key < $2 ORDER BY key`, []byte(brakeKey), []byte("brake!"))
	if err != nil {
		return nil, fmt.Errorf("reading brakes: %w", err)
	}
	defer rows.Close()
	var out []Brake
	var bad []error
	for rows.Next() {
		var key, sealed []byte
		if err := rows.Scan(&key, &sealed); err != nil {
			return nil, err
		}
		doc, err := d.seal.unwrap(sealed, "value "+string(key))
		var b *Brake
		if err == nil {
			b, err = unmarshal[Brake](doc)
		}
		if err != nil || b.Rule != strings.TrimPrefix(string(key), brakeKey) {
			bad = append(bad, fmt.Errorf("a brake cannot be read: %w", errors.Join(ErrDamaged, err)))
			continue
		}
		out = append(out, *b)
	}
	return out, errors.Join(append(bad, rows.Err())...)
}

// EndBrakes takes off the brakes of the named rules, or with none named those
// whose time has passed, with a record of each. Of several nodes that see one
// end, one gets it.
func (d *db) EndBrakes(ctx context.Context, rules []string, by Record) ([]Brake, error) {
	var ended []Brake
	err := d.write(ctx, func(t *tx) error {
		ended = nil
		list, err := d.brakes(t.ctx, t)
		if err != nil && !errors.Is(err, ErrDamaged) {
			return err
		}
		for _, b := range list {
			over := !b.Until.After(t.now)
			if len(rules) == 0 && !over || len(rules) > 0 && !slices.Contains(rules, b.Rule) {
				continue
			}
			gone, err := d.endBrake(t, b, over, by)
			if err != nil {
				return err
			}
			if gone {
				ended = append(ended, b)
			}
		}
		return nil
	}, nil)
	return ended, err
}

// endBrake takes one off; somebody else may have done so before.
func (d *db) endBrake(t *tx, b Brake, over bool, by Record) (bool, error) {
	result, err := t.ExecContext(t.ctx, `DELETE FROM value WHERE key = $1`, []byte(brakeKey+b.Rule))
	if err != nil {
		return false, fmt.Errorf("taking a brake off: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	by.Event, by.Detail = "brake off", b.detail()
	if over {
		by.Event = "brake over"
	}
	return true, d.record(t, by)
}
