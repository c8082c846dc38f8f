package partiql

import (
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// compiler turns syntax trees into statements.
type compiler struct {
	parameters []item.Value
}

func (c *compiler) statement(n *node) (*Statement, error) {
	switch {
	case n.kind == nodeSelect:
		return c.selects(n.query)
	case n.kind == nodeWrite:
		return c.writes(n.write)
	case n.kind == nodeCall && strings.EqualFold(n.text, "exists"):
		if len(n.children) != 1 || n.children[0].kind != nodeSelect {
			return nil, fault(textUnrecognized + "exists" + n.token.where())
		}
		s, err := c.selects(n.children[0].query)
		if err != nil {
			return nil, err
		}
		s.Kind = Exists
		return s, nil
	}
	return nil, fault(textUnsupported + n.operation())
}

func (c *compiler) selects(q *selectNode) (*Statement, error) {
	s := &Statement{Kind: Select}
	var err error
	switch {
	case q.unsupported != "":
		return nil, fault("Unsupported clause: " + q.unsupported)
	case q.several:
		return nil, fault("Only select from a single table or index is supported.")
	case q.aliased:
		return nil, fault(textAliasing)
	}
	if s.Table, s.Index, err = c.source(q.from); err != nil {
		return nil, err
	}
	if s.Columns, err = c.columns(q.columns); err != nil {
		return nil, &ColumnsError{s.Table, s.Index, err}
	}
	if s.Condition, err = c.where(q.where); err != nil {
		return nil, err
	}
	for _, o := range q.order {
		if o.by.kind != nodeName {
			return nil, fault("Argument to ORDER BY must be of type VariableReference. Type: " + o.by.operation())
		}
		s.Order = append(s.Order, Order{o.by.text, o.descending})
	}
	return s, nil
}

// source is what a statement names: a table, and perhaps an index of it.
func (c *compiler) source(n *node) (table, index string, err error) {
	parts := []*node{n}
	switch n.kind {
	case nodePath:
		parts = n.children
	case nodeName:
	default:
		return "", "", fault("Unexpected from source")
	}
	if len(parts) > 2 {
		return "", "", fault(textManyComponents)
	}
	names := make([]string, len(parts))
	for i, part := range parts {
		if part.kind != nodeName && part.kind != nodeString {
			return "", "", fault("Invalid path dot component in this operation, expecting either an IDENTIFIER or STAR.")
		}
		if names[i] = part.text; names[i] == "" {
			return "", "", fault(textEmptyComponent)
		}
	}
	if len(names) == 2 {
		index = names[1]
	}
	return names[0], index, nil
}

func (c *compiler) writes(w *writeNode) (*Statement, error) {
	s := &Statement{Kind: w.kind}
	var err error
	switch {
	case w.table == nil: // SET or REMOVE alone
		return nil, fault(textUnsupported + "DataManipulation")
	case w.aliased:
		return nil, fault(textAliasing)
	case w.several && w.value.kind == nodeName:
		return nil, fault(textUnsupported + w.value.operation())
	case w.several:
		return nil, fault(textSeveralItems)
	}
	if w.kind == Insert && w.table.kind != nodeName {
		return nil, fault(textSingleTable)
	}
	if s.Table, s.Index, err = c.source(w.table); err != nil {
		return nil, err
	}
	if s.Index != "" {
		return nil, fault(textIndexOperation)
	}
	if s.Returning, err = returning(w); err != nil {
		return nil, err
	}
	if w.kind == Insert {
		s.Item, err = c.item(w.value)
		return s, err
	}
	if s.Actions, err = c.changes(w.changes); err != nil {
		return nil, err
	}
	s.Condition, err = c.where(w.where)
	return s, err
}

func returning(w *writeNode) (Returning, error) {
	if w.returning == "" {
		return ReturningNothing, nil
	}
	var r Returning
	for candidate := ReturningAllOld; candidate <= ReturningModifiedNew; candidate++ {
		if strings.ReplaceAll(strings.ToUpper(w.returning), "_", " ")+" *" == candidate.String() {
			r = candidate
		}
	}
	switch {
	case w.kind == Insert:
		return r, fault("RETURNING is not supported in INSERT")
	case w.kind == Delete && r != ReturningAllOld:
		return r, fault("Invalid returning clause: RETURNING " + r.String() + ". Only RETURNING ALL OLD * is allowed in DELETE statements.")
	}
	return r, nil
}

// item is what an INSERT puts.
func (c *compiler) item(n *node) (item.Item, error) {
	if n.kind != nodeStruct && n.kind != nodeParameter {
		if isLiteral(n) || n.kind == nodeCall {
			if _, err := c.value(n, root); err != nil {
				return nil, err
			}
		}
		return nil, fault("Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.")
	}
	var v item.Value
	var err error
	if n.kind == nodeStruct {
		v, err = c.fields(n, root, func(string) string { return root })
	} else {
		v, err = c.value(n, root)
	}
	switch {
	case err != nil:
		return nil, err
	case v.Type != item.M:
		return nil, fault("Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.")
	}
	if err := v.Fields.Validate(); err != nil {
		return nil, older(err)
	}
	return v.Fields, nil
}

// path is the document path of a name or a path.
func (c *compiler) path(n *node) (expression.Path, error) {
	parts := []*node{n}
	if n.kind == nodePath {
		parts = n.children
	}
	if parts[0].kind != nodeName {
		return nil, fault(textUnexpectedPath + n.token.where())
	}
	path := make(expression.Path, len(parts))
	for i, part := range parts {
		switch part.kind {
		case nodeName, nodeString:
			if part.text == "" {
				return nil, fault(textEmptyComponent)
			}
			path[i].Name = part.text
		case nodeNumber:
			index, err := strconv.Atoi(part.text)
			if err != nil || index < 0 || index > mostIndex {
				return nil, fault("List index is not within the allowable range; index: [" + part.text + "]" + part.token.where())
			}
			path[i].Index, path[i].IsIndex = index, true
		case nodeStar:
			return nil, fault("Wildcard path component like a[*].b are not supported")
		default:
			return nil, fault(textUnexpectedPath + part.token.where())
		}
	}
	return path, nil
}

const mostIndex = 1<<31 - 1

func isPath(n *node) bool {
	return n.kind == nodeName || n.kind == nodePath && n.children[0].kind == nodeName
}
