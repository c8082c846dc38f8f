package partiql

import (
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// where is a WHERE clause as a condition, judged as far as it can be without an item.
func (c *compiler) where(n *node) (*expression.Condition, error) {
	if n == nil {
		return nil, nil
	}
	condition, err := c.condition(n)
	if err != nil {
		return nil, err
	}
	if err := condition.Check(); err != nil {
		return nil, err
	}
	return &condition, nil
}

var comparators = map[string]expression.Operator{
	"=": expression.Equal, "<>": expression.NotEqual, "<": expression.Less, "<=": expression.LessEqual,
	">": expression.Greater, ">=": expression.GreaterEqual, "in": expression.In, "between": expression.Between,
	"and": expression.And, "or": expression.Or,
}

// functions are the ones that give a truth value.
var functions = map[string]expression.Operator{
	"attribute_exists": expression.AttributeExists, "attribute_not_exists": expression.AttributeNotExists,
	"attribute_type": expression.AttributeType, "begins_with": expression.BeginsWith, "contains": expression.Contains,
}

func (c *compiler) condition(n *node) (expression.Condition, error) {
	switch n.kind {
	case nodeNot:
		return c.not(n.children[0])
	case nodeCall:
		return c.function(n)
	case nodeRange:
		return c.comparison(n, expression.Between, n.token.text == "not_between")
	case nodeBinary:
		switch operator := n.token.text; operator {
		case "and", "or":
			return c.combine(n)
		case "is", "is_not":
			return c.isType(n)
		case "not_in":
			return c.comparison(n, expression.In, true)
		default:
			if kind := comparators[operator]; kind != 0 {
				if condition, ok, err := c.truth(n, kind); ok || err != nil {
					return condition, err
				}
				return c.comparison(n, kind, false)
			}
			return expression.Condition{}, fault("Unsupported operator in Condition Expression. Operator: " + strings.ToUpper(strings.ReplaceAll(operator, "_", " ")))
		}
	}
	return expression.Condition{}, fault(textConditionNeeded)
}

func (c *compiler) not(n *node) (expression.Condition, error) {
	condition, err := c.condition(n)
	return negated(condition), err
}

func negated(c expression.Condition) expression.Condition {
	return expression.Condition{Operator: expression.Not, Conditions: []expression.Condition{c}}
}

// combine makes one flat condition of a chain of one operator.
func (c *compiler) combine(n *node) (expression.Condition, error) {
	operator := comparators[n.token.text]
	combined := expression.Condition{Operator: operator}
	for _, child := range n.children {
		condition, err := c.condition(child)
		if err != nil {
			return condition, err
		}
		if condition.Operator == operator {
			combined.Conditions = append(combined.Conditions, condition.Conditions...)
		} else {
			combined.Conditions = append(combined.Conditions, condition)
		}
	}
	return combined, nil
}

// truth reads a comparison of a function with true or false.
func (c *compiler) truth(n *node, operator expression.Operator) (expression.Condition, bool, error) {
	call, literal := n.children[0], n.children[1]
	if call.kind != nodeCall {
		call, literal = literal, call
	}
	if call.kind != nodeCall || functions[strings.ToLower(call.text)] == 0 || operator != expression.Equal && operator != expression.NotEqual || !isLiteral(literal) {
		return expression.Condition{}, false, nil
	}
	v, err := c.literal(literal)
	if err != nil || v.Type != item.BOOL {
		return expression.Condition{}, false, err
	}
	condition, err := c.function(call)
	if v.Bool != (operator == expression.Equal) {
		condition = negated(condition)
	}
	return condition, true, err
}

func (c *compiler) comparison(n *node, operator expression.Operator, not bool) (expression.Condition, error) {
	children := n.children
	if operator == expression.In {
		var err error
		if children, err = c.choices(n); err != nil {
			return expression.Condition{}, err
		}
	}
	condition := expression.Condition{Operator: operator, Operands: make([]expression.Operand, 0, len(children))}
	for _, child := range children {
		operand, err := c.operand(child)
		if err != nil {
			return condition, err
		}
		condition.Operands = append(condition.Operands, operand)
	}
	if operator == expression.In && len(children) == 2 && n.children[1].kind == nodeParameter {
		condition.Operands = condition.Operands[:1]
		for _, v := range c.parameters[n.children[1].token.question].Elements {
			condition.Operands = append(condition.Operands, expression.Literal(v))
		}
	}
	if not {
		return negated(condition), nil
	}
	return condition, nil
}

const textIn = "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member"

// choices are the left side of an IN, and what may be equal to it.
func (c *compiler) choices(n *node) ([]*node, error) {
	left, right := n.children[0], n.children[1]
	switch {
	case !isPath(left):
		return nil, fault(textIn)
	case right.kind == nodeParameter && len(c.parameters[right.token.question].Elements) > 0:
		return n.children, nil
	case right.kind != nodeList && right.kind != nodeBag || len(right.children) == 0:
		return nil, fault(textIn)
	}
	return append([]*node{left}, right.children...), nil
}

// operand is a path, a literal, or a size.
func (c *compiler) operand(n *node) (expression.Operand, error) {
	switch {
	case isPath(n):
		path, err := c.path(n)
		return expression.PathTo(path), err
	case isLiteral(n):
		v, err := c.literal(n)
		return expression.Literal(v), err
	case n.kind == nodeMissing:
		return expression.Operand{}, fault("MISSING must be compared using IS operator")
	case n.kind == nodeCall && strings.EqualFold(n.text, "size"):
		arguments, err := c.operands(n.children)
		return expression.Operand{Kind: expression.SizeOperand, Arguments: arguments}, err
	case n.kind == nodeCall:
		return expression.Operand{}, fault(textUnrecognized + strings.ToLower(n.text) + n.token.where())
	case n.kind == nodeBinary && comparators[n.token.text] == 0:
		return expression.Operand{}, fault("Unsupported operator in Condition Expression. Operator: " + strings.ToUpper(n.token.text))
	}
	return expression.Operand{}, fault("Unsupported token in expression: " + n.token.written + n.token.where())
}

func (c *compiler) operands(nodes []*node) ([]expression.Operand, error) {
	operands := make([]expression.Operand, 0, len(nodes))
	for _, n := range nodes {
		operand, err := c.operand(n)
		if err != nil {
			return nil, err
		}
		operands = append(operands, operand)
	}
	return operands, nil
}

func (c *compiler) function(n *node) (expression.Condition, error) {
	operator := functions[strings.ToLower(n.text)]
	if operator == 0 {
		if strings.EqualFold(n.text, "size") {
			return expression.Condition{}, fault(textConditionNeeded)
		}
		return expression.Condition{}, fault(textUnrecognized + strings.ToLower(n.text) + n.token.where())
	}
	operands, err := c.operands(n.children)
	return expression.Condition{Operator: operator, Operands: operands}, err
}

// isType reads IS and IS NOT. MISSING is that there is no such attribute.
func (c *compiler) isType(n *node) (expression.Condition, error) {
	left, wanted := n.children[0], n.children[1]
	if !isPath(left) {
		return expression.Condition{}, fault("The left hand side argument to IS must be a Variable Reference, Literal, or Path")
	}
	path, err := c.path(left)
	if err != nil {
		return expression.Condition{}, err
	}
	condition := expression.Condition{Operator: expression.AttributeNotExists, Operands: []expression.Operand{expression.PathTo(path)}}
	switch name := typeNames[wanted.token.text]; name {
	case "MISSING":
	case "":
		return condition, fault("Unsupported data type for IS operator: " + strings.ToUpper(wanted.token.written) +
			". Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]")
	default:
		condition.Operator = expression.AttributeType
		condition.Operands = append(condition.Operands, expression.Literal(item.Text(name)))
	}
	if n.token.text == "is_not" {
		return negated(condition), nil
	}
	return condition, nil
}
