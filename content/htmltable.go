package content

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"maillint/internal/needle"
)

// HTMLTables gives the cells of the tables in an HTML text that hold data: two
// rows and two columns or more. Tables that mail programs lay a page out with
// hold other tables; their own cells are not told, the inner ones are.
func HTMLTables(s string) [][][]string {
	if !tableTag.In(s) {
		return nil
	}
	r := tableFinder{z: html.NewTokenizer(strings.NewReader(s))}
	r.z.SetMaxBuf(1 << 20)
	for r.next() {
	}
	for len(r.open) > 0 {
		r.endTable()
	}
	return r.done
}

var tableTag = needle.NewFolded([]string{"<table"})

// openTable is a table that is being read.
type openTable struct {
	rows  [][]string
	row   []string
	cell  strings.Builder
	in    bool // within a cell
	outer bool // it holds other tables
}

type tableFinder struct {
	z    *html.Tokenizer
	open []*openTable
	done [][][]string
}

// Limits on what is kept of tables.
const maxTables, maxTableDepth = 1000, 50

func (r *tableFinder) next() bool {
	switch r.z.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if t := r.top(); t != nil && t.in {
			t.cell.Write(r.z.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, _ := r.z.TagName()
		r.start(atom.Lookup(name))
	case html.EndTagToken:
		name, _ := r.z.TagName()
		r.end(atom.Lookup(name))
	}
	return true
}

func (r *tableFinder) top() *openTable {
	if len(r.open) == 0 {
		return nil
	}
	return r.open[len(r.open)-1]
}

func (r *tableFinder) start(tag atom.Atom) {
	t := r.top()
	switch tag {
	case atom.Table:
		if t != nil {
			t.outer = true
		}
		if len(r.open) < maxTableDepth {
			r.open = append(r.open, &openTable{})
		}
	case atom.Tr:
		if t != nil {
			t.endRow()
		}
	case atom.Td, atom.Th:
		if t != nil {
			t.endCell()
			t.in = true
		}
	case atom.Br, atom.P, atom.Div:
		if t != nil && t.in {
			t.cell.WriteByte(' ')
		}
	}
}

func (r *tableFinder) end(tag atom.Atom) {
	t := r.top()
	if t == nil {
		return
	}
	switch tag {
	case atom.Td, atom.Th:
		t.endCell()
	case atom.Tr:
		t.endRow()
	case atom.Table:
		r.endTable()
	}
}

func (t *openTable) endCell() {
	if t.in {
		text := html.UnescapeString(t.cell.String())
		t.row = append(t.row, strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " "))
		t.cell.Reset()
		t.in = false
	}
}

func (t *openTable) endRow() {
	t.endCell()
	if len(t.row) > 0 {
		t.rows = append(t.rows, t.row)
		t.row = nil
	}
}

func (r *tableFinder) endTable() {
	t := r.top()
	t.endRow()
	r.open = r.open[:len(r.open)-1]
	if !t.outer && len(t.rows) >= 2 && len(t.rows[1]) >= 2 && len(r.done) < maxTables {
		r.done = append(r.done, t.rows)
	}
}
