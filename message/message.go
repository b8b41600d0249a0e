// Package message gives a tolerant, read-only view of one mail message: its
// envelope, header fields, addresses and MIME parts, each with the byte range
// it came from.
//
// Nothing here refuses a message. What a stricter reader would refuse, or what
// two readers would read differently, is repaired or read both ways, and noted
// as a Defect with its place; so a caller never mistakes "could not be read"
// for "nothing there". Work and memory are bounded by Limits, and a bound that
// is hit is a Defect too.
package message

import "io"

// Span is the half-open range [Start, End) of byte offsets into the raw
// message, as it was given to Parse.
type Span struct{ Start, End int64 }

// Len is the number of bytes the span covers.
func (s Span) Len() int64 { return s.End - s.Start }

// Message is the view of one message. It is immutable after Parse but for the
// decoding of bodies, which is done on demand and is safe for one goroutine.
type Message struct {
	// Envelope is who the message is from and for. Parse leaves it to
	// EnvelopeFromFields or to the caller, who may know better (SMTP, a
	// journal report, flags).
	Envelope Envelope
	// Fields are the header fields in order, malformed ones included.
	Fields []Field
	// Parts are all MIME parts, flat and in order: containers before what
	// they contain. Parts[0] is the message itself.
	Parts []*Part
	// Defects are the repairs and ambiguities found, in order of discovery.
	Defects []Defect
	// Size is the length of the raw message in bytes.
	Size int64

	win      *window
	limits   Limits
	budget   int // addresses that may still be read
	lists    []addressList
	noted    map[defectKey]int
	verified bool
	nesting  int // how many embedded messages deep this one is
	subject  struct {
		of   *Field
		text string // what Subject gives for it
	}
}

// Envelope is the truth about who a message is from and for (RFC 5321, 2.3.1).
type Envelope struct {
	// ReversePath is the address of MAIL FROM; the zero Address with
	// Null set is the null reverse-path <>.
	ReversePath Address
	Null        bool
	Recipients  []Address
	// Source says where the envelope was taken from: "smtp", "journal",
	// "flags" or "fields".
	Source string
}

// Address is one mailbox. Local is the local part without quotes and as
// written otherwise; Domain is in lower-case A-labels, or a domain literal in
// brackets, or empty where the text named none.
type Address struct {
	Phrase string // display name as written, without its quotes; Name decodes it
	Local  string
	Domain string
	Span   Span // the text it was read from, if it stands in a field
}

// Field is one header field.
type Field struct {
	Name string // as written, without trailing blanks; empty for a line that is no field
	Span Span   // the whole field with its line ends

	folded string // the octets after the colon, with folds
	body   Span   // where they stand
}

// Part is one MIME part, or the message itself.
type Part struct {
	Path        string // "1", "2.1" as IMAP numbers them; "" for the message itself when it is a container
	Type        string // lower-case media type, "text/plain" when the field is missing
	Charset     string // the label as written, lower case; empty when missing
	Encoding    string // lower-case Content-Transfer-Encoding, "7bit" when missing
	Disposition string // "inline", "attachment" or what was written, lower case
	Names       []string
	ContentID   string
	Params      map[string]string // further parameters of Content-Type, lower-case keys (method, protocol, report-type ...)
	Fields      []Field
	Body        Span // the encoded body
	Depth       int
	Outside     bool // a preamble or epilogue: text that most readers do not show
	Parent      int  // index in Message.Parts; -1 for the message itself
	// Embedded is the message inside a message/rfc822 part.
	Embedded *Message

	msg     *Message
	decoded []byte
	ready   bool // decoded is there
	checked bool // what is wrong with its transfer encoding has been noted
	text    *string
}

// Container reports whether the part only holds other parts.
func (p *Part) Container() bool { return p.multipart() }

// Raw gives the bytes of the message, unchanged.
func (m *Message) Raw() io.Reader { return io.NewSectionReader(m.win, 0, m.Size) }
