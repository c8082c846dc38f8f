package dynamodb

import (
	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
)

// keyRange is a key condition bound to a key schema: one partition, and a range of its sort keys.
type keyRange struct {
	keys *keySchema
	// hash are the values of the partition key attributes.
	hash item.Item
	// sort is the condition on the sort key attribute; nil when there is none.
	sort *expression.KeyCondition
}

// bindKeys judges the conditions of a Query by the key schema of what it reads.
func bindKeys(conditions expression.KeyConditions, keys *keySchema) (*keyRange, error) {
	k := &keyRange{keys: keys, hash: make(item.Item, 0, len(keys.hash))}
	for _, a := range keys.hash {
		condition := conditions.For(a.name)
		if condition == nil {
			return nil, invalid("Query condition missed key schema element: " + a.name)
		}
		if condition.Operator != expression.Equal {
			return nil, invalid("Query key condition not supported")
		}
		k.hash = append(k.hash, item.Attribute{Name: a.name, Value: condition.Values[0]})
	}
	if len(conditions) > len(keys.hash) {
		if len(keys.sort) == 0 {
			return nil, invalid("Query key condition not supported")
		}
		if k.sort = conditions.For(keys.sort[0].name); k.sort == nil {
			return nil, invalid("Query condition missed key schema element: " + keys.sort[0].name)
		}
	}
	return k, k.checkValues()
}

func (k *keyRange) checkValues() error {
	for i, a := range k.keys.hash {
		if err := checkConditionValue(a, k.hash[i].Value); err != nil {
			return err
		}
	}
	if k.sort == nil {
		return nil
	}
	for _, v := range k.sort.Values {
		if err := checkConditionValue(k.keys.sort[0], v); err != nil {
			return err
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
	partition := append(make([]byte, 0, len(space)+hashLength+len(k.hash[0].Value.Text)+8), space...)
	partition, _ = appendPartition(partition, k.keys.hash, k.hash)
	whole := store.Prefix(partition)
	if k.sort == nil {
		return whole
	}
	at := func(i int) []byte { return item.AppendKey(partition[:len(partition):len(partition)], k.sort.Values[i]) }
	switch k.sort.Operator {
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
	if k.sort != nil {
		if v, ok := start.Get(k.sort.Attribute); ok && !k.sort.Matches(v) {
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
func checkFilterKeys(filter *condition, keys *keySchema) error {
	if filter == nil {
		return nil
	}
	var names []string
	keys.each(func(a attribute) bool {
		names = append(names, a.name)
		return true
	})
	return older.fault((*expression.Condition)(filter).CheckFilter(names...))
}
