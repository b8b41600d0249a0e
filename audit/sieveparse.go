package audit

// sieveNode is a command or a test of a script.
type sieveNode struct {
	name  string
	line  int
	args  []sieveArg
	tests []*sieveNode
	block []*sieveNode
	open  bool  // it has a block, perhaps an empty one
	truth truth // of a test: what it gives for all mail
}

// sieveArg is one argument: a tag, a number, or a list of strings.
type sieveArg struct {
	tag     string
	number  string
	strings []string
}

// tagged reports whether a tag stands among the arguments.
func (n *sieveNode) tagged(tag string) bool {
	for _, a := range n.args {
		if a.tag == tag {
			return true
		}
	}
	return false
}

// after gives the strings that follow a tag.
func (n *sieveNode) after(tag string) []string {
	for i, a := range n.args {
		if a.tag == tag && i+1 < len(n.args) {
			return n.args[i+1].strings
		}
	}
	return nil
}

// plain gives the string arguments that follow no tag taking a value.
func (n *sieveNode) plain(valued ...string) [][]string {
	var out [][]string
	for i, a := range n.args {
		if a.strings == nil || i > 0 && contains(valued, n.args[i-1].tag) {
			continue
		}
		out = append(out, a.strings)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v != "" && v == s {
			return true
		}
	}
	return false
}

// sieveDepth bounds blocks in blocks and tests in tests.
const sieveDepth = 100

// sieveParser reads the grammar of RFC 5228, 8.2.
type sieveParser struct {
	lexer
	tok   token
	depth int
}

// parseSieve reads a script whose first line has that number. With an error it gives what stands before.
func parseSieve(src string, line int) ([]*sieveNode, error) {
	p := &sieveParser{lexer: lexer{src: src, line: line}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	nodes, err := p.commands()
	if err == nil && p.tok.kind != endToken {
		err = p.fail(p.tok.line, "a %q that closes nothing", p.tok.text)
	}
	return nodes, err
}

func (p *sieveParser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

func (p *sieveParser) mark(s string) bool { return p.tok.kind == markToken && p.tok.text == s }

// commands reads commands up to the end of a block or script.
func (p *sieveParser) commands() (nodes []*sieveNode, err error) {
	for p.tok.kind == wordToken || p.mark(";") {
		if p.mark(";") { // a stray semicolon
			if err := p.advance(); err != nil {
				return nodes, err
			}
			continue
		}
		n, err := p.command()
		if n != nil {
			nodes = append(nodes, n)
		}
		if err != nil {
			return nodes, err
		}
	}
	if p.tok.kind != endToken && !p.mark("}") {
		return nodes, p.fail(p.tok.line, "%q where a command should begin", clip(p.tok.text, 20))
	}
	return nodes, nil
}

// command reads one command with its arguments and its block or semicolon.
func (p *sieveParser) command() (*sieveNode, error) {
	if p.depth++; p.depth > sieveDepth {
		return nil, p.fail(p.tok.line, "more than %d blocks inside each other", sieveDepth)
	}
	defer func() { p.depth-- }()
	n := &sieveNode{name: p.tok.text, line: p.tok.line}
	if err := p.advance(); err != nil {
		return n, err
	}
	if err := p.arguments(n); err != nil {
		return n, err
	}
	switch {
	case p.mark(";"):
		return n, p.advance()
	case p.mark("{"):
		n.open = true
		if err := p.advance(); err != nil {
			return n, err
		}
		var err error
		if n.block, err = p.commands(); err != nil {
			return n, err
		}
		if !p.mark("}") {
			return n, p.fail(p.tok.line, "the block of %s (line %d) is never closed: the script was cut off", n.name, n.line)
		}
		return n, p.advance()
	case p.tok.kind == endToken:
		return n, p.fail(p.tok.line, "the script ends in the middle of %s (line %d): it was cut off", n.name, n.line)
	}
	return n, p.fail(p.tok.line, "%s (line %d) wants a semicolon", n.name, n.line)
}

// arguments reads arguments and then a test or a list of tests.
func (p *sieveParser) arguments(n *sieveNode) error {
	for {
		switch {
		case p.tok.kind == stringToken:
			n.args = append(n.args, sieveArg{strings: []string{p.tok.text}})
		case p.tok.kind == tagToken:
			n.args = append(n.args, sieveArg{tag: p.tok.text})
		case p.tok.kind == numberToken:
			n.args = append(n.args, sieveArg{number: p.tok.text})
		case p.mark("["):
			list, err := p.stringList()
			if err != nil {
				return err
			}
			n.args = append(n.args, sieveArg{strings: list})
		case p.mark("("):
			return p.testList(n)
		case p.tok.kind == wordToken:
			t, err := p.test()
			n.tests = append(n.tests, t)
			return err
		default:
			return nil
		}
		if err := p.advance(); err != nil {
			return err
		}
	}
}

// stringList reads ["a", "b"] and stops on the closing bracket.
func (p *sieveParser) stringList() ([]string, error) {
	line := p.tok.line
	list := []string{}
	for {
		if err := p.advance(); err != nil {
			return nil, err
		}
		switch {
		case p.tok.kind == stringToken:
			list = append(list, p.tok.text)
		case p.mark(","):
		case p.mark("]"):
			return list, nil
		default:
			return nil, p.fail(line, "a list of strings that is never closed")
		}
	}
}

// test reads one test with its arguments.
func (p *sieveParser) test() (*sieveNode, error) {
	if p.depth++; p.depth > sieveDepth {
		return nil, p.fail(p.tok.line, "more than %d tests inside each other", sieveDepth)
	}
	defer func() { p.depth-- }()
	n := &sieveNode{name: p.tok.text, line: p.tok.line}
	if err := p.advance(); err != nil {
		return n, err
	}
	return n, p.arguments(n)
}

// testList reads (test, test) behind anyof and allof.
func (p *sieveParser) testList(n *sieveNode) error {
	line := p.tok.line
	for {
		if err := p.advance(); err != nil {
			return err
		}
		if p.tok.kind != wordToken {
			return p.fail(line, "a list of tests that is never closed")
		}
		t, err := p.test()
		n.tests = append(n.tests, t)
		if err != nil {
			return err
		}
		if p.mark(")") {
			return p.advance()
		}
		if !p.mark(",") {
			return p.fail(line, "a list of tests that is never closed")
		}
	}
}
