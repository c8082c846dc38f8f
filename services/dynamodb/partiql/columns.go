package partiql

import (
	"strconv"

	"github.com/brownoutdev/brownout/internal/jsonscan"
	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Column is one thing that a SELECT asks for. Its answer stands under Name: the last name of the path, with
// the list indexes behind it.
type Column struct {
	Name string
	Path expression.Path
}

// ColumnsError is what is wrong with what a SELECT asks for. AWS refuses an index that no statement can read before it.
type ColumnsError struct {
	// Table and Index are what the SELECT reads; Index is empty without one.
	Table, Index string
	// Fault is the *item.Error.
	Fault error
}

// Error is the fault's text.
func (e *ColumnsError) Error() string { return e.Fault.Error() }

// Unwrap gives the fault.
func (e *ColumnsError) Unwrap() error { return e.Fault }

func (c *compiler) columns(nodes []*node) ([]Column, error) {
	if nodes == nil {
		return nil, nil
	}
	columns := make([]Column, 0, len(nodes))
	for _, n := range nodes {
		if !isPath(n) {
			return nil, fault(textUnexpectedPath + n.token.where())
		}
		path, err := c.path(n)
		if err != nil {
			return nil, err
		}
		column := Column{nameOf(path), path}
		for i := range columns {
			if columns[i].Name == column.Name {
				return nil, fault("Duplicate identifiers in select clause: " + column.Name)
			}
		}
		columns = append(columns, column)
	}
	return columns, nil
}

func nameOf(path expression.Path) string {
	at := len(path) - 1
	for path[at].IsIndex {
		at--
	}
	name := path[at].Name
	for _, step := range path[at+1:] {
		name += "[" + strconv.Itoa(step.Index) + "]"
	}
	return name
}

// AppendRow appends what the columns take of an item as a JSON object; what the item does not have is left out.
func AppendRow(b []byte, columns []Column, stored item.Stored) ([]byte, error) {
	b = append(b, '{')
	for i := range columns {
		column := &columns[i]
		if len(column.Path) == 1 {
			raw, ok, err := stored.Raw(column.Name)
			if err != nil {
				return nil, err
			}
			if ok {
				b = append(appendName(b, column.Name), raw...)
			}
			continue
		}
		v, ok, err := column.Path.Lookup(stored)
		if err != nil {
			return nil, err
		}
		if ok {
			b = v.AppendJSON(appendName(b, column.Name))
		}
	}
	return append(b, '}'), nil
}

func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(jsonscan.AppendString(b, name), ':')
}
