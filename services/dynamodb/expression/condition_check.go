package expression

import (
	"encoding/base64"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// call makes a term of a function, and notes what is wrong with its operands.
func (p *conditionParser) call(name string, arguments []Operand) term {
	operator, isSize := functionOf(name)
	if operator == 0 && !isSize {
		text := "Invalid function name; function: " + name
		if isUpdateFunction(name) {
			text = "The function is not allowed in a condition expression; function: " + name
		}
		note(&p.faults.function, text)
		return term{isFunction: true, condition: Condition{Operator: AttributeExists, Operands: arguments}}
	}
	p.judgeFunction(name, operator, arguments)
	if isSize {
		return term{operand: Operand{Kind: SizeOperand, Arguments: arguments}}
	}
	return term{isFunction: true, condition: Condition{Operator: operator, Operands: arguments}}
}

// judgeFunction notes what is wrong with a function's operands. The operator of size is 0.
func (p *conditionParser) judgeFunction(name string, operator Operator, arguments []Operand) {
	want := 2
	switch operator {
	case 0, AttributeExists, AttributeNotExists:
		want = 1
	}
	if len(arguments) != want {
		p.wrongOperandCount(name, len(arguments))
		return
	}
	p.checkDistinct(name, arguments)
	p.checkFunction(name, operator, arguments)
}

// functionOf is a condition function by its name, which is in lower case.
func functionOf(name string) (operator Operator, isSize bool) {
	if name == "size" {
		return 0, true
	}
	for operator := AttributeExists; operator <= Contains; operator++ {
		if operatorNames[operator] == name {
			return operator, false
		}
	}
	return 0, false
}

func isUpdateFunction(name string) bool { return name == "if_not_exists" || name == "list_append" }

// staticType is the type that an operand certainly has: Invalid when only the item can tell.
func (o *Operand) staticType() item.Type {
	switch o.Kind {
	case ValueOperand:
		return o.Value.Type
	case SizeOperand:
		return item.N
	}
	return item.Invalid
}

func (p *conditionParser) checkFunction(name string, operator Operator, arguments []Operand) {
	first := arguments[0].staticType()
	switch operator {
	case AttributeExists, AttributeNotExists:
		if arguments[0].Kind != PathOperand {
			p.needsPath(name)
		}
	case BeginsWith:
		for i := range arguments {
			if t := arguments[i].staticType(); t != item.Invalid && t != item.S && t != item.B {
				p.wrongOperandType(name, t.String())
			}
		}
	case AttributeType:
		p.checkAttributeType(name, &arguments[1])
	case Contains:
	default: // size
		if first == item.N || first == item.BOOL || first == item.NULL {
			p.wrongOperandType(name, first.String())
		}
	}
}

// allTypes are AWS's words for types in an order of its own.
const allTypes = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"

func (p *conditionParser) checkAttributeType(name string, wanted *Operand) {
	switch t := wanted.staticType(); {
	case wanted.Kind == ValueOperand && t == item.Invalid: // not defined, which is reported
	case t == item.Invalid:
		p.wrongOperandType(name, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")
	case t != item.S:
		p.wrongOperandType(name, t.String())
	default:
		if _, ok := item.TypeOf(wanted.Value.Text); !ok {
			note(&p.faults.types, "Invalid attribute type name found; type: "+wanted.Value.Text+", valid types: "+allTypes)
		}
	}
}

// checkComparison notes operands that cannot be compared whatever the item is.
func (p *conditionParser) checkComparison(c *Condition) {
	p.checkDistinct(c.Operator.String(), c.Operands)
	if c.Operator == Equal || c.Operator == NotEqual || c.Operator == In {
		return
	}
	for i := range c.Operands {
		switch t := c.Operands[i].staticType(); t {
		case item.Invalid, item.S, item.N, item.B:
		default:
			p.wrongOperandType(c.Operator.String(), t.String())
		}
	}
	if c.Operator == Between {
		p.checkBounds(&c.Operands[1], &c.Operands[2])
	}
}

func (p *conditionParser) checkDistinct(operator string, operands []Operand) {
	if operands[0].Kind != PathOperand {
		return
	}
	for i := range operands[1:] {
		if o := &operands[1+i]; o.Kind == PathOperand && equalPaths(o.Path, operands[0].Path) {
			note(&p.faults.distinct, "The first operand must be distinct from the remaining operands for this operator or function; operator: "+
				operator+", first operand: "+o.Path.String())
			return
		}
	}
}

func (p *conditionParser) checkBounds(lower, upper *Operand) {
	if lower.Kind != ValueOperand || upper.Kind != ValueOperand ||
		lower.Value.Type == item.Invalid || upper.Value.Type == item.Invalid {
		return
	}
	bounds := func() string {
		return "; lower bound operand: AttributeValue: " + shown(lower.Value) + ", upper bound operand: AttributeValue: " + shown(upper.Value)
	}
	if lower.Value.Type != upper.Value.Type {
		note(&p.faults.types, "The BETWEEN operator requires same data type for lower and upper bounds"+bounds())
		return
	}
	if order, ok := item.Compare(*lower.Value, *upper.Value); ok && order > 0 {
		note(&p.faults.types, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound"+bounds())
	}
}

// shown is a scalar as AWS's messages have it: {N:2}.
func shown(v *item.Value) string {
	text := v.Text
	if v.Type == item.B {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	return "{" + v.Type.String() + ":" + text + "}"
}
