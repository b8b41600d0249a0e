package policy

import (
	"errors"
	"strings"

	"maillint/message"
)

var errArguments = errors.New("wrong arguments")

// listed is listed(address or domain, "list"): whether the list covers it.
func (p *Policy) listed(args ...any) (any, error) {
	what, name, ok := twoTexts(args)
	list := p.Lists[name]
	if !ok || list == nil {
		return nil, errArguments
	}
	if a := addressOf(what); a.Domain != "" {
		return list.Match(a), nil
	}
	d, _ := message.Domain(what)
	return list.MatchDomain(d), nil
}

// inGroup is in_group(address, "group"): whether the directory has whose
// address it is in the group.
func (p *Policy) inGroup(args ...any) (any, error) {
	what, name, ok := twoTexts(args)
	if !ok {
		return nil, errArguments
	}
	who := p.Directory.Address(addressOf(what))
	if who == nil {
		return false, nil
	}
	for _, g := range who.Groups {
		if g == name {
			return true, nil
		}
	}
	return false, nil
}

// addressOf takes an address apart that an input holds, or an expression has
// written down.
func addressOf(s string) message.Address {
	i := strings.LastIndexByte(s, '@')
	if i < 0 {
		return message.Address{}
	}
	if strings.ContainsAny(s, "\"<> ") {
		a, _ := message.ParseAddress(s)
		return a
	}
	return message.Address{Local: s[:i], Domain: strings.ToLower(s[i+1:])}
}

func twoTexts(args []any) (a, b string, ok bool) {
	if len(args) != 2 {
		return "", "", false
	}
	a, ok1 := args[0].(string)
	b, ok2 := args[1].(string)
	return a, b, ok1 && ok2
}
