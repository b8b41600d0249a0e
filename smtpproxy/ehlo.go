package smtpproxy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// passedOn are the extensions that work through us when the next hop has them:
// parameters of MAIL and RCPT that are handed on as they came. CHUNKING and
// BINARYMIME are not among them.
var passedOn = []string{"8BITMIME", "SMTPUTF8", "DSN", "DELIVERBY", "MT-PRIORITY"}

// mechanisms are the log-ins that name their user in the clear, so that we
// know who is let in.
var mechanisms = []string{"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"}

// keywords is the answer to EHLO: what we can do, and what the next hop of this
// connection can. hop is nil where no mail may be sent before TLS.
func (c *conn) keywords() []string {
	out := []string{c.server.opts.Hostname, "PIPELINING", "ENHANCEDSTATUSCODES", c.sizeKeyword()}
	if c.canStartTLS() {
		out = append(out, "STARTTLS")
	}
	if m := c.offeredMechanisms(); len(m) > 0 {
		out = append(out, "AUTH "+strings.Join(m, " "))
	}
	if c.hop.session == nil {
		return out
	}
	have := c.hop.session.Extensions()
	c.hop.offered = have
	for _, k := range passedOn {
		if args, ok := have[k]; ok {
			out = append(out, strings.TrimSpace(k+" "+cleanArgs(args)))
		}
	}
	if _, ok := have["REQUIRETLS"]; ok && c.onTLS() {
		out = append(out, "REQUIRETLS")
	}
	return c.peerKeywords(out)
}

// sizeKeyword is the smaller of our limit and the next hop's (RFC 1870).
func (c *conn) sizeKeyword() string {
	return fmt.Sprintf("SIZE %d", c.sizeLimit())
}

func (c *conn) sizeLimit() int64 {
	limit := c.server.opts.MessageSize
	if c.hop.session != nil {
		if n, err := strconv.ParseInt(c.hop.session.Extensions()["SIZE"], 10, 64); err == nil && n > 0 {
			limit = min(limit, n)
		}
	}
	return limit
}

// offeredMechanisms are those of the next hop that we can pass on, where
// log-ins are taken at all.
func (c *conn) offeredMechanisms() []string {
	if !c.authAllowed() || c.hop.session == nil {
		return nil
	}
	var out []string
	for _, m := range strings.Fields(strings.ToUpper(c.hop.session.Extensions()["AUTH"])) {
		if slices.Contains(mechanisms, m) && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

func (c *conn) peerKeywords(out []string) []string {
	if contains(c.listener.XClient, c.peer) {
		out = append(out, "XCLIENT NAME ADDR PORT PROTO HELO LOGIN")
	}
	if contains(c.listener.XForward, c.peer) {
		out = append(out, "XFORWARD NAME ADDR PORT PROTO HELO SOURCE IDENT")
	}
	return out
}

// cleanArgs keeps the next hop's arguments of a keyword, if they are harmless.
func cleanArgs(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return ""
		}
	}
	if len(s) > 200 {
		return ""
	}
	return s
}
