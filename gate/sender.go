package gate

import (
	"net/netip"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// sender is who a message is from, as far as people can be asked.
type sender struct {
	person  *policy.Person  // nil where the directory does not know
	mailbox message.Address // zero: nobody can be asked
	owner   message.Address // of the service or device that sent it
}

// sender resolves an identity: by the services, the directory, and the log-in
// where it is an address of ours. A claimed reverse-path, From and Reply-To
// say nothing: anybody can write them.
func (c *current) sender(by policy.Identity, s *policy.Service) sender {
	if s != nil {
		return sender{owner: s.Owner, mailbox: s.Owner}
	}
	if by.Trust < policy.Vouched {
		return sender{}
	}
	out := sender{person: c.person(by)}
	switch {
	case out.person != nil && out.person.Kind == "device":
		out.owner = c.ownerOf(out.person)
		out.mailbox = out.owner
	case out.person != nil && len(out.person.Addresses) > 0:
		out.mailbox = out.person.Addresses[0]
	case c.oursAlone(by.Account) != nil:
		out.mailbox = *c.oursAlone(by.Account)
	case c.internal(by.Address):
		out.mailbox = message.Address{Local: by.Address.Local, Domain: by.Address.Domain}
	default:
		out.owner = c.ownerNamed(by.Account, remote(by.Remote))
		out.mailbox = out.owner
	}
	return out
}

func (c *current) person(by policy.Identity) *policy.Person {
	if by.Account != "" {
		if p := c.Directory.Account(by.Account); p != nil {
			return p
		}
		if a := c.oursAlone(by.Account); a != nil {
			return c.Directory.Address(*a)
		}
	}
	if by.Address.IsZero() {
		return nil
	}
	return c.Directory.Address(by.Address)
}

// oursAlone reads a log-in that is an address of ours.
func (c *current) oursAlone(account string) *message.Address {
	a, ok := message.ParseAddress(account)
	if !ok || !c.internal(a) {
		return nil
	}
	return &message.Address{Local: a.Local, Domain: a.Domain}
}

func (c *current) internal(a message.Address) bool {
	return a.Domain != "" && a.Local != "" && c.engine.Org().Internal(a.Domain)
}

func (c *current) ownerOf(device *policy.Person) message.Address {
	names := []string{device.Account}
	for _, a := range device.Addresses {
		names = append(names, a.Key())
	}
	return c.ownerNamed(names...)
}

// ownerNamed finds who answers for a mailbox or device.
func (c *current) ownerNamed(names ...string) message.Address {
	for _, p := range c.Directory.People {
		for _, own := range p.OwnerOf {
			if len(p.Addresses) > 0 && slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.EqualFold(n, own) }) {
				return p.Addresses[0]
			}
		}
	}
	return message.Address{}
}

func remote(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.Unmap().String()
}

// stored is the identity as items keep it.
func (s sender) stored(by policy.Identity) store.Identity {
	out := store.Identity{
		Trust: trusts[by.Trust], Account: by.Account, Remote: remote(by.Remote),
	}
	if !by.Address.IsZero() {
		out.Address = by.Address.String()
	}
	if !s.mailbox.IsZero() {
		out.Mailbox = s.mailbox.String()
	}
	if !s.owner.IsZero() {
		out.Owner = s.owner.String()
	}
	if out.Key() == "" { // a null reverse-path from a known network
		out.Account = out.Remote
	}
	return out
}

var trusts = map[policy.Trust]string{policy.Claimed: "claimed", policy.Vouched: "vouched", policy.Authenticated: "authenticated"}

// is reports whether an address is the sender's own, in any of its forms.
func (c *current) isSender(it *store.Item, a message.Address) bool {
	for _, own := range []string{it.Identity.Mailbox, it.Identity.Address, it.Identity.Account, it.Identity.Owner} {
		b, ok := message.ParseAddress(own)
		if ok && c.PersonKey(a) == c.PersonKey(b) {
			return true
		}
	}
	if p := c.Directory.Account(it.Identity.Account); p != nil && it.Identity.Account != "" {
		return c.Directory.Address(a) == p
	}
	return false
}

// personOf is who sent a stored item, or nil where that is only claimed: then
// the administrators approve, and not the manager of whoever was named.
func (c *current) personOf(it *store.Item) *policy.Person {
	if it.Identity.Trust == trusts[policy.Claimed] {
		return nil
	}
	if it.Identity.Account != "" {
		if p := c.Directory.Account(it.Identity.Account); p != nil {
			return p
		}
	}
	for _, s := range []string{it.Identity.Mailbox, it.Identity.Address} {
		if a, ok := message.ParseAddress(s); ok {
			if p := c.Directory.Address(a); p != nil {
				return p
			}
		}
	}
	if a, ok := message.ParseAddress(it.Identity.Mailbox); ok { // somebody without an entry: no one else's votes are theirs
		return &policy.Person{Account: it.Identity.Account, Addresses: []message.Address{a}}
	}
	return nil
}

// unasked turns a verdict that asks somebody who cannot be asked into one for
// others: automatic mail is the administrators', and where nobody answers for
// the identity others approve.
func unasked(d policy.Disposition, s sender, kind lint.Automatic) policy.Disposition {
	switch {
	case kind != "" && (d == policy.Confirm || d == policy.Approve):
		return policy.Quarantine
	case d == policy.Confirm && s.mailbox.IsZero():
		return policy.Approve
	}
	return d
}
