// Package milter is the gate behind a milter socket: Postfix and Sendmail hand
// every message to it before they answer their client.
//
// The protocol is spoken here and not by a library, because what decides about
// mail must be exact: the bytes of header fields with their blanks, the
// parameters of MAIL and RCPT, and the state of a connection over several
// messages. It is that of libmilter 8.17, version 6.
package milter

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Commands of the MTA.
const (
	cmdAbort   = 'A'
	cmdBody    = 'B'
	cmdConnect = 'C'
	cmdMacro   = 'D'
	cmdEnd     = 'E'
	cmdHelo    = 'H'
	cmdNext    = 'K' // QUIT_NC: another connection follows on this socket
	cmdHeader  = 'L'
	cmdMail    = 'M'
	cmdEOH     = 'N'
	cmdOptions = 'O'
	cmdQuit    = 'Q'
	cmdRcpt    = 'R'
	cmdData    = 'T'
	cmdUnknown = 'U'
)

// Answers of ours.
const (
	ansContinue     = 'c'
	ansDiscard      = 'd'
	ansReply        = 'y'
	ansTempfail     = 't'
	ansAccept       = 'a'
	ansProgress     = 'p'
	ansInsertHeader = 'i'
	ansChangeHeader = 'm'
	ansDeleteRcpt   = '-'
)

// What we may do to a message, and how the MTA is to talk to us.
const (
	actAddHeaders    = 0x01
	actDeleteRcpt    = 0x08
	actChangeHeaders = 0x10

	protoNoUnknown    = 0x100
	protoNoData       = 0x200
	protoRejectedRcpt = 0x800
	protoLeadingBlank = 0x100000
)

const (
	wantActions = actAddHeaders | actDeleteRcpt | actChangeHeaders
	// Sendmail's oldest version with these actions. Postfix offers 6.
	oldest, newest = 2, 6
)

// maxPacket bounds one packet. An MTA sends bodies in stretches of 64 KiB, and
// one header field in one packet: Postfix keeps fields under 100 KiB, Sendmail
// under 32 KiB.
const maxPacket = 2 << 20

var errProtocol = errors.New("milter: not the milter protocol")

// readPacket reads one packet. The octets are good until the next call.
func readPacket(r *bufio.Reader, buf []byte) (cmd byte, data, keep []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, buf, err
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n == 0 || n > maxPacket {
		return 0, nil, buf, fmt.Errorf("%w: a packet of %d octets", errProtocol, n)
	}
	n--
	if uint32(cap(buf)) < n {
		buf = make([]byte, n)
	}
	data = buf[:n]
	if _, err := io.ReadFull(r, data); err != nil {
		return 0, nil, buf, fmt.Errorf("%w: cut off: %w", errProtocol, err)
	}
	return head[4], data, buf, nil
}

// packet makes one packet.
func packet(cmd byte, parts ...[]byte) []byte {
	n := 1
	for _, p := range parts {
		n += len(p)
	}
	out := binary.BigEndian.AppendUint32(make([]byte, 0, n+4), uint32(n))
	out = append(out, cmd)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// text is a string as packets hold it.
func text(s string) []byte { return append([]byte(s), 0) }

func number(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// texts reads strings that end in NUL each.
func texts(data []byte) []string {
	s := string(data)
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\x00"), "\x00")
}

// options are what both sides agree on.
type options struct{ version, actions, protocol uint32 }

func readOptions(data []byte) (options, error) {
	if len(data) < 12 {
		return options{}, fmt.Errorf("%w: options cut off", errProtocol)
	}
	u := binary.BigEndian.Uint32
	return options{u(data), u(data[4:]), u(data[8:])}, nil
}

// agree takes of what the MTA offers what we want. Without the actions that
// hold and hide mail nothing would work as the policy says.
func agree(offer options) (options, error) {
	if offer.version < oldest {
		return options{}, fmt.Errorf("milter: the MTA speaks version %d, older than %d", offer.version, oldest)
	}
	if offer.actions&wantActions != wantActions {
		return options{}, fmt.Errorf("milter: the MTA does not let us change header fields and recipients (actions %#x)", offer.actions)
	}
	return options{min(offer.version, newest), wantActions, offer.protocol & (protoNoUnknown | protoNoData | protoRejectedRcpt | protoLeadingBlank)}, nil
}
