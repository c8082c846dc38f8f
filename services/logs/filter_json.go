package logs

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// deepest bounds how far parentheses nest.
const deepest = 100

// document judges a JSON message.
type document func(v any) bool

// jsonParser reads { $.a.b[0] = "x*" && ($.n > 3 || $.c IS NULL) && $.d NOT EXISTS }.
type jsonParser struct {
	rest  string
	depth int
}

func parseJSONPattern(pattern string) (matcher, error) {
	inner, ok := strings.CutSuffix(pattern[1:], "}")
	if !ok {
		return nil, errors.New("a closing brace is missing")
	}
	p := &jsonParser{rest: inner}
	judge, err := p.either()
	if err != nil {
		return nil, err
	}
	if p.skip(); p.rest != "" {
		return nil, fmt.Errorf("unexpected %q", p.rest)
	}
	return func(message string) bool {
		if start := strings.TrimLeft(message, " \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' {
			return false
		}
		var v any
		return json.Unmarshal([]byte(message), &v) == nil && judge(v)
	}, nil
}

func (p *jsonParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *jsonParser) take(piece string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.rest, piece)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *jsonParser) either() (document, error) {
	left, err := p.both()
	for err == nil && p.take("||") {
		a := left
		var b document
		b, err = p.both()
		left = func(v any) bool { return a(v) || b(v) }
	}
	return left, err
}

func (p *jsonParser) both() (document, error) {
	left, err := p.one()
	for err == nil && p.take("&&") {
		a := left
		var b document
		b, err = p.one()
		left = func(v any) bool { return a(v) && b(v) }
	}
	return left, err
}

func (p *jsonParser) one() (document, error) {
	if p.depth++; p.depth > deepest {
		return nil, fmt.Errorf("parentheses nest more than %d deep", deepest)
	}
	defer func() { p.depth-- }()
	if p.take("(") {
		inner, err := p.either()
		if err == nil && !p.take(")") {
			err = errors.New("a closing parenthesis is missing")
		}
		return inner, err
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	return p.judgement(path)
}

func (p *jsonParser) words(words ...string) bool {
	rest := p.rest
	for _, word := range words {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) {
			return false
		}
		rest = rest[len(word):]
	}
	p.rest = rest
	return true
}

func (p *jsonParser) judgement(path path) (document, error) {
	is := func(judge func(v any, there bool) bool) document {
		return func(v any) bool { return path.any(v, judge) }
	}
	switch {
	case p.words("IS", "NULL"):
		return is(func(v any, there bool) bool { return there && v == nil }), nil
	case p.words("IS", "TRUE"):
		return is(func(v any, _ bool) bool { return v == true }), nil
	case p.words("IS", "FALSE"):
		return is(func(v any, _ bool) bool { return v == false }), nil
	case p.words("NOT", "EXISTS"):
		return func(v any) bool { return !path.any(v, func(_ any, there bool) bool { return there }) }, nil
	case p.words("EXISTS"):
		return is(func(_ any, there bool) bool { return there }), nil
	}
	c, after, err := readComparison(p.rest, " \t\r\n&|)")
	if err != nil {
		return nil, err
	}
	p.rest = after
	return is(func(v any, there bool) bool { return there && c.matchesJSON(v) }), nil
}

func (c *comparison) matchesJSON(v any) bool {
	switch v := v.(type) {
	case string:
		return c.matchesText(v)
	case float64:
		return c.matchesNumber(v)
	case bool:
		return c.matchesText(strconv.FormatBool(v))
	}
	return false
}

// path is a selector's steps: names of members, indexes of lists, or all elements of a list.
type path []any

type everyElement struct{}

func (p *jsonParser) path() (path, error) {
	if !p.take("$") {
		return nil, fmt.Errorf("a selector that begins with $ is missing at %q", p.rest)
	}
	var steps path
	for {
		switch {
		case strings.HasPrefix(p.rest, ".["):
			p.rest = p.rest[1:]
		case strings.HasPrefix(p.rest, "."):
			end := 1
			for end < len(p.rest) && (isWord(p.rest[end]) || p.rest[end] == '-' || p.rest[end] >= 0x80) {
				end++
			}
			if end == 1 {
				return nil, errors.New("a member's name is missing")
			}
			steps, p.rest = append(steps, p.rest[1:end]), p.rest[end:]
		case strings.HasPrefix(p.rest, "["):
			step, err := p.index()
			if err != nil {
				return nil, err
			}
			steps = append(steps, step)
		default:
			return steps, nil
		}
	}
}

func (p *jsonParser) index() (step any, err error) {
	inner := strings.TrimLeft(p.rest[1:], " ")
	if strings.HasPrefix(inner, `"`) {
		name, after, err := quotedText(inner)
		if err != nil {
			return nil, err
		}
		step, inner = name, after
	} else {
		text, _, ok := strings.Cut(inner, "]")
		if !ok {
			return nil, errors.New("a closing bracket is missing")
		}
		inner = inner[len(text):]
		if text = strings.TrimSpace(text); text == "*" {
			step = everyElement{}
		} else if step, err = strconv.Atoi(text); err != nil {
			return nil, fmt.Errorf("%q is no index", text)
		}
	}
	inner = strings.TrimLeft(inner, " ")
	after, ok := strings.CutPrefix(inner, "]")
	if !ok {
		return nil, errors.New("a closing bracket is missing")
	}
	p.rest = after
	return step, nil
}

// any says whether the judgement holds of what the path leads to: of one of the elements, where it leads to several.
func (p path) any(v any, judge func(v any, there bool) bool) bool {
	for i, step := range p {
		switch step := step.(type) {
		case string:
			members, ok := v.(map[string]any)
			if !ok {
				return judge(nil, false)
			}
			if v, ok = members[step]; !ok {
				return judge(nil, false)
			}
		case int:
			elements, ok := v.([]any)
			if !ok || step < 0 || step >= len(elements) {
				return judge(nil, false)
			}
			v = elements[step]
		case everyElement:
			elements, _ := v.([]any)
			for _, e := range elements {
				if p[i+1:].any(e, judge) {
					return true
				}
			}
			return false
		}
	}
	return judge(v, true)
}
