package cloudwatch

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Metric math: an expression is parsed to a tree (math_parse.go), whose nodes are evaluated to operands:
// a scalar, a series, a list of series, or a text (an argument of some functions).

// series are values at times. A time without a value is missing data.
type series struct {
	label  string
	values map[time.Time]float64
}

func (s *series) times() []time.Time {
	return slices.SortedFunc(maps.Keys(s.values), time.Time.Compare)
}

type scalar float64

// list is an array of time series.
type list []*series

type text string

// mathError is a mistake in an expression.
type mathError string

func (e mathError) Error() string { return string(e) }

func failed(format string, args ...any) error { return mathError(fmt.Sprintf(format, args...)) }

// scope is what an expression is evaluated in.
type scope struct {
	// get is the result of another query; ids are all those with data, in the request's order.
	get    func(id string) (any, error)
	ids    []string
	from   time.Time
	to     time.Time
	period time.Duration
}

// node is a part of an expression.
type node interface{ eval(in *scope) (any, error) }

type number float64

func (n number) eval(*scope) (any, error) { return scalar(n), nil }

type quoted string

func (q quoted) eval(*scope) (any, error) { return text(q), nil }

type reference string

func (r reference) eval(in *scope) (any, error) {
	// Words that stand for themselves are arguments of FILL and the like.
	if r == "REPEAT" || r == "LINEAR" || r == "ASC" || r == "DSC" {
		return text(r), nil
	}
	return in.get(string(r))
}

type array []node

func (a array) eval(in *scope) (any, error) {
	var all list
	for _, n := range a {
		v, err := n.eval(in)
		if err != nil {
			return nil, err
		}
		more, ok := asList(v)
		if !ok {
			return nil, failed("an array holds time series only")
		}
		all = append(all, more...)
	}
	return all, nil
}

func asList(v any) (list, bool) {
	switch v := v.(type) {
	case *series:
		return list{v}, true
	case list:
		return v, true
	}
	return nil, false
}

type negated struct{ of node }

func (n negated) eval(in *scope) (any, error) {
	v, err := n.of.eval(in)
	if err != nil {
		return nil, err
	}
	return mapped(v, func(f float64) float64 { return -f })
}

// mapped applies a function to each value.
func mapped(v any, fn func(float64) float64) (any, error) {
	switch v := v.(type) {
	case scalar:
		return scalar(fn(float64(v))), nil
	case *series:
		out := &series{label: v.label, values: make(map[time.Time]float64, len(v.values))}
		for at, f := range v.values {
			out.set(at, fn(f))
		}
		return out, nil
	case list:
		out := make(list, 0, len(v))
		for _, s := range v {
			one, err := mapped(s, fn)
			if err != nil {
				return nil, err
			}
			out = append(out, one.(*series))
		}
		return out, nil
	}
	return nil, failed("a text is no operand")
}

// set leaves out what is no number: a division by zero gives no data point.
func (s *series) set(at time.Time, f float64) {
	if f-f == 0 {
		s.values[at] = f
	}
}

type operation struct {
	operator    string
	left, right node
}

func (o operation) eval(in *scope) (any, error) {
	left, err := o.left.eval(in)
	if err != nil {
		return nil, err
	}
	right, err := o.right.eval(in)
	if err != nil {
		return nil, err
	}
	return combined(left, right, operators[o.operator])
}

// combined applies an operator: to numbers, to series where both have a value, and to each series of a list.
func combined(left, right any, fn func(a, b float64) float64) (any, error) {
	switch l := left.(type) {
	case scalar:
		return mapped(right, func(f float64) float64 { return fn(float64(l), f) })
	case *series:
		switch r := right.(type) {
		case scalar:
			return mapped(left, func(f float64) float64 { return fn(f, float64(r)) })
		case *series:
			out := &series{label: l.label, values: map[time.Time]float64{}}
			for at, a := range l.values {
				if b, ok := r.values[at]; ok {
					out.set(at, fn(a, b))
				}
			}
			return out, nil
		case list:
			return eachOf(r, func(s *series) (any, error) { return combined(l, s, fn) })
		}
	case list:
		if r, ok := right.(list); ok {
			if len(r) != len(l) {
				return nil, failed("arrays of %d and %d time series cannot be combined", len(l), len(r))
			}
			i := -1
			return eachOf(l, func(s *series) (any, error) { i++; return combined(s, r[i], fn) })
		}
		return eachOf(l, func(s *series) (any, error) { return combined(s, right, fn) })
	}
	return nil, failed("a text is no operand")
}

func eachOf(all list, fn func(*series) (any, error)) (any, error) {
	out := make(list, 0, len(all))
	for _, s := range all {
		v, err := fn(s)
		if err != nil {
			return nil, err
		}
		one, ok := v.(*series)
		if !ok {
			return nil, failed("an array holds time series only")
		}
		one.label = s.label
		out = append(out, one)
	}
	return out, nil
}
