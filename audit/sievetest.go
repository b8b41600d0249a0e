package audit

import (
	"slices"
	"strings"
)

// alwaysTrue tells tests that all mail passes: true, not false, a comparison
// with nothing, a size over zero, and what is made of them.
func alwaysTrue(t *sieveNode) bool {
	if t == nil {
		return false
	}
	switch t.name {
	case "true":
		return true
	case "not":
		return len(t.tests) == 1 && alwaysFalse(t.tests[0])
	case "anyof":
		for _, s := range t.tests {
			if alwaysTrue(s) {
				return true
			}
		}
	case "allof":
		for _, s := range t.tests {
			if !alwaysTrue(s) {
				return false
			}
		}
		return len(t.tests) > 0
	case "size":
		return t.tagged("over") && smallSize(t)
	case "exists":
		return onlyUsual(t)
	case "header", "address", "envelope", "body":
		return matchesAll(t)
	}
	return false
}

func alwaysFalse(t *sieveNode) bool {
	switch t.name {
	case "false":
		return true
	case "not":
		return len(t.tests) == 1 && alwaysTrue(t.tests[0])
	case "size":
		return t.tagged("under") && smallSize(t)
	case "allof":
		return slices.ContainsFunc(t.tests, alwaysFalse)
	case "anyof":
		return len(t.tests) > 0 && !slices.ContainsFunc(t.tests, func(s *sieveNode) bool { return !alwaysFalse(s) })
	}
	return false
}

// smallSize: fewer bytes than any message has.
func smallSize(t *sieveNode) bool {
	for _, a := range t.args {
		if a.number != "" {
			n, ok := sizeOf(a.number)
			return ok && n < 100
		}
	}
	return false
}

// onlyUsual: fields that all mail has.
func onlyUsual(t *sieveNode) bool {
	n := 0
	for _, list := range t.plain("") {
		for _, name := range list {
			switch strings.ToLower(name) {
			case "from", "date", "received", "message-id", "return-path", "to", "subject":
				n++
			default:
				return false
			}
		}
	}
	return n > 0
}

// matchesAll: a key that is found everywhere.
func matchesAll(t *sieveNode) bool {
	args := t.plain("comparator", "content", "value", "count", "index", "mime")
	if len(args) == 0 {
		return false
	}
	for _, key := range args[len(args)-1] {
		switch {
		case t.tagged("contains") && (key == "" || t.name != "body" && (key == "@" || key == ".") && aboutSender(args)):
			return true
		case t.tagged("matches") && strings.Trim(key, "*") == "" && key != "":
			return true
		case t.tagged("matches") && (key == "*@*" || key == "?*") && aboutSender(args):
			return true
		case t.tagged("regex") && (key == ".*" || key == "." || key == ".+" || key == "^.*$" || key == "" || key == "^"):
			return true
		}
	}
	return false
}

// aboutSender: the fields that hold addresses in all mail.
func aboutSender(args [][]string) bool {
	for _, name := range args[0] {
		switch strings.ToLower(name) {
		case "from", "to", "return-path":
			return true
		}
	}
	return false
}

// testWords gives the texts that a test looks for, header names left out.
func testWords(t *sieveNode) []string {
	var out []string
	for _, s := range t.tests {
		if t.name != "not" {
			out = append(out, testWords(s)...)
		}
	}
	args := t.plain("comparator", "content", "value", "count", "index", "mime")
	switch t.name {
	case "header", "address", "envelope", "string":
		if len(args) >= 2 {
			out = append(out, args[len(args)-1]...)
		}
	case "body":
		if len(args) >= 1 {
			out = append(out, args[len(args)-1]...)
		}
	}
	return out
}
