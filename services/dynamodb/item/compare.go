package item

import "strings"

// Equal compares by value: numbers by what they stand for, sets and maps without order. Values of
// different types differ.
func Equal(a, b Value) bool {
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case S, N, B:
		return a.Text == b.Text
	case BOOL:
		return a.Bool == b.Bool
	case NULL:
		return true
	case L:
		return equalLists(a.Elements, b.Elements)
	case M:
		return EqualItems(a.Fields, b.Fields)
	case SS, NS, BS:
		return len(a.Elements) == len(b.Elements) && containsAll(a.Elements, b.Elements)
	}
	return false
}

func equalLists(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// EqualItems is true when both have the same attributes, in whatever order.
func EqualItems(a, b Item) bool {
	if len(a) != len(b) {
		return false
	}
	var places map[string]int
	if len(b) > indexFrom {
		places = b.places(nil)
	}
	for i := range a {
		j := i
		if b[i].Name != a[i].Name {
			if places == nil {
				j = b.Index(a[i].Name)
			} else if at, ok := places[a[i].Name]; ok {
				j = at
			} else {
				j = -1
			}
		}
		if j < 0 || !Equal(a[i].Value, b[j].Value) {
			return false
		}
	}
	return true
}

// containsAll is true when every member of the second set is in the first.
func containsAll(set, members []Value) bool {
	if len(set) <= indexFrom {
		for i := range members {
			if !HasMember(set, members[i]) {
				return false
			}
		}
		return true
	}
	index := make(map[string]struct{}, len(set))
	for i := range set {
		index[set[i].Text] = struct{}{}
	}
	for i := range members {
		if _, ok := index[members[i].Text]; !ok {
			return false
		}
	}
	return true
}

// HasMember is true when the values (a set's members or a list's elements) have one that equals v.
func HasMember(values []Value, v Value) bool {
	for i := range values {
		if Equal(values[i], v) {
			return true
		}
	}
	return false
}

// Compare orders two strings, two numbers or two binaries: -1, 0 or 1. ok is false for anything else.
func Compare(a, b Value) (order int, ok bool) {
	if a.Type != b.Type {
		return 0, false
	}
	switch a.Type {
	case S, B:
		return strings.Compare(a.Text, b.Text), true
	case N:
		return CompareNumbers(a.Text, b.Text), true
	}
	return 0, false
}
