package partiql

// How tightly operators bind; looser ones come first. NOT stands before its operand.
var precedences = map[string]int{
	"union": 5, "intersect": 5, "except": 5,
	"or":  10,
	"and": 20,
	"not": notPrecedence,
	"=":   40, "<>": 40, "is": 40, "is_not": 40, "in": 40, "not_in": 40,
	"<": 50, "<=": 50, ">": 50, ">=": 50,
	"between": 60, "not_between": 60, "like": 60, "not_like": 60,
	"||": 70,
	"+":  80, "-": 80,
	"*": 90, "/": 90, "%": 90,
}

const notPrecedence = 30

// mostLevels keeps a hostile statement from using up the stack; a statement that an item can come of has fewer.
const mostLevels = 512

type parser struct {
	tokens []token
	at     int
	levels int
}

func (p *parser) head() *token { return &p.tokens[p.at] }

// next is the current token, which is consumed; the end stays.
func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// accept consumes the token if it is this one.
func (p *parser) accept(text string) bool {
	if !p.head().is(text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(symbol, name string) error {
	if !p.accept(symbol) {
		return malformed("Expected " + name)
	}
	return nil
}

// infix is the operator at hand and how tightly it binds; 0 when there is none.
func (p *parser) infix() (token, int) {
	t := *p.head()
	if t.kind != tokenOperator && !t.is("*") || t.text == "not" || t.text == "@" {
		return t, 0
	}
	return t, precedences[t.text]
}

// expression reads a term and the operators behind it that bind tighter than minimum.
func (p *parser) expression(minimum int) (*node, error) {
	if p.levels++; p.levels > mostLevels {
		return nil, malformed("")
	}
	defer func() { p.levels-- }()
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	for {
		operator, precedence := p.infix()
		if precedence <= minimum {
			return left, nil
		}
		if left, err = p.operation(operator, precedence, left); err != nil {
			return nil, err
		}
	}
}

// operation reads what follows the left operand of an operator.
func (p *parser) operation(operator token, precedence int, left *node) (*node, error) {
	p.at++
	if operator.text == "is" || operator.text == "is_not" {
		t := p.head()
		if _, ok := typeNames[t.text]; !ok || t.kind != tokenKeyword {
			return nil, malformed("Expected type name")
		}
		wanted := &node{kind: nodeType, token: p.next()}
		if p.head().is("(") { // a length, which no type here has a use for
			if _, err := p.arguments(); err != nil {
				return nil, err
			}
		}
		return &node{kind: nodeBinary, token: operator, children: []*node{left, wanted}}, nil
	}
	if p.head().kind == tokenEnd {
		return nil, malformed("Missing right-hand side expression of infix operator")
	}
	if (operator.text == "in" || operator.text == "not_in") && p.head().is("(") {
		list := &node{kind: nodeList, token: *p.head()}
		var err error
		if list.children, err = p.arguments(); err != nil {
			return nil, err
		}
		return &node{kind: nodeBinary, token: operator, children: []*node{left, list}}, nil
	}
	right, err := p.expression(precedence)
	if err != nil {
		return nil, err
	}
	if operator.text != "between" && operator.text != "not_between" {
		return &node{kind: nodeBinary, token: operator, children: []*node{left, right}}, nil
	}
	if err := p.expect("and", "AND"); err != nil {
		return nil, err
	}
	if p.head().kind == tokenEnd {
		return nil, malformed("Expected expression after AND")
	}
	upper, err := p.expression(precedence)
	if err != nil {
		return nil, err
	}
	return &node{kind: nodeRange, token: operator, children: []*node{left, right, upper}}, nil
}

func (p *parser) unary() (*node, error) {
	t := *p.head()
	if t.kind != tokenOperator || t.text != "not" && t.text != "+" && t.text != "-" {
		return p.path(false)
	}
	p.at++
	if t.text == "not" {
		child, err := p.expression(notPrecedence)
		return &node{kind: nodeNot, token: t, children: []*node{child}}, err
	}
	if p.levels++; p.levels > mostLevels {
		return nil, malformed("")
	}
	defer func() { p.levels-- }()
	child, err := p.unary()
	if err != nil {
		return nil, err
	}
	if child.kind != nodeNumber {
		return &node{kind: nodeSign, token: t, children: []*node{child}}, nil
	}
	if t.text == "-" {
		if child.text[0] == '-' {
			child.text = child.text[1:]
		} else {
			child.text = "-" + child.text
		}
	}
	return child, nil
}

// path reads a term and the steps behind it. A simple path begins with a name.
func (p *parser) path(simple bool) (*node, error) {
	var root *node
	var err error
	if simple {
		if t := p.head(); t.kind != tokenName && t.kind != tokenQuotedName {
			return nil, malformed("Expected identifier for simple path")
		}
		t := p.next()
		root = &node{kind: nodeName, token: t, text: t.text}
	} else if root, err = p.term(); err != nil {
		return nil, err
	}
	children := []*node{root}
	for {
		var step *node
		switch {
		case p.accept("."):
			step, err = p.dotStep(simple)
		case p.accept("["):
			step, err = p.bracketStep(simple)
		case len(children) == 1:
			return root, nil
		default:
			return &node{kind: nodePath, token: root.token, children: children}, nil
		}
		if err != nil {
			return nil, err
		}
		children = append(children, step)
	}
}

func (p *parser) dotStep(simple bool) (*node, error) {
	switch t := *p.head(); {
	case t.kind == tokenName, t.kind == tokenQuotedName:
		p.at++
		return &node{kind: nodeName, token: t, text: t.text}, nil
	case t.is("*") && !simple:
		p.at++
		return &node{kind: nodeStar, token: t}, nil
	case t.is("*"):
		return nil, malformed("Invalid path dot component for simple path")
	}
	return nil, malformed("Invalid path dot component")
}

func (p *parser) bracketStep(simple bool) (*node, error) {
	var step *node
	if t := *p.head(); t.is("*") {
		p.at++
		step = &node{kind: nodeStar, token: t}
	} else {
		var err error
		if step, err = p.expression(0); err != nil {
			return nil, err
		}
	}
	if err := p.expect("]", "RIGHT_BRACKET"); err != nil {
		return nil, err
	}
	if simple && step.kind != nodeString && step.kind != nodeNumber {
		return nil, malformed("Invalid path component for simple path")
	}
	return step, nil
}

// term reads what stands without operators.
func (p *parser) term() (*node, error) {
	t := *p.head()
	n := &node{token: t, text: t.text}
	switch t.kind {
	case tokenOperator:
		return nil, malformed("Unexpected operator")
	case tokenKeyword:
		return p.keywordTerm()
	case tokenName, tokenQuotedName:
		p.at++
		if !p.head().is("(") {
			return n, nil
		}
		var err error
		n.kind = nodeCall
		n.children, err = p.arguments()
		return n, err
	case tokenString:
		n.kind = nodeString
	case tokenNumber:
		n.kind = nodeNumber
	case tokenIon:
		n.kind = nodeIon
	case tokenQuestion:
		n.kind = nodeParameter
	default:
		return p.bracketedTerm()
	}
	p.at++
	return n, nil
}

func (p *parser) keywordTerm() (*node, error) {
	t := *p.head()
	n := &node{token: t, text: t.text}
	switch t.text {
	case "null":
		n.kind = nodeNull
	case "missing":
		n.kind = nodeMissing
	case "true", "false":
		n.kind = nodeBool
	case "select":
		p.at++
		return p.selects()
	case "insert_into", "update", "delete", "from", "set", "remove":
		return p.writes()
	default:
		if !functionKeywords[t.text] || !p.tokens[p.at+1].is("(") {
			return nil, malformed("Unexpected keyword")
		}
		p.at++
		var err error
		n.kind = nodeCall
		n.children, err = p.arguments()
		return n, err
	}
	p.at++
	return n, nil
}

// bracketedTerm reads an expression in parentheses, a list, a bag or a struct.
func (p *parser) bracketedTerm() (*node, error) {
	n := &node{token: *p.head()}
	var err error
	switch {
	case n.token.is("("):
		if n.children, err = p.arguments(); err != nil {
			return nil, err
		}
		switch len(n.children) {
		case 0:
			return nil, malformed("Expression group cannot be empty")
		case 1:
			return n.children[0], nil
		}
		n.kind = nodeList
		return n, nil
	case p.accept("["):
		n.kind = nodeList
		n.children, err = p.list("]", "RIGHT_BRACKET", p.element)
	case p.accept("<<"):
		n.kind = nodeBag
		n.children, err = p.list(">>", "RIGHT_DOUBLE_ANGLE_BRACKET", p.element)
	case p.accept("{"):
		n.kind = nodeStruct
		n.children, err = p.list("}", "RIGHT_CURLY", p.field)
	default:
		return nil, malformed("Unexpected term")
	}
	return n, err
}

// arguments reads expressions in parentheses; a star stands for all.
func (p *parser) arguments() ([]*node, error) {
	if err := p.expect("(", "LEFT_PAREN"); err != nil {
		return nil, err
	}
	if t := *p.head(); t.is("*") && p.tokens[p.at+1].is(")") {
		p.at += 2
		return []*node{{kind: nodeStar, token: t}}, nil
	}
	return p.list(")", "RIGHT_PAREN", p.element)
}

// list reads elements with commas between them, and the symbol that closes the list.
func (p *parser) list(closing, name string, element func(list []*node) ([]*node, error)) ([]*node, error) {
	if p.accept(closing) {
		return nil, nil
	}
	var list []*node
	for {
		var err error
		if list, err = element(list); err != nil {
			return nil, err
		}
		if !p.accept(",") {
			return list, p.expect(closing, name)
		}
	}
}

func (p *parser) element(list []*node) ([]*node, error) {
	n, err := p.expression(0)
	return append(list, n), err
}

func (p *parser) field(list []*node) ([]*node, error) {
	key, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if err := p.expect(":", "COLON"); err != nil {
		return nil, err
	}
	value, err := p.expression(0)
	return append(list, key, value), err
}
