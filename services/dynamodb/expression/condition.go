package expression

import (
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Operator is what a Condition does with its parts.
type Operator uint8

// The operators and functions of conditions. And, Or and Not combine Conditions, the others look at
// Operands, the first of which is compared with the rest.
const (
	_ Operator = iota
	And
	Or
	Not
	Equal
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	Between
	In
	AttributeExists
	AttributeNotExists
	AttributeType
	BeginsWith
	Contains
)

var operatorNames = [...]string{
	"", "AND", "OR", "NOT", "=", "<>", "<", "<=", ">", ">=", "BETWEEN", "IN",
	"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains",
}

// String is the operator as expressions write it.
func (o Operator) String() string { return operatorNames[o] }

// operatorOf is the operator that a word stands for; 0 when it is no keyword of conditions.
func operatorOf(word string) Operator {
	switch len(word) {
	case 2:
		if sameWord(word, "OR") {
			return Or
		}
		if sameWord(word, "IN") {
			return In
		}
	case 3:
		if sameWord(word, "AND") {
			return And
		}
		if sameWord(word, "NOT") {
			return Not
		}
	case 7:
		if sameWord(word, "BETWEEN") {
			return Between
		}
	}
	return 0
}

// Condition is a tree of conditions: And, Or and Not have Conditions, the other operators Operands.
type Condition struct {
	Operator   Operator
	Conditions []Condition
	Operands   []Operand
}

// OperandKind is what an Operand is made of.
type OperandKind uint8

// The kinds of operands: a document path, a value, the size of an operand; and in updates
// if_not_exists, list_append, + and - of two operands.
const (
	PathOperand OperandKind = iota
	ValueOperand
	SizeOperand
	IfNotExistsOperand
	ListAppendOperand
	AddOperand
	SubtractOperand

	// A function that gives a truth value, where an operand should be: a fault, never evaluated.
	misusedOperand
)

// Operand is a path, a value, or a function of Arguments.
type Operand struct {
	Kind      OperandKind
	Path      Path
	Value     *item.Value
	Arguments []Operand
}

// PathTo is the operand of a path.
func PathTo(path Path) Operand { return Operand{Kind: PathOperand, Path: path} }

// Literal is the operand of a value.
func Literal(v item.Value) Operand { return Operand{Kind: ValueOperand, Value: &v} }

// ParseCondition reads a ConditionExpression, FilterExpression or KeyConditionExpression.
func ParseCondition(kind Kind, text string, placeholders *Placeholders) (*Condition, error) {
	return parseCondition(kind, text, placeholders)
}

// Matches is whether the condition holds for a document. An error is only one of reading the document.
func (c *Condition) Matches(d Document) (bool, error) {
	switch c.Operator {
	case And:
		for i := range c.Conditions {
			if ok, err := c.Conditions[i].Matches(d); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	case Or:
		for i := range c.Conditions {
			if ok, err := c.Conditions[i].Matches(d); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	case Not:
		ok, err := c.Conditions[0].Matches(d)
		return !ok && err == nil, err
	}
	return c.compare(d)
}

func (c *Condition) compare(d Document) (bool, error) {
	first, found, err := c.Operands[0].value(d)
	if err != nil {
		return false, err
	}
	switch c.Operator {
	case AttributeExists:
		return found, nil
	case AttributeNotExists:
		return !found, nil
	case In:
		return c.inList(first, found, d)
	}
	second, secondFound, err := c.Operands[1].value(d)
	if err != nil {
		return false, err
	}
	if !found || !secondFound {
		return c.Operator == NotEqual, nil
	}
	switch c.Operator {
	case Equal:
		return item.Equal(first, second), nil
	case NotEqual:
		return !item.Equal(first, second), nil
	case Between:
		third, thirdFound, err := c.Operands[2].value(d)
		if err != nil || !thirdFound {
			return false, err
		}
		return ordered(GreaterEqual, first, second) && ordered(LessEqual, first, third), nil
	case AttributeType:
		return first.Type.String() == second.Text, nil
	case BeginsWith:
		return beginsWith(first, second), nil
	case Contains:
		return contains(first, second), nil
	}
	return ordered(c.Operator, first, second), nil
}

func (c *Condition) inList(first item.Value, found bool, d Document) (bool, error) {
	if !found {
		return false, nil
	}
	for i := range c.Operands[1:] {
		v, ok, err := c.Operands[1+i].value(d)
		if err != nil {
			return false, err
		}
		if ok && item.Equal(first, v) {
			return true, nil
		}
	}
	return false, nil
}

// ordered is false for values that have no order among them.
func ordered(operator Operator, a, b item.Value) bool {
	order, ok := item.Compare(a, b)
	if !ok {
		return false
	}
	switch operator {
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	case GreaterEqual:
		return order >= 0
	}
	return false
}

// value is what the operand stands for; ok is false for a path that leads nowhere, or the size of what has none.
func (o *Operand) value(d Document) (v item.Value, ok bool, err error) {
	switch o.Kind {
	case ValueOperand:
		return *o.Value, true, nil
	case PathOperand:
		return o.Path.lookup(d)
	case SizeOperand:
		v, ok, err = o.Arguments[0].value(d)
		if !ok || err != nil {
			return v, false, err
		}
		v, ok = sizeOf(v)
		return v, ok, nil
	}
	return item.Value{}, false, nil
}

// EachPath calls fn with every path that the condition looks at.
func (c *Condition) EachPath(fn func(Path)) {
	for i := range c.Conditions {
		c.Conditions[i].EachPath(fn)
	}
	for i := range c.Operands {
		c.Operands[i].eachPath(fn)
	}
}

func (o *Operand) eachPath(fn func(Path)) {
	if o.Kind == PathOperand {
		fn(o.Path)
		return
	}
	for i := range o.Arguments {
		o.Arguments[i].eachPath(fn)
	}
}

// CheckFilter is the fault of a filter that looks at one of these key attributes, else nil.
func (c *Condition) CheckFilter(keys ...string) error {
	var found string
	c.EachPath(func(path Path) {
		for _, key := range keys {
			if found == "" && path.Attribute() == key {
				found = key
			}
		}
	})
	if found == "" {
		return nil
	}
	return fault("Filter Expression can only contain non-primary key attributes: Primary key attribute: " + found)
}
