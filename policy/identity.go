package policy

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"maillint/lint"
	"maillint/message"
)

// Login is the identity behind a log-in name, however it was written: widths
// and case put right, "DOMAIN\user" and bare names resolved by the directory.
// Two spellings of one account give one identity.
func (p *Policy) Login(name string) Identity {
	name = strings.ToLower(strings.TrimSpace(norm.NFKC.String(name)))
	id := Identity{Account: name}
	_, bare, windows := strings.Cut(name, `\`)
	for _, n := range []string{name, bare} {
		if person := p.Directory.Account(n); n != "" && person != nil {
			id.Account = strings.ToLower(person.Account)
			if len(person.Addresses) > 0 {
				id.Address = plainAddress(person.Addresses[0])
			}
			return id
		}
	}
	if a, ok := message.ParseAddress(name); ok && a.Domain != "" {
		id.Address = plainAddress(a)
		if person := p.Directory.Address(id.Address); person != nil {
			id.Account = strings.ToLower(person.Account)
		}
		return id
	}
	if windows {
		id.Account = bare
	}
	return id
}

// Path is the identity behind a reverse-path, without what servers and mailing
// programs put on it: SRS, BATV, VERP and plus-tags.
func (p *Policy) Path(a message.Address) Identity {
	plain := Untag(a)
	if plain.Domain != a.Domain { // SRS of a server that is not ours may name anybody
		if org, _ := lint.NewOrg(p.Organization.Domains); !org.Internal(a.Domain) {
			plain = a
		}
	}
	a = plainAddress(plain)
	id := Identity{Address: a}
	if person := p.Directory.Address(a); !a.IsZero() && person != nil {
		id.Account = strings.ToLower(person.Account)
	}
	return id
}

// plainAddress is the mailbox alone, lower case and in one width.
func plainAddress(a message.Address) message.Address {
	return message.Address{Local: strings.ToLower(norm.NFKC.String(a.Local)), Domain: a.Domain}
}

var (
	// batv is prvs=tag-val=local (draft-levine-smtp-batv), and the form of
	// some servers that puts the local part first.
	batv = regexp.MustCompile(`(?i)^(?:prvs|btv1)=[0-9a-f=]{4,24}?=([^=]+)$`)
	// srs0 is SRS0=hash=time=domain=local; + and - do for = after SRS0.
	srs0 = regexp.MustCompile(`(?i)^SRS0[=+-][^=]+=[^=]+=([^=]+)=(.+)$`)
	// srs1 wraps an SRS0 of another server.
	srs1 = regexp.MustCompile(`(?i)^SRS1[=+-][^=]+=([^=]+)=[=+-]([^=]+=[^=]+=[^=]+=.+)$`)
	// verp is local-id=recipient.example or local+user=recipient.example.
	verp = regexp.MustCompile(`^(.+?)[+-][^+]*=[A-Za-z0-9.-]+\.[A-Za-z]{2,}$`)
)

// Untag gives the mailbox that a reverse-path belongs to: the original sender
// of SRS, the mailbox behind BATV, VERP and plus-tags.
func Untag(a message.Address) message.Address {
	local, domain := a.Local, a.Domain
	if m := srs1.FindStringSubmatch(local); m != nil {
		local = "SRS0=" + m[2]
	}
	if m := srs0.FindStringSubmatch(local); m != nil {
		local = m[2]
		if d, ok := message.Domain(m[1]); ok {
			domain = d
		}
	}
	if m := batv.FindStringSubmatch(local); m != nil {
		local = m[1]
	}
	if m := verp.FindStringSubmatch(local); m != nil {
		local = m[1]
	}
	if tag := strings.IndexByte(local, '+'); tag > 0 {
		local = local[:tag]
	}
	return message.Address{Local: local, Domain: domain}
}
