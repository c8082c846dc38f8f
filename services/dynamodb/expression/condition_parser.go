package expression

import (
	"strconv"
)

// How tightly operators bind. Comparisons do not chain.
const (
	_ = iota
	orPrecedence
	andPrecedence
	notPrecedence
)

// term is a part of a condition before it is known what it will be part of: "(a" may go on as
// "(a).b = :c" or as "(a = :c)".
type term struct {
	// condition is set for a condition, and for a function that gives a truth value.
	condition  Condition
	operand    Operand
	isFunction bool // one that gives a truth value
	// parenthesized is set by the pair of parentheses directly around the term.
	parenthesized bool
}

func (t *term) isCondition() bool { return t.condition.Operator != 0 && !t.isFunction }

type conditionParser struct {
	parser
	operands []Operand // room for operands
}

func parseCondition(kind Kind, text string, placeholders *Placeholders) (*Condition, error) {
	p := conditionParser{operands: make([]Operand, 0, min(8, 2+len(text)/16))}
	if err := p.begin(kind, text, placeholders); err != nil {
		return nil, err
	}
	t, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.current.kind != tokenEnd {
		return nil, p.syntaxError()
	}
	condition, err := p.asCondition(t)
	if err != nil {
		return nil, err
	}
	f := &p.faults
	if err := p.firstOf(f.parentheses, f.function, f.misused, f.reserved, f.index, f.depth, f.condition); err != nil {
		return nil, err
	}
	return &condition, nil
}

// expression reads a term and the operators behind it that bind tighter than minimum.
func (p *conditionParser) expression(minimum int) (term, error) {
	left, err := p.prefix()
	if err != nil {
		return left, err
	}
	for {
		operator := p.infix()
		switch operator {
		case 0, Not:
			return left, nil
		case And, Or:
			precedence := andPrecedence
			if operator == Or {
				precedence = orPrecedence
			}
			if precedence <= minimum {
				return left, nil
			}
			left, err = p.combine(operator, precedence, left)
		default:
			left, err = p.comparison(operator, left)
		}
		if err != nil {
			return left, err
		}
	}
}

// infix is the operator that the current token stands for, 0 when it is none.
func (p *conditionParser) infix() Operator {
	switch p.current.kind {
	case tokenWord:
		return operatorOf(p.here())
	case tokenSymbol:
		switch p.here() {
		case "=":
			return Equal
		case "<>":
			return NotEqual
		case "<":
			return Less
		case "<=":
			return LessEqual
		case ">":
			return Greater
		case ">=":
			return GreaterEqual
		}
	}
	return 0
}

// prefix reads what a condition can begin with.
func (p *conditionParser) prefix() (term, error) {
	switch {
	case p.is("("):
		p.advance()
		inner, err := p.expression(0)
		if err != nil {
			return inner, err
		}
		return p.closeParenthesis(inner)
	case p.current.kind == tokenWord && operatorOf(p.here()) == Not:
		p.advance()
		p.operators++
		t, err := p.expression(notPrecedence)
		if err != nil {
			return t, err
		}
		condition, err := p.asCondition(t)
		return term{condition: Condition{Operator: Not, Conditions: []Condition{condition}}}, err
	}
	return p.plainOperand()
}

// operand reads an operand, which may stand in parentheses.
func (p *conditionParser) operand() (term, error) {
	if !p.is("(") {
		return p.plainOperand()
	}
	p.advance()
	inner, err := p.operand()
	if err != nil {
		return inner, err
	}
	return p.closeParenthesis(inner)
}

func (p *conditionParser) closeParenthesis(inner term) (term, error) {
	if err := p.expect(")"); err != nil {
		return inner, err
	}
	if inner.parenthesized {
		note(&p.faults.parentheses, "The expression has redundant parentheses;")
	}
	inner.parenthesized = true
	if inner.condition.Operator == 0 && inner.operand.Kind == PathOperand {
		path, err := p.pathOn(inner.operand.Path)
		if err != nil {
			return inner, err
		}
		if len(path) > len(inner.operand.Path) {
			inner = term{operand: PathTo(path)}
		}
	}
	return inner, nil
}

func (p *conditionParser) plainOperand() (term, error) {
	switch {
	case p.current.kind == tokenValue:
		return term{operand: Operand{Kind: ValueOperand, Value: p.value()}}, nil
	case p.current.kind == tokenWord && !p.isKeyword() && p.follows("("):
		return p.function()
	case p.startsPath():
		path, err := p.path()
		return term{operand: PathTo(path)}, err
	}
	return term{}, p.syntaxError()
}

// function reads a function's name and operands.
func (p *conditionParser) function() (term, error) {
	name := p.here()
	p.operators++
	p.advance()
	arguments, err := p.list()
	if err != nil {
		return term{}, err
	}
	return p.call(name, arguments), nil
}

// list reads operands in parentheses, one at least.
func (p *conditionParser) list() ([]Operand, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var room [4]Operand
	list := room[:0]
	for {
		t, err := p.operand()
		if err != nil {
			return nil, err
		}
		list = append(list, p.asOperand(t))
		if !p.is(",") {
			break
		}
		p.advance()
	}
	return p.keep(list...), p.expect(")")
}

// keep puts operands that belong together where they stay.
func (p *conditionParser) keep(operands ...Operand) []Operand {
	start := len(p.operands)
	p.operands = append(p.operands, operands...)
	return p.operands[start:len(p.operands):len(p.operands)]
}

// asOperand is the term where an operand is needed; functions with a truth value are none.
func (p *conditionParser) asOperand(t term) Operand {
	if t.isFunction {
		p.misused(t.condition.Operator.String())
		return Operand{Kind: misusedOperand}
	}
	return t.operand
}

func (p *conditionParser) misused(function string) {
	note(&p.faults.misused, textMisused+function)
}

// asCondition is the term where a condition is needed. The current token is the one behind it.
func (p *conditionParser) asCondition(t term) (Condition, error) {
	switch {
	case t.isFunction:
		p.endCondition()
	case t.condition.Operator != 0:
	case t.operand.Kind == SizeOperand:
		p.misused("size")
	default:
		return t.condition, p.syntaxError()
	}
	return t.condition, nil
}

// endCondition settles which fault is reported of a condition that has several: later conditions
// only count when there was none up to here.
func (p *conditionParser) endCondition() {
	f := &p.faults
	for _, text := range [...]string{f.name, f.operands, f.distinct, f.types} {
		if text != "" {
			note(&f.condition, text)
			return
		}
	}
}

// combine reads the right side of AND or OR. Chains of one operator become one flat condition.
func (p *conditionParser) combine(operator Operator, precedence int, left term) (term, error) {
	first, err := p.asCondition(left)
	if err != nil {
		return left, err
	}
	p.operators++
	p.advance()
	t, err := p.expression(precedence)
	if err != nil {
		return t, err
	}
	second, err := p.asCondition(t)
	if err != nil {
		return t, err
	}
	if first.Operator == operator && !left.parenthesized {
		first.Conditions = append(first.Conditions, second)
		return term{condition: first}, nil
	}
	return term{condition: Condition{Operator: operator, Conditions: []Condition{first, second}}}, nil
}

// comparison reads what follows the left operand of a comparator, BETWEEN or IN.
func (p *conditionParser) comparison(operator Operator, left term) (term, error) {
	if left.isCondition() {
		return left, p.syntaxError()
	}
	first := p.asOperand(left)
	p.operators++
	p.advance()
	condition := Condition{Operator: operator}
	if operator == In {
		list, err := p.list()
		if err != nil {
			return left, err
		}
		if len(list) > maxInList {
			note(&p.faults.operands, "The IN operator is provided with too many operands; number of operands: "+strconv.Itoa(len(list)))
		}
		condition.Operands = append(append(make([]Operand, 0, 1+len(list)), first), list...)
	} else {
		right, err := p.operand()
		if err != nil {
			return left, err
		}
		second := p.asOperand(right)
		if operator != Between {
			condition.Operands = p.keep(first, second)
		} else {
			third, err := p.upperBound()
			if err != nil {
				return left, err
			}
			condition.Operands = p.keep(first, second, third)
		}
	}
	p.checkComparison(&condition)
	p.endCondition()
	return term{condition: condition}, nil
}

// upperBound reads AND and the operand behind it.
func (p *conditionParser) upperBound() (Operand, error) {
	if p.current.kind != tokenWord || operatorOf(p.here()) != And {
		return Operand{}, p.syntaxError()
	}
	p.advance()
	t, err := p.operand()
	if err != nil {
		return Operand{}, err
	}
	return p.asOperand(t), nil
}
