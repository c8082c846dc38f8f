package expression

import (
	"errors"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

const (
	textNoAttribute = "The provided expression refers to an attribute that does not exist in the item"
	textWrongType   = "An operand in the update expression has an incorrect data type"
)

// outcome works out what the action leaves at its path, from the item as it was.
func (a *Action) outcome(old item.Item) (outcome, error) {
	switch a.Kind {
	case Remove:
		return outcome{does: removes}, nil
	case Set:
		v, err := a.Operand.result(old)
		return outcome{value: v, does: sets}, err
	}
	existing, found, err := a.Path.lookup(old)
	if err != nil {
		return outcome{}, err
	}
	operand := *a.Operand.Value
	switch {
	case !found && a.Kind == Add:
		return outcome{value: operand, does: sets}, nil
	case !found:
		return outcome{does: keeps}, nil
	case existing.Type != operand.Type:
		return outcome{}, itemFault(textWrongType)
	case a.Kind == Delete:
		left := difference(existing, operand)
		if len(left.Elements) == 0 {
			return outcome{does: removes}, nil // there are no empty sets
		}
		return outcome{value: left, does: sets}, nil
	case operand.Type == item.N:
		sum, err := arithmetic(item.Add, existing, operand)
		return outcome{value: sum, does: sets}, err
	}
	return outcome{value: union(existing, operand), does: sets}, nil
}

// result is the value of an operand of SET.
func (o *Operand) result(old item.Item) (item.Value, error) {
	switch o.Kind {
	case ValueOperand:
		return *o.Value, nil
	case PathOperand:
		v, ok, err := o.Path.lookup(old)
		if err == nil && !ok {
			err = itemFault(textNoAttribute)
		}
		return v, err
	case IfNotExistsOperand:
		v, ok, err := o.Arguments[0].Path.lookup(old)
		if ok || err != nil {
			return v, err
		}
		return o.Arguments[1].result(old)
	}
	first, err := o.Arguments[0].result(old)
	if err != nil {
		return first, err
	}
	second, err := o.Arguments[1].result(old)
	if err != nil {
		return second, err
	}
	switch o.Kind {
	case AddOperand:
		return arithmetic(item.Add, first, second)
	case SubtractOperand:
		return arithmetic(item.Subtract, first, second)
	}
	if first.Type != item.L || second.Type != item.L {
		return item.Value{}, itemFault(textWrongType)
	}
	joined := make([]item.Value, 0, len(first.Elements)+len(second.Elements))
	return item.List(append(append(joined, first.Elements...), second.Elements...)), nil
}

func arithmetic(operation func(a, b string) (string, error), a, b item.Value) (item.Value, error) {
	if a.Type != item.N || b.Type != item.N {
		return item.Value{}, itemFault(textWrongType)
	}
	sum, err := operation(a.Text, b.Text)
	var e *item.Error
	if errors.As(err, &e) {
		err = &ItemError{e}
	}
	return item.Number(sum), err
}

// union is a set with the members of another that it does not have yet.
func union(set, more item.Value) item.Value {
	members := append(make([]item.Value, 0, len(set.Elements)+len(more.Elements)), set.Elements...)
	has := memberTest(set.Elements)
	for _, member := range more.Elements {
		if !has(member.Text) {
			members = append(members, member)
		}
	}
	set.Elements = members
	return set
}

// difference is a set without the members of another.
func difference(set, less item.Value) item.Value {
	members := make([]item.Value, 0, len(set.Elements))
	has := memberTest(less.Elements)
	for _, member := range set.Elements {
		if !has(member.Text) {
			members = append(members, member)
		}
	}
	set.Elements = members
	return set
}

// memberTest tells whether members of one type are in a set. Small sets are searched, large ones indexed.
func memberTest(members []item.Value) func(text string) bool {
	if len(members) <= 16 {
		return func(text string) bool {
			for i := range members {
				if members[i].Text == text {
					return true
				}
			}
			return false
		}
	}
	index := make(map[string]struct{}, len(members))
	for i := range members {
		index[members[i].Text] = struct{}{}
	}
	return func(text string) bool {
		_, ok := index[text]
		return ok
	}
}
