package policy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
	"go.yaml.in/yaml/v4"
)

// Bounds of one expression.
const (
	maxNodes      = 200
	maxExpression = 8000 // octets
	maxPattern    = 1000 // octets of a regular expression
)

// builtins are the functions of the expression language that rules may use:
// those whose work is bounded by their input. docs/custom-rules.md lists them.
var builtins = []string{
	"all", "any", "none", "one", "filter", "map", "count", "find", "sum",
	"len", "lower", "upper", "trim", "first", "last", "min", "max",
}

// own are the functions that maillint adds.
var own = []string{"listed", "in_group", "header"}

// expression is a compiled condition.
type expression struct {
	id      int
	source  string
	program *vm.Program
	needs   inputs // what must be filled in before it runs
}

// compile checks an expression and makes it ready to run. Rules with the same
// text share one.
func (r *reader) compile(p *Policy, source string, n *yaml.Node, path string) *expression {
	if e := p.custom.bySource[source]; e != nil {
		return e
	}
	c := &compiler{r: r, p: p, source: source, node: n, path: path}
	before := len(r.problems)
	if !c.restrict() {
		return &expression{}
	}
	e := &expression{id: len(p.custom.bySource), source: source}
	program, err := expr.Compile(source, c.options()...)
	if err != nil {
		c.refuse(err)
		return &expression{}
	}
	if Problems(r.problems[before:]).Errors() {
		return &expression{}
	}
	e.program, e.needs = program, readsOf(program)
	p.custom.bySource[source] = e
	return e
}

func readsOf(program *vm.Program) inputs {
	r := &reads{}
	node := program.Node()
	ast.Walk(&node, r)
	return r.needs
}

// compiler compiles one expression.
type compiler struct {
	r      *reader
	p      *Policy
	source string
	node   *yaml.Node
	path   string
}

func (c *compiler) options() []expr.Option {
	out := []expr.Option{
		expr.Env(&environment{}), expr.AsBool(), expr.MaxNodes(maxNodes),
		expr.DisableAllBuiltins(), expr.Patch(c),
		expr.Function("listed", c.p.listed, new(func(string, string) bool)),
		expr.Function("in_group", c.p.inGroup, new(func(string, string) bool)),
	}
	for _, name := range builtins {
		out = append(out, expr.EnableBuiltin(name))
	}
	return out
}

// restrict parses the expression and refuses what could cost too much. It
// reports whether there is anything left to compile.
func (c *compiler) restrict() bool {
	if len(c.source) > maxExpression {
		c.fail(0, "make two rules of it", "an expression is at most %d octets long", maxExpression)
		return false
	}
	tree, err := parser.Parse(c.source)
	if err != nil {
		c.refuse(err)
		return false
	}
	before := len(c.r.problems)
	c.walk(tree.Node, false)
	return len(c.r.problems) == before
}

// walk looks at every node. loop: inside any, all, count and the like.
func (c *compiler) walk(n ast.Node, loop bool) {
	switch n := n.(type) {
	case *ast.BuiltinNode:
		c.builtin(n, loop)
		return
	case *ast.CallNode:
		c.call(n)
	case *ast.BinaryNode:
		c.binary(n, loop)
		return
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			c.fail(n.Location().From, "name the input itself", "unknown name $env")
		}
		if loop && (n.Value == "text" || n.Value == "new_text") {
			c.fail(n.Location().From, "compare it with a constant, or outside", "%s cannot be gone through for each element of a list", n.Value)
		}
	case *ast.VariableDeclaratorNode, *ast.SequenceNode, *ast.MapNode, *ast.PairNode:
		c.fail(n.Location().From, "", "only conditions can stand here: no let, no maps, no sequences")
		return
	}
	for _, child := range children(n) {
		c.walk(child, loop)
	}
}

// children of the nodes that may stand in a condition.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ChainNode:
		return []ast.Node{n.Node}
	case *ast.MemberNode:
		return []ast.Node{n.Node, n.Property}
	case *ast.SliceNode:
		return slices.DeleteFunc([]ast.Node{n.Node, n.From, n.To}, func(n ast.Node) bool { return n == nil })
	case *ast.CallNode:
		return n.Arguments
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		return n.Nodes
	}
	return nil
}

func (c *compiler) builtin(n *ast.BuiltinNode, loop bool) {
	if !slices.Contains(builtins, n.Name) {
		c.fail(n.Location().From, "", "%s is not available in rules", n.Name)
		return
	}
	for _, arg := range n.Arguments {
		_, predicate := arg.(*ast.PredicateNode)
		if predicate && loop {
			c.fail(n.Location().From, "count or filter once, outside", "%s inside another loop", n.Name)
			return
		}
		c.walk(arg, loop || predicate)
	}
}

// call checks that what the functions look up is written down.
func (c *compiler) call(n *ast.CallNode) {
	name, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || !slices.Contains(own, name.Value) || len(n.Arguments) == 0 {
		return
	}
	last := n.Arguments[len(n.Arguments)-1]
	text, ok := last.(*ast.StringNode)
	if !ok {
		c.fail(last.Location().From, "", "%s wants a name in quotes", name.Value)
		return
	}
	at := c.place(last.Location().From)
	switch name.Value {
	case "listed":
		c.r.list(text.Value, at, c.path)
	case "in_group":
		c.r.group(text.Value, at, c.path)
	}
}

func (c *compiler) binary(n *ast.BinaryNode, loop bool) {
	switch n.Operator {
	case "..":
		c.fail(n.Location().From, "", "ranges are not available in rules")
		return
	case "matches":
		c.pattern(n.Right)
	case "/", "%":
		if v, ok := written(n.Right); ok && v == 0 {
			c.fail(n.Right.Location().From, "", "nothing can be divided by zero")
		}
	}
	if _, ok := c.constantTest(n); ok {
		return // asked once a message, wherever it stands
	}
	c.walk(n.Left, loop)
	c.walk(n.Right, loop)
}

// written is the value of an expression of numbers that are written down.
func written(n ast.Node) (v float64, ok bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.UnaryNode:
		v, ok = written(n.Node)
		if n.Operator == "-" {
			v = -v
		}
		return v, ok
	case *ast.BinaryNode:
		a, okA := written(n.Left)
		b, okB := written(n.Right)
		if !okA || !okB {
			return 0, false
		}
		switch n.Operator {
		case "+":
			return a + b, true
		case "-":
			return a - b, true
		case "*":
			return a * b, true
		}
	}
	return 0, false
}

func (c *compiler) pattern(n ast.Node) {
	s, ok := n.(*ast.StringNode)
	switch {
	case !ok:
		c.fail(n.Location().From, "", "a regular expression must be written down, in quotes")
	case len(s.Value) > maxPattern:
		c.fail(n.Location().From, "", "a regular expression is at most %d octets long", maxPattern)
	default:
		if _, err := compilePattern(s.Value); err != nil {
			c.fail(n.Location().From, "", "%v", err)
		}
	}
}

// refuse passes on what the expression language says.
func (c *compiler) refuse(err error) {
	text, offset, hint := firstLine(err), 0, ""
	var e *file.Error
	if errors.As(err, &e) {
		text, offset = firstLine(errors.New(e.Message)), e.From
	}
	name, unknownName := strings.CutPrefix(text, "unknown name ")
	switch {
	case strings.Contains(text, "maximum allowed nodes"):
		text, offset = fmt.Sprintf("too long: more than %d names, values and operators", maxNodes), 0
		hint = "make two rules of it"
	case unknownName:
		hint = didYouMean(name, append(inputNames(), own...))
	case strings.HasPrefix(text, "unexpected token "):
		text = unexpected(text)
	case strings.Contains(text, " has no field "):
		text, hint = noField(text)
	case strings.HasPrefix(text, "expected bool"):
		hint = "a condition is true or false"
	}
	c.fail(offset, hint, "%s", text)
}

// unexpected puts `unexpected token Operator(">")` in words.
func unexpected(text string) string {
	text = strings.TrimPrefix(text, "unexpected token ")
	if text == "EOF" {
		return "it ends too early"
	}
	if _, inside, ok := strings.Cut(text, "("); ok {
		text = strings.TrimSuffix(inside, ")")
	}
	return "unexpected " + text
}

// noField puts "type policy.Recipient has no field extrenal" in words.
func noField(text string) (plain, hint string) {
	of, name, _ := strings.Cut(text, " has no field ")
	switch {
	case strings.HasSuffix(of, "string"):
		return fmt.Sprintf("a text has no fields, and so no %q", name), ""
	case strings.HasSuffix(of, "int"), strings.HasSuffix(of, "bool"):
		return fmt.Sprintf("this has no fields, and so no %q", name), ""
	}
	kind, t := "recipient", reflect.TypeFor[Recipient]()
	switch {
	case strings.HasSuffix(of, "PartView"):
		kind, t = "part", reflect.TypeFor[PartView]()
	case strings.HasSuffix(of, "FileView"):
		kind, t = "file", reflect.TypeFor[FileView]()
	}
	var known []string
	for i := range t.NumField() {
		known = append(known, t.Field(i).Tag.Get("expr"))
	}
	return fmt.Sprintf("a %s has no field %q", kind, name), didYouMean(name, known)
}

func (c *compiler) fail(offset int, hint, format string, args ...any) {
	c.r.fail(c.place(offset), hint, "%s%s", prefix(c.path), fmt.Sprintf(format, args...))
}

// place is where a character of the expression stands in the policy, as far as
// the way it is written tells.
func (c *compiler) place(offset int) place {
	at := c.r.at(c.node)
	runes := []rune(c.source)
	before := string(runes[:min(offset, len(runes))])
	line := strings.Count(before, "\n")
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	switch {
	case c.node.Style&yaml.LiteralStyle != 0:
		at.line += 1 + line
		at.col = 1 + c.r.indent(at.line) + col
	case c.node.Style&yaml.FoldedStyle != 0 || line > 0 || c.folded(at):
	case c.node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		at.col += 1 + col
	default:
		at.col += col
	}
	return at
}

// folded reports whether the text does not stand in its line as it is.
func (c *compiler) folded(at place) bool {
	return !strings.Contains(c.r.line(at.line), c.source)
}

// line gives a line of the policy.
func (r *reader) line(i int) string {
	if r.lines == nil {
		r.lines = strings.Split(string(r.data), "\n")
	}
	if i < 1 || i > len(r.lines) {
		return ""
	}
	return r.lines[i-1]
}

func (r *reader) indent(line int) int {
	s := r.line(line)
	return len(s) - len(strings.TrimLeft(s, " "))
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}
