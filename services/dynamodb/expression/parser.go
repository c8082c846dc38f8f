package expression

import (
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// parser is what the parsers of all kinds of expressions share. A syntax error ends the parsing at
// once; other faults are noted, since AWS reports them by their class, not by where they stand.
type parser struct {
	lexer
	kind              Kind
	previous, current token
	placeholders      *Placeholders
	operators         int
	faults            faults
	steps             []Step // room for paths, apart from the parser, which need not outlive the parsing
}

// faults are the first fault of each class.
type faults struct {
	index, depth, parentheses, function, misused, reserved, section string
	// These are reported for the first condition that has any, in this order.
	name, operands, distinct, types, condition string
}

func note(class *string, text string) {
	if *class == "" {
		*class = text
	}
}

func (p *parser) begin(kind Kind, text string, placeholders *Placeholders) error {
	p.kind, p.text, p.placeholders = kind, text, placeholders
	p.steps = make([]Step, 0, min(8, 1+len(text)/8))
	p.previous = token{tokenEnd, -1, -1}
	switch {
	case text == "":
		return p.invalid("The expression can not be empty;")
	case len(text) > maxLength:
		size := " expression size: " + strconv.Itoa(len(text))
		if kind == UpdateExpression {
			size = ""
		}
		return p.invalid("Expression size has exceeded the maximum allowed size;" + size)
	}
	p.current = p.next()
	if p.current.kind == tokenEnd {
		return p.invalid("The expression can not be empty;")
	}
	return nil
}

func (p *parser) invalid(text string) error {
	return fault("Invalid " + p.kind.String() + ": " + text)
}

// firstOf is the first of the classes that has a fault.
func (p *parser) firstOf(classes ...string) error {
	if p.operators > maxOperators {
		return p.invalid("The expression contains too many operators; operator count: " + strconv.Itoa(p.operators))
	}
	for _, text := range classes {
		if text != "" {
			return p.invalid(text)
		}
	}
	return nil
}

func (p *parser) advance() {
	p.previous = p.current
	p.current = p.next()
}

// here is the text of the current token.
func (p *parser) here() string { return p.text[p.current.start:p.current.stop] }

func (p *parser) is(symbol string) bool {
	return p.current.kind == tokenSymbol && p.here() == symbol
}

// follows is whether the next token but this one is the symbol; this one is not consumed.
func (p *parser) follows(symbol string) bool {
	ahead := p.lexer
	t := ahead.next()
	return t.kind == tokenSymbol && p.text[t.start:t.stop] == symbol
}

func (p *parser) expect(symbol string) error {
	if !p.is(symbol) {
		return p.syntaxError()
	}
	p.advance()
	return nil
}

// syntaxError points at the current token, and shows it with its neighbours.
func (p *parser) syntaxError() error {
	shown, start, stop := p.here(), p.current.start, p.current.stop
	if p.previous.start >= 0 {
		start = p.previous.start
	}
	if p.current.kind == tokenEnd {
		shown, stop = "<EOF>", max(p.previous.stop, start)
	} else if ahead := p.lexer.next(); ahead.kind != tokenEnd {
		stop = ahead.stop
	}
	return p.invalid(`Syntax error; token: "` + shown + `", near: "` + p.text[start:stop] + `"`)
}

// isKeyword is whether the current token is one of the words that structure this kind of expression.
func (p *parser) isKeyword() bool {
	if p.current.kind != tokenWord {
		return false
	}
	switch p.kind {
	case ProjectionExpression:
		return false
	case UpdateExpression:
		return actionOf(p.here()) != 0
	}
	return operatorOf(p.here()) != 0
}

// startsPath is whether the current token can begin a path.
func (p *parser) startsPath() bool {
	return p.current.kind == tokenName || p.current.kind == tokenWord && !p.isKeyword()
}

// path reads a document path.
func (p *parser) path() (Path, error) {
	start := len(p.steps)
	if err := p.nameStep(); err != nil {
		return nil, err
	}
	if err := p.tail(); err != nil {
		return nil, err
	}
	path := Path(p.steps[start:len(p.steps):len(p.steps)])
	p.checkDepth(path)
	return path, nil
}

// pathOn reads what follows a path in parentheses.
func (p *parser) pathOn(path Path) (Path, error) {
	if !p.is(".") && !p.is("[") {
		return path, nil
	}
	start := len(p.steps)
	p.steps = append(p.steps, path...)
	if err := p.tail(); err != nil {
		return nil, err
	}
	longer := Path(p.steps[start:len(p.steps):len(p.steps)])
	p.checkDepth(longer)
	return longer, nil
}

func (p *parser) checkDepth(path Path) {
	if len(path) > maxDepth {
		note(&p.faults.depth, "The document path has too many nesting levels; nesting levels: "+strconv.Itoa(len(path)))
	}
}

func (p *parser) tail() error {
	for {
		switch {
		case p.is("."):
			p.advance()
			if err := p.nameStep(); err != nil {
				return err
			}
		case p.is("["):
			p.advance()
			if err := p.indexStep(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (p *parser) nameStep() error {
	if !p.startsPath() {
		return p.syntaxError()
	}
	name := p.here()
	if p.current.kind == tokenName {
		resolved, ok := p.placeholders.name(name)
		if !ok {
			note(&p.faults.name, "An expression attribute name used in the document path is not defined; attribute name: "+name)
		}
		name = resolved
	} else if isReserved(name) {
		note(&p.faults.reserved, "Attribute name is a reserved keyword; reserved keyword: "+name)
	}
	p.steps = append(p.steps, Step{Name: name})
	p.advance()
	return nil
}

func (p *parser) indexStep() error {
	if p.current.kind != tokenDigits {
		return p.syntaxError()
	}
	index, err := strconv.Atoi(p.here())
	if err != nil || index > maxIndex {
		note(&p.faults.index, "List index is not within the allowable range; index: ["+p.here()+"]")
		index = 0
	}
	p.steps = append(p.steps, Step{Index: index, IsIndex: true})
	p.advance()
	return p.expect("]")
}

// unknownValue stands for a value placeholder that is not defined, so that parsing can go on.
var unknownValue = &item.Value{}

// value reads a value placeholder.
func (p *parser) value() *item.Value {
	key := p.here()
	v, ok := p.placeholders.value(key)
	if !ok {
		note(&p.faults.name, "An expression attribute value used in expression is not defined; attribute value: "+key)
		v = unknownValue
	}
	p.advance()
	return v
}

func (p *parser) wrongOperandType(operator, found string) {
	note(&p.faults.types, textOperandType+operator+", operand type: "+found)
}

func (p *parser) wrongOperandCount(function string, count int) {
	note(&p.faults.operands, WrongOperandCount(function, count).Error())
}

func (p *parser) needsPath(function string) {
	note(&p.faults.types, "Operator or function requires a document path; operator or function: "+function)
}

func sameWord(text, upper string) bool {
	return len(text) == len(upper) && strings.EqualFold(text, upper)
}
