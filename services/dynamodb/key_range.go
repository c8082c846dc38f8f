package dynamodb

import (
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// keyRange is a key condition bound to a key schema: one partition, and a range of its sort keys.
type keyRange struct {
	keys *keySchema
	// hash are the values of the partition key attributes.
	hash item.Item
	// sort are the conditions on the first sort key attributes, in the schema's order. All but the
	// last are equalities.
	sort []*expression.KeyCondition
}

// bindKeys judges the conditions of a Query by the key schema of what it reads.
func bindKeys(conditions expression.KeyConditions, keys *keySchema, classic bool) (*keyRange, error) {
	k := &keyRange{keys: keys, hash: make(item.Item, 0, len(keys.hash))}
	if n := len(conditions); n > 2 && n > keys.count() {
		if classic && keys.count() <= 2 {
			return nil, invalid(textConditions)
		}
		return nil, invalid("The number of query conditions (" + strconv.Itoa(n) + ") exceeds the number of key attributes defined in the schema (" +
			strconv.Itoa(keys.count()) + ")")
	}
	for _, a := range keys.hash {
		condition := conditions.For(a.name)
		switch {
		case condition == nil:
			return nil, errMissedKey(a)
		case !isIndexable(condition.Operator):
			return nil, errNotIndexable()
		case condition.Operator != expression.Equal:
			return nil, errKeyCondition()
		}
		k.hash = append(k.hash, item.Attribute{Name: a.name, Value: condition.Values[0]})
	}
	if err := k.bindSort(conditions); err != nil {
		return nil, err
	}
	return k, k.checkValues()
}

func errMissedKey(a attribute) error {
	return invalid("Query condition missed key schema element: " + a.name)
}

func errKeyCondition() error { return invalid("Query key condition not supported") }

// errNotIndexable is about comparisons that only KeyConditions can ask for.
func errNotIndexable() error {
	return invalid("Attempted conditional constraint is not an indexable operation")
}

func isIndexable(operator expression.Operator) bool {
	switch operator {
	case expression.Equal, expression.Less, expression.LessEqual, expression.Greater, expression.GreaterEqual,
		expression.Between, expression.BeginsWith:
		return true
	}
	return false
}

// bindSort takes the conditions behind those on the partition key: they must be for the first sort key
// attributes, without a gap, and only the last may be more than an equality.
func (k *keyRange) bindSort(conditions expression.KeyConditions) error {
	left := len(conditions) - len(k.keys.hash)
	if left == 0 {
		return nil
	}
	if len(k.keys.sort) == 0 {
		return errKeyCondition()
	}
	var open []string // attributes without an equality, so far
	for _, a := range k.keys.sort {
		condition := conditions.For(a.name)
		if condition == nil {
			open = append(open, a.name)
			continue
		}
		left--
		switch {
		case !isIndexable(condition.Operator):
			return errNotIndexable()
		case len(open) > 0:
			return invalid("RANGE key attributes " + strings.Join(open, ", ") +
				" must have equality conditions specified in the query because a condition is present on key attribute " + a.name)
		case condition.Operator != expression.Equal:
			open = append(open, a.name)
		}
		k.sort = append(k.sort, condition)
	}
	if left > 0 {
		return errMissedKey(k.keys.sort[min(len(k.sort), len(k.keys.sort)-1)])
	}
	return nil
}

func (k *keyRange) checkValues() error {
	for i, a := range k.keys.hash {
		if err := checkConditionValue(a, k.hash[i].Value); err != nil {
			return err
		}
	}
	for i, condition := range k.sort {
		for _, v := range condition.Values {
			if err := checkConditionValue(k.keys.sort[i], v); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkConditionValue(a attribute, v item.Value) error {
	if v.Type != a.kind {
		return invalidParameter("Condition parameter type does not match schema type")
	}
	return checkNotEmpty(a.name, v)
}

// rangeIn is the range of storage keys.
func (k *keyRange) rangeIn(space []byte) store.Range {
	prefix := append(make([]byte, 0, len(space)+hashLength+len(k.hash[0].Value.Text)+8), space...)
	prefix, _ = appendPartition(prefix, k.keys.hash, k.hash)
	if len(k.sort) == 0 {
		return store.Prefix(prefix)
	}
	last := k.sort[len(k.sort)-1]
	for _, condition := range k.sort[:len(k.sort)-1] {
		prefix = item.AppendKey(prefix, condition.Values[0])
	}
	whole := store.Prefix(prefix)
	at := func(i int) []byte { return item.AppendKey(prefix[:len(prefix):len(prefix)], last.Values[i]) }
	switch last.Operator {
	case expression.Less:
		return store.Range{Start: whole.Start, End: at(0)}
	case expression.LessEqual:
		return store.Range{Start: whole.Start, End: after(at(0))}
	case expression.Greater:
		return store.Range{Start: after(at(0)), End: whole.End}
	case expression.GreaterEqual:
		return store.Range{Start: at(0), End: whole.End}
	case expression.Between:
		return store.Range{Start: at(0), End: after(at(1))}
	case expression.BeginsWith:
		key := at(0)
		return store.Prefix(key[:len(key)-2]) // without the two bytes that end a string
	}
	return store.Prefix(at(0))
}

// checkStart refuses an ExclusiveStartKey that lies outside the range.
func (k *keyRange) checkStart(start item.Item) error {
	for _, condition := range k.sort {
		if v, ok := start.Get(condition.Attribute); ok && !condition.Matches(v) {
			return invalid("The provided starting key does not match the range key predicate")
		}
	}
	for _, a := range k.hash {
		if v, ok := start.Get(a.Name); ok && !item.Equal(v, a.Value) {
			return invalid("The provided starting key is outside query boundaries based on provided conditions")
		}
	}
	return nil
}

// checkFilterKeys refuses a filter on attributes that the key condition is for.
func checkFilterKeys(q *asked, keys *keySchema) error {
	if q.filter == nil {
		return nil
	}
	var names []string
	keys.each(func(a attribute) bool {
		names = append(names, a.name)
		return true
	})
	err := (*expression.Condition)(q.filter).CheckFilter(names...)
	if err != nil && q.legacyFilter {
		return invalid(strings.Replace(err.Error(), "Filter Expression", "QueryFilter", 1))
	}
	return older.fault(err)
}
