package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"slices"
)

// stretch is how much of an encoded body is undone at a time, in octets. It is
// less than windowSize, so that a stretch is always one slice.
const stretch = 1 << 20

// Open gives the part's octets with the transfer encoding undone, a stretch at
// a time.
func (p *Part) Open() io.Reader {
	raw := p.raw()
	switch p.Encoding {
	case "base64":
		return &decoder{src: raw, base64: &base64State{}}
	case "quoted-printable":
		return &decoder{src: raw}
	case "x-uuencode":
		data, _ := io.ReadAll(io.LimitReader(raw, int64(p.msg.limits.Text)))
		return bytes.NewReader(decodeUU(data))
	}
	return raw
}

// raw reads the encoded body.
func (p *Part) raw() io.Reader {
	return io.NewSectionReader(p.msg.win, p.Body.Start, p.Body.Len())
}

// decoder undoes a transfer encoding line by line.
type decoder struct {
	src    io.Reader
	base64 *base64State // nil: quoted-printable
	in     []byte       // an incomplete line kept from the last read
	out    []byte
	at     int
	err    error
}

func (d *decoder) Read(b []byte) (int, error) {
	for d.at == len(d.out) {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(b, d.out[d.at:])
	d.at += n
	return n, nil
}

func (d *decoder) fill() {
	const piece = 32 << 10
	have := len(d.in)
	d.in = slices.Grow(d.in, piece)
	n, err := d.src.Read(d.in[have : have+piece])
	d.in, d.err = d.in[:have+n], err
	cut := bytes.LastIndexByte(d.in, '\n') + 1
	if err != nil || cut == 0 && len(d.in) > 1<<20 {
		cut = len(d.in)
	}
	d.out, d.at = d.out[:0], 0
	if d.base64 == nil {
		d.out, _ = appendQP(d.out, d.in[:cut])
	} else if d.out = appendBase64(d.out, d.in[:cut], d.base64); err != nil {
		d.out = d.base64.flush(d.out)
	}
	d.in = append(d.in[:0], d.in[cut:]...)
}

// Octets gives the first octets of the part with the transfer encoding undone,
// at most most of them, as a slice of the caller's. whole is false where there
// are more, or where the message could not be read on.
func (p *Part) Octets(most int64) (data []byte, whole bool) {
	if p.Encoding == "x-uuencode" {
		p.verifyUU()
		return head(p.Open(), most)
	}
	data = make([]byte, 0, min(p.expected(), most))
	var st base64State
	escapes := 0
	for pos := p.Body.Start; pos < p.Body.End; {
		b := p.msg.win.slice(pos, min(p.Body.End, pos+stretch))
		if len(b) == 0 {
			return data, false
		}
		if i := bytes.LastIndexByte(b, '\n') + 1; i > 0 && pos+int64(len(b)) < p.Body.End {
			b = b[:i]
		}
		pos += int64(len(b))
		switch p.Encoding {
		case "base64":
			data = appendBase64(data, b, &st)
		case "quoted-printable":
			var bad int
			data, bad = appendQP(data, b)
			escapes += bad
		default:
			data = append(data, b...)
		}
		if int64(len(data)) > most {
			return data[:most], false
		}
	}
	if data = st.flush(data); int64(len(data)) > most {
		return data[:most], false
	}
	p.verified(&st, escapes)
	return data, true
}

// verified notes what was wrong with the encoding of a body that was read whole.
func (p *Part) verified(st *base64State, escapes int) {
	if !p.ready && !p.checked {
		p.noteBase64(st)
		p.noteEscapes(escapes)
	}
	p.checked = true
}

// expected is how many octets the body becomes, or a little more.
func (p *Part) expected() int64 {
	if p.Encoding == "base64" {
		return int64(base64.StdEncoding.DecodedLen(int(p.Body.Len()))) + 3
	}
	return p.Body.Len()
}

// head reads at most most octets, and tells whether that is all.
func head(r io.Reader, most int64) ([]byte, bool) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(data)) > most {
		return data[:most], false
	}
	return data, err == nil
}
