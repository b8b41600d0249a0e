package smtpproxy

import (
	"maillint/policy"
	"maillint/submit"
)

// identity is who submits the transaction that begins, and how surely.
func (c *conn) identity(p submit.Path) policy.Identity {
	id, trust := c.identify(p)
	id.Trust = trust
	id.Remote = c.announced().Addr.Addr()
	return id
}

func (c *conn) identify(p submit.Path) (policy.Identity, policy.Trust) {
	ids := c.server.opts.Policy()
	switch {
	case c.login.done && c.login.sure:
		return ids.Login(c.login.user), policy.Authenticated
	case c.login.done:
		return ids.Login(c.login.user), policy.Claimed
	case c.listener.Identity == ClientAddr:
		return policy.Identity{}, policy.Vouched
	case c.listener.Identity == XClient && c.xlogin != "":
		return ids.Login(c.xlogin), policy.Vouched
	case c.listener.Identity == ReversePath && !p.Address.IsZero():
		return ids.Path(p.Address), policy.Vouched
	}
	return ids.Path(p.Address), policy.Claimed
}
