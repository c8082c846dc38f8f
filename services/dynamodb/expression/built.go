package expression

import (
	"strconv"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Check is the first fault of a condition that was built from another language's text: functions with
// the wrong number of operands, operands that cannot be compared whatever the item is.
func (c *Condition) Check() error {
	var p conditionParser
	p.judge(c)
	if p.faults.condition == "" {
		return nil
	}
	return fault(p.faults.condition)
}

func (p *conditionParser) judge(c *Condition) {
	for i := range c.Conditions {
		p.judge(&c.Conditions[i])
	}
	if len(c.Conditions) > 0 {
		return
	}
	for i := range c.Operands {
		if o := &c.Operands[i]; o.Kind == SizeOperand {
			p.judgeFunction("size", 0, o.Arguments)
		}
	}
	if c.Operator >= AttributeExists {
		p.judgeFunction(c.Operator.String(), c.Operator, c.Operands)
	} else {
		p.checkComparison(c)
	}
	p.endCondition()
}

// CheckPaths is the fault of an update's paths of which one lies within another.
func CheckPaths(paths []Path) error {
	overlap, conflict := checkOverlap(paths)
	if overlap == "" {
		overlap = conflict
	}
	if overlap == "" {
		return nil
	}
	return fault(overlap)
}

// WrongOperandCount is the fault of a function with so many operands.
func WrongOperandCount(function string, count int) error {
	return fault(textOperandCount + function + ", number of operands: " + strconv.Itoa(count))
}

// WrongOperandType is the fault of an operator or a function with an operand of this type.
func WrongOperandType(operator string, found item.Type) error {
	return fault(textOperandType + operator + ", operand type: " + found.String())
}

const (
	textOperandCount = "Incorrect number of operands for operator or function; operator or function: "
	textOperandType  = "Incorrect operand type for operator or function; operator or function: "
	textMisused      = "The function is not allowed to be used this way in an expression; function: "
)

// Equal is whether two paths are the same.
func (p Path) Equal(other Path) bool { return equalPaths(p, other) }

// Lookup follows the path into a document; ok is false where it leads nowhere.
func (p Path) Lookup(d Document) (v item.Value, ok bool, err error) { return p.lookup(d) }
