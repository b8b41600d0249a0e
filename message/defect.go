package message

import "fmt"

// Kind names a class of defect. The names are stable: policies, reports and
// tests use them.
type Kind string

// The kinds of defect. Grave says which of them could hide a recipient or a
// part from one of two readers; docs/rules/malformed-message.md explains each.
const (
	// Header lines.
	LeadingFrom      Kind = "leading-from-line"   // mbox "From " line before the header
	LeadingBlank     Kind = "leading-blank"       // blank lines or a byte order mark before the header
	NoColon          Kind = "line-without-colon"  // header line that is no field and no continuation
	BadFieldName     Kind = "bad-field-name"      // blanks, controls or 8-bit bytes in a field name
	BlankBeforeColon Kind = "blank-before-colon"  // "To :" (RFC 5322, 4.5 obsolete syntax)
	OrphanFold       Kind = "orphan-continuation" // the header starts with a continuation line
	BareCR           Kind = "bare-cr"             // CR that ends no line, in a header
	NUL              Kind = "nul"                 // NUL octet
	Control          Kind = "control-character"   // other control characters in a header
	Raw8Bit          Kind = "raw-8bit"            // 8-bit octets in a header that are not UTF-8
	BlankFold        Kind = "blank-continuation"  // a continuation line of blanks only
	NoHeaderEnd      Kind = "no-blank-line"       // the header is not ended by a blank line
	EmptyMessage     Kind = "empty"               // nothing there
	NoHeader         Kind = "no-header"           // not one header field: this is no message
	RepeatedField    Kind = "repeated-field"      // the same, and it says the same again
	DuplicateField   Kind = "duplicate-field"     // a field that may stand once stands again
	BareLF           Kind = "bare-lf"             // LF without CR in a message that uses CRLF
	CROnly           Kind = "cr-only"             // the message's lines end in CR alone
	HiddenField      Kind = "hidden-field"        // a recipient or structure field behind a bare CR, a broken line or in the body
	// Addresses.
	BadAddress     Kind = "bad-address"       // text in an address field that is no address
	Unclosed       Kind = "unclosed"          // a quote, comment or angle bracket in an address field that is never closed
	QuotedLocal    Kind = "quoted-local-part" // a quoted local part that some readers take apart: "a@b> x"@c
	LooseSeparator Kind = "loose-separator"   // ";" or blanks between addresses
	OddAddress     Kind = "odd-address"       // readable, but read differently by others ("a@b <c@d>" unquoted, two @)
	SourceRoute    Kind = "source-route"      // <@a,@b:c@d>
	CarrierForm    Kind = "carrier-form"      // a..b@docomo.ne.jp: dots that RFC 5322 forbids
	BadDomain      Kind = "bad-domain"        // a domain that IDNA refuses
	EncodedAddress Kind = "encoded-address"   // an encoded word inside an address (RFC 2047, 5 forbids it)
	// Encoded words and charsets.
	BadEncodedWord Kind = "bad-encoded-word"
	UnknownCharset Kind = "unknown-charset"
	WrongCharset   Kind = "wrong-charset" // label and octets disagree; read as what they are
	// MIME structure.
	BadContentType     Kind = "bad-content-type"
	DuplicateParam     Kind = "duplicate-parameter"
	AmbiguousBoundary  Kind = "ambiguous-boundary"
	MissingBoundary    Kind = "missing-boundary"
	GuessedBoundary    Kind = "guessed-boundary" // the parameter is missing, and the body has delimiters
	LongBoundary       Kind = "long-boundary"
	NoDelimiter        Kind = "no-delimiter"              // a multipart none of whose delimiters stands in the body
	NoEndDelimiter     Kind = "no-end-delimiter"          // cut off before the closing delimiter
	TextOutside        Kind = "text-outside-parts"        // text in a preamble or epilogue
	PartsOutside       Kind = "parts-outside"             // what looks like a part after the closing delimiter or before the first
	DuplicateStructure Kind = "duplicate-structure-field" // two different Content-Type or Content-Transfer-Encoding fields
	ConflictingNames   Kind = "conflicting-names"         // one part with several file names
	UnknownEncoding    Kind = "unknown-encoding"          // Content-Transfer-Encoding nobody knows
	EncodedParts       Kind = "encoded-parts"             // parts inside a container in base64
	EncodedContainer   Kind = "encoded-container"         // multipart or message in base64 or quoted-printable (RFC 2045, 6.4)
	BadBase64          Kind = "bad-base64"                // octets that are not base64, skipped
	DataAfterPadding   Kind = "data-after-padding"        // base64 that goes on after its end
	BadQuotedPrintable Kind = "bad-quoted-printable"
	BadUuencode        Kind = "bad-uuencode"      // uuencoded data without its end
	PartialMessage     Kind = "partial-message"   // message/partial or external-body: the content is elsewhere
	HiddenAttachment   Kind = "hidden-attachment" // a file in a text: uuencoded, in yEnc or BinHex
	// Limits.
	LimitSize      Kind = "limit-size"
	LimitHeader    Kind = "limit-header"
	LimitFields    Kind = "limit-fields"
	LimitDepth     Kind = "limit-depth"
	LimitParts     Kind = "limit-parts"
	LimitAddresses Kind = "limit-addresses"
	LimitText      Kind = "limit-text"
	ReadError      Kind = "read-error" // the source failed in the middle
)

// Defect is one repair or ambiguity, with its place.
type Defect struct {
	Kind   Kind
	Where  string // field name, part path, "header" or "message"
	Span   Span
	Detail string // what stood there, in words; no message content beyond a name
}

// String gives "bad-address in To at 120: text that is no address".
func (d Defect) String() string {
	s := fmt.Sprintf("%s in %s at %d", d.Kind, d.Where, d.Span.Start)
	if d.Detail != "" {
		s += ": " + d.Detail
	}
	return s
}

// maxNoted is how many defects of one kind in one place are kept one by one;
// further ones are only counted, so that a hostile message cannot make a list
// as long as itself.
const maxNoted = 3

type defectKey struct {
	kind  Kind
	where string
}

// note records a defect.
func (m *Message) note(kind Kind, where string, span Span, format string, args ...any) {
	key := defectKey{kind, where}
	if m.noted == nil {
		m.noted = map[defectKey]int{}
	}
	m.noted[key]++
	if m.noted[key] > maxNoted {
		return
	}
	detail := format
	if len(args) > 0 {
		detail = fmt.Sprintf(format, args...)
	}
	m.Defects = append(m.Defects, Defect{kind, where, span, detail})
}

// Count tells how often a defect of this kind was met in this place, counting
// those that Defects leaves out.
func (m *Message) Count(kind Kind, where string) int { return m.noted[defectKey{kind, where}] }
