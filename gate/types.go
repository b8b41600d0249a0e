package gate

import (
	"context"
	"time"

	"maillint/internal/spool"
	"maillint/notify"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
	"maillint/submit"
)

// Transaction is one message with its envelope, as a door took it in.
type Transaction struct {
	ID       string // NewID
	Listener string // its name in the policy
	NextHop  string // the name of the next hop it came in for; "" is the first
	Received time.Time
	Identity policy.Identity
	Client   submit.Client
	// ReversePath is of MAIL, Recipients those that the next hop accepted.
	ReversePath submit.Path
	Recipients  []submit.Path
	Body        *spool.Body
	// BareLF counts the line ends that came without CR and were mended before
	// the bytes were hashed.
	BareLF int
	// Protocol is the word of a Received field: "ESMTPSA" (RFC 3848).
	Protocol string
	// Transparent: another server writes the Received field.
	Transparent bool
	// Canary marks our own proof of life, which no statistics count.
	Canary bool
}

// NextHop is the next hop's open transaction: MAIL and the recipients have been
// accepted.
type NextHop interface {
	// Relay sends the message to those of keep; nil is all. Where keep is fewer
	// than all, the transaction is begun anew with these.
	Relay(ctx context.Context, keep []submit.Path, m *rewrite.Message) (submit.Reply, error)
	// Abort ends the transaction with RSET.
	Abort(ctx context.Context)
}

// Event is what became of a transaction: one log line, and the metrics.
type Event struct {
	Tx          *Transaction
	Verdict     policy.Verdict
	Disposition policy.Disposition // of the whole: the strictest group's
	Relayed     int                // recipients
	Held        int
	Items       []string // IDs of what was stored
	Edits       []string // why the header was changed
	Service     string
	Reply       submit.Reply
	Err         error // of our surroundings; never told to the client
	Judged      time.Duration
	Took        time.Duration
}

// Delivery is what became of one recipient of a released message.
type Delivery struct {
	Item      string
	Recipient string
	State     store.Delivery
	Reply     string
}

// Alarm asks for the administrators.
type Alarm struct {
	Kind string // "not judged", "service", "store", "release route" ...
	Text string // without content of a message
	ID   string // transaction or item
}

// Observer is told what happens. Each function may be nil; none may block.
type Observer struct {
	Transaction func(Event)
	Delivery    func(Delivery)
	Decided     func(item *store.Item)
	Alarm       func(Alarm)
	Error       func(what string, err error) // of the store, the release route
	Brakes      func(on []store.Brake)       // whenever others are on than before
	Hook        func(result string)          // of an event for the webhook: delivered, retried, dropped
	Notice      func(kind notify.Kind, result string)
}

func (o Observer) transaction(e Event) {
	if o.Transaction != nil {
		o.Transaction(e)
	}
}

func (o Observer) delivery(d Delivery) {
	if o.Delivery != nil {
		o.Delivery(d)
	}
}

func (o Observer) decided(it *store.Item) {
	if o.Decided != nil {
		o.Decided(it)
	}
}

// What the release route says of a notice. Retried: it is sent again.
const (
	NoticeAccepted = "accepted"
	NoticeRefused  = "refused"
	NoticeRetried  = "retried"
)

func (o Observer) notices(list []letter, result string) {
	if o.Notice == nil {
		return
	}
	for _, l := range list {
		o.Notice(l.kind, result)
	}
}

func (o Observer) hook(result string) {
	if o.Hook != nil {
		o.Hook(result)
	}
}

func (o Observer) failed(what string, err error) {
	if o.Error != nil && err != nil {
		o.Error(what, err)
	}
}
