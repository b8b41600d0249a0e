package policy

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"maillint/internal/hint"
)

// testKey is a comparison of an input with a constant: subject contains "x".
// All expressions share the table of them, and each is asked at most once a
// message, so that a thousand rules about one text cost little more than one.
type testKey struct {
	input   input
	lowered bool
	op      string
	value   string
}

type textTest struct {
	testKey
	re *regexp.Regexp
	// hints are what stands, in small letters, in whatever re matches: of each
	// list one text. None where nothing is known.
	hints [][]string
}

type testTable struct {
	index map[testKey]int
	list  []textTest
}

// add gives the number of a test.
func (t *testTable) add(k testKey) int {
	if i, ok := t.index[k]; ok {
		return i
	}
	test := textTest{testKey: k}
	if k.op == "matches" {
		test.re, _ = compilePattern(k.value) // walk has refused the bad ones
		test.hints = hint.Of(k.value)
	}
	t.index[k] = len(t.list)
	t.list = append(t.list, test)
	return len(t.list) - 1
}

// holds makes the comparison.
func (t *textTest) holds(e *environment) bool {
	switch t.op {
	case "contains":
		return e.contains(t.input, t.lowered, t.value)
	case "startsWith":
		return strings.HasPrefix(e.text(t.input, t.lowered), t.value)
	case "endsWith":
		return strings.HasSuffix(e.text(t.input, t.lowered), t.value)
	}
	found := func(hint string) bool { return e.contains(t.input, true, hint) }
	for _, some := range t.hints {
		if !slices.ContainsFunc(some, found) {
			return false
		}
	}
	return t.re.MatchString(e.text(t.input, t.lowered))
}

// maxProgram bounds what a regular expression compiles to, in instructions:
// that times the text is the work it may cause.
const maxProgram = 1000

func compilePattern(s string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("bad regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	tree, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if prog, err := syntax.Compile(tree.Simplify()); err != nil || len(prog.Inst) > maxProgram {
		return nil, fmt.Errorf("too large a regular expression: repeat less, or look for fewer words")
	}
	return re, nil
}

// constantTest recognises a comparison of a text input, or lower of one, with
// a constant.
func (c *compiler) constantTest(n *ast.BinaryNode) (testKey, bool) {
	switch n.Operator {
	case "contains", "startsWith", "endsWith", "matches":
	default:
		return testKey{}, false
	}
	value, ok := n.Right.(*ast.StringNode)
	if !ok {
		return testKey{}, false
	}
	k := testKey{op: n.Operator, value: value.Value}
	left := n.Left
	if b, ok := left.(*ast.BuiltinNode); ok && b.Name == "lower" && len(b.Arguments) == 1 {
		left, k.lowered = b.Arguments[0], true
	}
	id, ok := left.(*ast.IdentifierNode)
	if !ok {
		return testKey{}, false
	}
	in, ok := inputByName[id.Value]
	k.input = in
	return k, ok && sources[in].text != nil
}

// Visit puts the number of a test in place of the comparison. It implements
// ast.Visitor.
func (c *compiler) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if !ok {
		return
	}
	if k, ok := c.constantTest(n); ok {
		ast.Patch(node, &ast.CallNode{
			Callee:    &ast.IdentifierNode{Value: testFunction},
			Arguments: []ast.Node{&ast.IntegerNode{Value: c.p.custom.tests.add(k)}},
		})
	}
}

// reads gathers what a compiled expression reads besides its tests.
type reads struct{ needs inputs }

// Visit implements ast.Visitor.
func (r *reads) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if in, ok := inputByName[n.Value]; ok {
			r.needs |= in.bit()
		}
	case *ast.MemberNode:
		if s, ok := n.Property.(*ast.StringNode); ok && s.Value == "size" {
			r.needs |= partSizes
		}
	}
}

// smallLetters is strings.ToLower, with the one character that matches an
// ASCII letter where case is ignored and stays as it is: the long s.
func smallLetters(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "ſ", "s")
}
