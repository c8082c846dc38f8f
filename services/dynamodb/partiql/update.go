package partiql

import (
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// changes are an UPDATE's SETs and REMOVEs as the actions of an update.
func (c *compiler) changes(changes []changeNode) ([]expression.Action, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	actions := make([]expression.Action, 0, len(changes))
	paths := make([]expression.Path, 0, len(changes))
	for _, change := range changes {
		path, err := c.path(change.path)
		if err != nil {
			return nil, err
		}
		action := expression.Action{Kind: expression.Remove, Path: path}
		if change.value != nil {
			if action, err = c.assignment(path, change.value); err != nil {
				return nil, err
			}
		}
		actions, paths = append(actions, action), append(paths, path)
	}
	return actions, expression.CheckPaths(paths)
}

// assignment is a SET. set_add and set_delete are ADD and DELETE of the other language.
func (c *compiler) assignment(path expression.Path, n *node) (expression.Action, error) {
	if n.kind == nodeCall {
		switch name := strings.ToLower(n.text); name {
		case "set_add":
			return c.setChange(expression.Add, "SET_ADD", path, n)
		case "set_delete":
			return c.setChange(expression.Delete, "SET_DELETE", path, n)
		}
	}
	operand, err := c.sum(n)
	return expression.Action{Kind: expression.Set, Path: path, Operand: operand}, err
}

func (c *compiler) setChange(kind expression.ActionKind, name string, path expression.Path, n *node) (expression.Action, error) {
	action := expression.Action{Kind: kind, Path: path}
	if len(n.children) != 2 {
		return action, fault(name + " must have exactly two arguments" + n.token.where())
	}
	first, second := n.children[0], n.children[1]
	same := false
	if isPath(first) {
		other, err := c.path(first)
		if err != nil {
			return action, err
		}
		same = path.Equal(other)
	}
	if !same {
		return action, fault("The first argument to " + name + " must equal the assignment value" + n.token.where())
	}
	textNoSet := "The second argument to " + name + " must be a value with type SET" + first.token.where()
	if !isLiteral(second) {
		return action, fault(textNoSet)
	}
	v, err := c.literal(second)
	if err == nil && !v.Type.IsSet() {
		err = fault(textNoSet)
	}
	action.Operand = expression.Literal(v)
	return action, err
}

// sum is what a SET assigns: a value, a path, a list_append, or two of these with + or - between them.
func (c *compiler) sum(n *node) (expression.Operand, error) {
	switch {
	case isPath(n):
		path, err := c.path(n)
		return expression.PathTo(path), err
	case isLiteral(n):
		v, err := c.literal(n)
		return expression.Literal(v), err
	case n.kind == nodeBinary && (n.token.text == "+" || n.token.text == "-"):
		kind := expression.AddOperand
		if n.token.text == "-" {
			kind = expression.SubtractOperand
		}
		return c.combined(kind, n.token.text, n, item.N)
	case n.kind == nodeBinary, n.kind == nodeRange, n.kind == nodeNot, n.kind == nodeSign:
		if strings.HasPrefix(n.token.text, "is") && n.kind == nodeBinary {
			return expression.Operand{}, fault("IS operator is not supported in update expressions")
		}
		return expression.Operand{}, fault("Unsupported operator in Update Expression. Operator: " + strings.ToUpper(strings.ReplaceAll(n.token.text, "_", " ")))
	case n.kind == nodeCall && strings.EqualFold(n.text, "list_append"):
		return c.combined(expression.ListAppendOperand, "list_append", n, item.L)
	case n.kind == nodeCall:
		return expression.Operand{}, fault(textUnrecognized + strings.ToLower(n.text) + n.token.where())
	case n.kind == nodeMissing:
		return expression.Operand{}, fault("MISSING must be compared using IS operator")
	}
	return expression.Operand{}, fault("Unsupported token in expression: " + n.token.written + n.token.where())
}

func (c *compiler) combined(kind expression.OperandKind, name string, n *node, want item.Type) (expression.Operand, error) {
	o := expression.Operand{Kind: kind}
	if len(n.children) != 2 {
		return o, expression.WrongOperandCount(name, len(n.children))
	}
	for _, child := range n.children {
		operand, err := c.sum(child)
		if err != nil {
			return o, err
		}
		if operand.Kind == expression.ValueOperand && operand.Value.Type != want {
			return o, expression.WrongOperandType(name, operand.Value.Type)
		}
		o.Arguments = append(o.Arguments, operand)
	}
	return o, nil
}
