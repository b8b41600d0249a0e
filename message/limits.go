package message

// Limits bound the work that one message may cause. A limit that is hit is a
// Defect (limit-*), never a silent cut. The values are those of comparable
// systems (Postfix, Exim, rspamd) or wider; docs/limits.md lists them.
type Limits struct {
	Size      int64 // octets of a message that are read
	Header    int   // octets of one header block
	Fields    int   // fields of one header block
	Depth     int   // parts within parts
	Parts     int   // parts of a message, nested messages included
	Addresses int   // addresses of a message, all fields together
	Text      int   // decoded octets of one part that are kept for its text
}

// DefaultLimits are the limits used when none are given.
var DefaultLimits = Limits{
	Size:      1 << 30,
	Header:    1 << 20,
	Fields:    10_000,
	Depth:     50,
	Parts:     2_000,
	Addresses: 20_000,
	Text:      8 << 20,
}
