package gate

import (
	"fmt"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
)

// StampKeys are the keys of a policy's stamps, none where it has none.
func StampKeys(p *policy.Policy) (rewrite.Keys, error) {
	var out rewrite.Keys
	for _, k := range p.Stamp {
		out = append(out, rewrite.Key{ID: k.ID, Secret: []byte(k.Secret.Reveal())})
	}
	if err := out.Check(); err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	return out, nil
}

// stamp puts the proof on top that a message went through here, for exactly
// these recipients. Without keys nothing is added.
func (c *current) stamp(out *rewrite.Message, id string, to []message.Address, at time.Time) error {
	if len(c.stamps) == 0 {
		return nil
	}
	view := message.ParseReader(out.Open(), out.Length())
	field, err := c.stamps.Sign(view, to, rewrite.Stamp{ID: id, Time: at, Policy: c.ID})
	if err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	out.Block = append(field, out.Block...)
	return nil
}
