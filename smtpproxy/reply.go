package smtpproxy

import (
	"errors"

	"github.com/emersion/go-smtp"

	"maillint/internal/spool"
	"maillint/submit"
)

// refusal is an error that is a reply.
type refusal struct{ reply submit.Reply }

func (r *refusal) Error() string { return r.reply.String() }

func refuse(code int, enhanced, format string, args ...any) error {
	return &refusal{submit.NewReply(code, enhanced, format, args...)}
}

// replyTo is the one place where an error becomes a reply. What is not known
// is a failure of ours, and temporary; nothing of its text is told.
func replyTo(err error) submit.Reply {
	var (
		ours   *refusal
		theirs *submit.Refused
		lib    *smtp.SMTPError
		doubt  *submit.InDoubt
	)
	switch {
	case errors.As(err, &ours):
		return ours.reply
	case errors.Is(err, submit.ErrPath):
		return submit.NewReply(553, "5.1.3", "address cannot be passed on safely")
	case errors.Is(err, spool.ErrFull):
		return replyNoRoom
	case errors.Is(err, submit.ErrTampered):
		return replyOwnFault
	case errors.As(err, &doubt):
		return submit.NewReply(451, "4.4.2", "connection to the next hop was lost, try again later")
	case errors.As(err, &theirs):
		return submit.NewReply(451, "4.4.1", "next hop does not take mail now, try again later")
	case errors.Is(err, submit.ErrUnavailable):
		return submit.NewReply(451, "4.4.1", "next hop is not available, try again later")
	case errors.As(err, &lib):
		return submit.NewReply(lib.Code, "", "%s", lib.Message)
	}
	return replyOwnFault
}

// Replies to commands.
var (
	replyOK        = submit.NewReply(250, "2.0.0", "ok")
	replyBye       = submit.NewReply(221, "2.0.0", "bye")
	replyVRFY      = submit.NewReply(252, "2.5.0", "send some mail, I will try my best")
	replyHelp      = submit.NewReply(214, "2.0.0", "see RFC 5321")
	replyGo        = submit.NewReply(354, "", "end data with <CR><LF>.<CR><LF>")
	replyUnknown   = submit.NewReply(500, "5.5.2", "command not recognised")
	replyLong      = submit.NewReply(500, "5.5.6", "line too long")
	replyOddLine   = submit.NewReply(500, "5.5.2", "bare LF, CR or NUL in a command")
	reply8bit      = submit.NewReply(500, "5.5.2", "octets beyond ASCII in a command")
	replyUTF8      = submit.NewReply(553, "5.6.7", "address needs SMTPUTF8")
	replyNotHere   = submit.NewReply(502, "5.5.1", "command not available here")
	replyPipelined = submit.NewReply(503, "5.5.0", "more was sent before the answer to the last command could be known")
	replyHello     = submit.NewReply(503, "5.5.1", "send EHLO first")
	replyNested    = submit.NewReply(503, "5.5.1", "a transaction is open, send RSET first")
	replyNoMail    = submit.NewReply(503, "5.5.1", "send MAIL first")
	replyNoRcpt    = submit.NewReply(503, "5.5.1", "send RCPT first")
	replySyntax    = submit.NewReply(501, "5.5.4", "syntax error in parameters")
	replyRouted    = submit.NewReply(550, "5.7.1", "routed addresses are not taken")
	replyMailbox   = submit.NewReply(501, "5.1.3", "bad address syntax")
	replyBinary    = submit.NewReply(504, "5.5.4", "BODY=BINARYMIME is not available here")
	replyMany      = submit.NewReply(452, "4.5.3", "too many recipients")
	replyAuthFirst = submit.NewReply(530, "5.7.0", "authentication required")
	replyTLSFirst  = submit.NewReply(530, "5.7.0", "send STARTTLS first")
	replyStranger  = submit.NewReply(550, "5.7.1", "not open to this client")
	replyErrors    = submit.NewReply(421, "4.7.0", "too many errors")
	replyIdle      = submit.NewReply(421, "4.4.2", "timeout")
	replyDrain     = submit.NewReply(421, "4.3.2", "shutting down, try again later")
	replyLost      = submit.NewReply(451, "4.4.2", "connection to the next hop was lost, try again later")
	replyOther     = submit.NewReply(451, "4.4.1", "next hop that is reached now does not offer this extension, try again later")
	replyLostLogin = submit.NewReply(421, "4.4.2", "connection to the next hop was lost, log in again")
	replyClients   = submit.NewReply(421, "4.7.0", "too many connections, try again later")
	replyNoHop     = submit.NewReply(421, "4.4.1", "next hop is not available, try again later")
)
