package expression

import (
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

type updateParser struct {
	parser
	actions  []Action
	sections [Delete + 1]bool
	operands string // the first operand of ADD or DELETE that is of a wrong type
}

func parseUpdate(text string, placeholders *Placeholders) (*Update, error) {
	p := updateParser{actions: make([]Action, 0, min(8, 1+len(text)/16))}
	if err := p.begin(UpdateExpression, text, placeholders); err != nil {
		return nil, err
	}
	for p.current.kind != tokenEnd {
		if err := p.section(); err != nil {
			return nil, err
		}
	}
	paths := make([]Path, len(p.actions))
	for i := range p.actions {
		paths[i] = p.actions[i].Path
	}
	f := &p.faults
	overlap, conflict := checkOverlap(paths)
	if f.name != "" {
		overlap, conflict = "", "" // paths with undefined names tell nothing
	}
	err := p.firstOf(f.reserved, f.function, f.misused, f.section, f.index, f.depth, f.name, overlap, conflict, p.operands, f.operands, f.types)
	if err != nil {
		return nil, err
	}
	return NewUpdate(p.actions), nil
}

// section reads SET, REMOVE, ADD or DELETE and the actions behind it.
func (p *updateParser) section() error {
	kind := ActionKind(0)
	if p.current.kind == tokenWord {
		kind = actionOf(p.here())
	}
	if kind == 0 {
		return p.syntaxError()
	}
	if p.sections[kind] {
		note(&p.faults.section, `The "`+kind.String()+`" section can only be used once in an update expression;`)
	}
	p.sections[kind] = true
	for {
		p.advance() // the section's word, or a comma
		if err := p.action(kind); err != nil {
			return err
		}
		if !p.is(",") {
			break
		}
	}
	if p.current.kind != tokenEnd && !p.isKeyword() {
		return p.syntaxError()
	}
	return nil
}

func (p *updateParser) action(kind ActionKind) error {
	path, err := p.path()
	if err != nil {
		return err
	}
	action := Action{Kind: kind, Path: path}
	switch kind {
	case Set:
		if err := p.expect("="); err != nil {
			return err
		}
		sum, err := p.sum()
		if err != nil {
			return err
		}
		action.Operand = sum.Operand
	case Add, Delete:
		if p.current.kind != tokenValue {
			return p.syntaxError()
		}
		action.Operand = Operand{Kind: ValueOperand, Value: p.value()}
		p.checkSetOperand(kind, action.Operand.Value.Type)
	}
	p.actions = append(p.actions, action)
	return nil
}

var typeWords = map[item.Type]string{
	item.S: "STRING", item.N: "NUMBER", item.B: "BINARY", item.BOOL: "BOOLEAN", item.NULL: "NULL", item.L: "LIST", item.M: "MAP",
}

// checkSetOperand: ADD takes sets and numbers, DELETE sets.
func (p *updateParser) checkSetOperand(kind ActionKind, t item.Type) {
	if word, bad := typeWords[t]; bad && (kind == Delete || t != item.N) {
		note(&p.operands, "Incorrect operand type for operator or function; operator: "+kind.String()+", operand type: "+word)
	}
}

// value is an operand of SET while it is read.
type updateValue struct {
	Operand
	parenthesized bool
}

func (v *updateValue) isSum() bool { return v.Kind == AddOperand || v.Kind == SubtractOperand }

// sum reads an operand, or two with + or - between them; AWS takes no more than that.
func (p *updateParser) sum() (updateValue, error) {
	left, err := p.operand()
	if err != nil {
		return left, err
	}
	kind, name := AddOperand, "+"
	switch {
	case p.is("+"):
	case p.is("-"):
		kind, name = SubtractOperand, "-"
	default:
		return left, nil
	}
	if left.isSum() {
		return left, p.syntaxError()
	}
	p.operators++
	p.advance()
	right, err := p.operand()
	if err != nil {
		return right, err
	}
	if right.isSum() {
		return right, p.syntaxError()
	}
	arguments := []Operand{left.Operand, right.Operand}
	for i := range arguments {
		if t := arguments[i].staticType(); t != item.Invalid && t != item.N {
			p.wrongOperandType(name, t.String())
		}
	}
	return updateValue{Operand: Operand{Kind: kind, Arguments: arguments}}, nil
}

func (p *updateParser) operand() (updateValue, error) {
	switch {
	case p.is("("):
		p.advance()
		inner, err := p.sum()
		if err != nil {
			return inner, err
		}
		if inner.parenthesized {
			note(&p.faults.function, "The expression has redundant parentheses;")
		}
		inner.parenthesized = true
		return inner, p.expect(")")
	case p.current.kind == tokenValue:
		return updateValue{Operand: Operand{Kind: ValueOperand, Value: p.value()}}, nil
	case p.current.kind == tokenWord && !p.isKeyword() && p.follows("("):
		operand, err := p.function()
		return updateValue{Operand: operand}, err
	}
	path, err := p.path()
	return updateValue{Operand: PathTo(path)}, err
}

// function reads if_not_exists or list_append with its operands.
func (p *updateParser) function() (Operand, error) {
	name := p.here()
	p.operators++
	p.advance()
	if err := p.expect("("); err != nil {
		return Operand{}, err
	}
	arguments := make([]Operand, 0, 2)
	for {
		argument, err := p.operand()
		if err != nil {
			return Operand{}, err
		}
		if argument.isSum() {
			return Operand{}, p.syntaxError()
		}
		arguments = append(arguments, argument.Operand)
		if !p.is(",") {
			break
		}
		p.advance()
	}
	p.checkFunction(name, arguments)
	kind := ListAppendOperand
	if name == "if_not_exists" {
		kind = IfNotExistsOperand
	}
	return Operand{Kind: kind, Arguments: arguments}, p.expect(")")
}

func (p *updateParser) checkFunction(name string, arguments []Operand) {
	for i := range arguments { // only if_not_exists may stand inside another function
		if arguments[i].Kind == ListAppendOperand {
			note(&p.faults.misused, textMisused+"list_append")
		}
	}
	switch {
	case !isUpdateFunction(name):
		text := "Invalid function name; function: " + name
		if operator, isSize := functionOf(name); operator != 0 || isSize {
			text = "The function is not allowed in an update expression; function: " + name
		}
		note(&p.faults.function, text)
	case len(arguments) != 2:
		p.wrongOperandCount(name, len(arguments))
	case name == "list_append":
		for i := range arguments {
			if t := arguments[i].staticType(); t != item.Invalid && t != item.L {
				p.wrongOperandType(name, t.String())
			}
		}
	case arguments[0].Kind != PathOperand:
		p.needsPath(name)
	}
}
