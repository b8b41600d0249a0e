package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Disposition is what is done with a message. The strictest finding wins, so
// they are in order and max works.
type Disposition int

// The dispositions, from mild to strict.
const (
	Pass       Disposition = iota
	Tag                    // relayed, marked in its X-Maillint field
	Hide                   // relayed, the visible external recipients moved to the envelope
	Delay                  // waits five minutes, then is sent
	Confirm                // the sender must confirm
	Approve                // somebody else must approve
	Quarantine             // administrators only
	Reject                 // refused
)

var dispositionNames = []string{"pass", "tag", "hide", "delay", "confirm", "approve", "quarantine", "reject"}

// Dispositions lists the names from mild to strict.
func Dispositions() []string { return dispositionNames }

// String is the disposition's name.
func (d Disposition) String() string { return dispositionNames[d] }

// Holds reports whether a message with this disposition waits for somebody, or
// for its time.
func (d Disposition) Holds() bool { return d >= Delay && d <= Quarantine }

// MarshalText writes the disposition's name.
func (d Disposition) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a disposition's name.
func (d *Disposition) UnmarshalText(b []byte) error {
	i := slices.Index(dispositionNames, string(b))
	if i < 0 {
		return fmt.Errorf("unknown disposition %q: want %s", b, strings.Join(dispositionNames, ", "))
	}
	*d = Disposition(i)
	return nil
}

// Mode tells whether a policy, or one rule of it, acts or only reports what it
// would have done.
type Mode int

// The modes.
const (
	Monitor Mode = iota
	Enforce
)

var modeNames = []string{"monitor", "enforce"}

// String is the mode's name.
func (m Mode) String() string { return modeNames[m] }

// MarshalText writes the mode's name.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }
