package cloudwatch

import (
	"math"
	"strconv"
	"strings"
)

var operators = map[string]func(a, b float64) float64{
	"+":  func(a, b float64) float64 { return a + b },
	"-":  func(a, b float64) float64 { return a - b },
	"*":  func(a, b float64) float64 { return a * b },
	"/":  func(a, b float64) float64 { return a / b },
	"^":  math.Pow,
	"==": func(a, b float64) float64 { return truth(a == b) },
	"!=": func(a, b float64) float64 { return truth(a != b) },
	"<":  func(a, b float64) float64 { return truth(a < b) },
	"<=": func(a, b float64) float64 { return truth(a <= b) },
	">":  func(a, b float64) float64 { return truth(a > b) },
	">=": func(a, b float64) float64 { return truth(a >= b) },
	"&&": func(a, b float64) float64 { return truth(a != 0 && b != 0) },
	"||": func(a, b float64) float64 { return truth(a != 0 || b != 0) },
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

var strength = map[string]int{
	"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "/": 5, "^": 7,
}

const strengthOfMinus = 6

// deepest bounds how far an expression nests.
const deepest = 100

type mathParser struct {
	rest  string
	depth int
}

// parseMath reads an expression. Its errors are *aws.Error for functions that are not carried out,
// mathError for mistakes.
func parseMath(expression string) (node, error) {
	p := &mathParser{rest: expression}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.rest != "" {
		return nil, failed("Invalid syntax at %q", p.rest)
	}
	return n, nil
}

func (p *mathParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take consumes a piece of text if it comes next.
func (p *mathParser) take(piece string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.rest, piece)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *mathParser) operator() string {
	p.skip()
	for _, o := range []string{"==", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/", "^", "<", ">"} {
		if strings.HasPrefix(p.rest, o) {
			return o
		}
	}
	if word := p.word(); word == "AND" || word == "OR" {
		return word
	}
	return ""
}

// word is the name that comes next.
func (p *mathParser) word() string {
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		end = len(p.rest)
	}
	return p.rest[:end]
}

func (p *mathParser) expression(least int) (node, error) {
	if p.depth++; p.depth > deepest {
		return nil, failed("The expression nests more than %d deep", deepest)
	}
	defer func() { p.depth-- }()
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	for {
		written := p.operator()
		operator := written
		switch written {
		case "AND":
			operator = "&&"
		case "OR":
			operator = "||"
		}
		s := strength[operator]
		if s == 0 || s <= least {
			return left, nil
		}
		p.rest = p.rest[len(written):]
		if operator == "^" {
			s-- // to the right first
		}
		right, err := p.expression(s)
		if err != nil {
			return nil, err
		}
		left = operation{operator, left, right}
	}
}

func (p *mathParser) operand() (node, error) {
	p.skip()
	switch {
	case p.rest == "":
		return nil, failed("Invalid syntax: the expression ends where an operand is expected")
	case p.take("-"):
		of, err := p.expression(strengthOfMinus)
		return negated{of}, err
	case p.take("("):
		inner, err := p.expression(0)
		if err == nil && !p.take(")") {
			err = failed("Invalid syntax: a closing parenthesis is missing")
		}
		return inner, err
	case p.take("["):
		all, err := p.arguments("]")
		return array(all), err
	case p.rest[0] == '"' || p.rest[0] == '\'':
		quote := p.rest[:1]
		inner, rest, ok := strings.Cut(p.rest[1:], quote)
		if !ok {
			return nil, failed("Invalid syntax: a closing quote is missing")
		}
		p.rest = rest
		return quoted(inner), nil
	case p.rest[0] >= '0' && p.rest[0] <= '9' || p.rest[0] == '.':
		return p.number()
	}
	word := p.word()
	if word == "" {
		return nil, failed("Invalid syntax at %q", p.rest)
	}
	p.rest = p.rest[len(word):]
	if p.take("(") {
		return p.call(word)
	}
	if strings.EqualFold(word, "SELECT") {
		return nil, notImplemented("Metrics Insights queries (SELECT)")
	}
	return reference(word), nil
}

func (p *mathParser) number() (node, error) {
	end := 0
	for end < len(p.rest) {
		c := p.rest[end]
		sign := (c == '-' || c == '+') && end > 0 && (p.rest[end-1] == 'e' || p.rest[end-1] == 'E')
		if !sign && c != '.' && c != 'e' && c != 'E' && (c < '0' || c > '9') {
			break
		}
		end++
	}
	f, err := strconv.ParseFloat(p.rest[:end], 64)
	if err != nil {
		return nil, failed("Invalid syntax: %q is no number", p.rest[:end])
	}
	p.rest = p.rest[end:]
	return number(f), nil
}

// arguments reads expressions between commas, and what closes them.
func (p *mathParser) arguments(closing string) ([]node, error) {
	var all []node
	if p.take(closing) {
		return all, nil
	}
	for {
		n, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if p.take(closing) {
			return all, nil
		}
		if !p.take(",") {
			return nil, failed("Invalid syntax: %q is missing", closing)
		}
	}
}

func (p *mathParser) call(name string) (node, error) {
	fn, ok := functions[name]
	if !ok {
		if knownFunctions[name] {
			return nil, notImplemented("the metric math function %s", name)
		}
		return nil, failed("Unknown function %s", name)
	}
	arguments, err := p.arguments(")")
	if err != nil {
		return nil, err
	}
	if len(arguments) < fn.least || len(arguments) > fn.most {
		return nil, failed("The function %s does not take %d arguments", name, len(arguments))
	}
	return call{name, fn, arguments}, nil
}

type call struct {
	name      string
	fn        function
	arguments []node
}

func (c call) eval(in *scope) (any, error) {
	values := make([]any, 0, len(c.arguments))
	for _, n := range c.arguments {
		v, err := n.eval(in)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	v, err := c.fn.apply(in, values)
	if _, ok := err.(mathError); ok {
		return nil, failed("%s: %s", c.name, err)
	}
	return v, err
}
