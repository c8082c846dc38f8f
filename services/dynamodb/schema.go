package dynamodb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// attribute is a key attribute: S, N or B.
type attribute struct {
	name string
	kind item.Type
}

// keySchema is the key attributes of a table or an index. A table has one partition key attribute
// and at most one sort key attribute; the slices leave room for indexes with several.
type keySchema struct {
	hash, sort []attribute
}

func (k *keySchema) count() int { return len(k.hash) + len(k.sort) }

// each calls fn with the partition key attributes, then the sort key attributes, until fn answers false.
func (k *keySchema) each(fn func(attribute) bool) bool {
	for _, a := range k.hash {
		if !fn(a) {
			return false
		}
	}
	for _, a := range k.sort {
		if !fn(a) {
			return false
		}
	}
	return true
}

func (k *keySchema) has(name string) bool {
	return !k.each(func(a attribute) bool { return a.name != name })
}

// index is a secondary index.
type index struct {
	name   string
	number byte
	global bool
	// building is true until all items of the table have their entries.
	building bool
	keys     keySchema
	// space is what the keys of its entries begin with.
	space []byte
	// all is true when every attribute is projected; else projected are those that are.
	all       bool
	projected map[string]bool
	// size is kept over changes of the table's descriptor.
	size *tally
}

// schema is what a table's descriptor says about keys and indexes, ready for use. It never changes.
type schema struct {
	keys    keySchema
	space   []byte
	indexes []*index
	// byName are the indexes in the order of their names, in which AWS reports faults of index keys.
	byName []*index
	// local is true when there is a local secondary index: such tables have item collections.
	local bool
}

// index finds an index by its name; nil when there is none.
func (s *schema) index(name string) *index {
	for _, x := range s.indexes {
		if x.name == name {
			return x
		}
	}
	return nil
}

// newSchema reads a descriptor. The sizes of indexes that old knows are kept.
func newSchema(d *descriptor, space []byte, old *schema) (*schema, error) {
	kinds := make(map[string]item.Type, len(d.AttributeDefinitions))
	for _, definition := range d.AttributeDefinitions {
		kind, ok := item.TypeOf(*definition.AttributeType)
		if !ok {
			return nil, fmt.Errorf("dynamodb: table %s: attribute type %q", d.Name, *definition.AttributeType)
		}
		kinds[*definition.AttributeName] = kind
	}
	s := &schema{keys: newKeySchema(d.KeySchema, kinds), space: append(space[:len(space):len(space)], tableNumber)}
	for i := range d.GlobalSecondaryIndexes {
		if d.GlobalSecondaryIndexes[i].Status == deleting {
			continue
		}
		s.indexes = append(s.indexes, newIndex(s, &d.GlobalSecondaryIndexes[i], kinds, space, true))
	}
	for i := range d.LocalSecondaryIndexes {
		s.indexes = append(s.indexes, newIndex(s, &d.LocalSecondaryIndexes[i], kinds, space, false))
		s.local = true
	}
	for _, x := range s.indexes {
		x.size = new(tally)
		if old != nil {
			if before := old.index(x.name); before != nil && before.number == x.number {
				x.size = before.size
			}
		}
	}
	s.byName = slices.SortedFunc(slices.Values(s.indexes), func(a, b *index) int { return strings.Compare(a.name, b.name) })
	return s, nil
}

func newKeySchema(elements []KeySchemaElement, kinds map[string]item.Type) keySchema {
	var k keySchema
	for _, e := range elements {
		a := attribute{*e.AttributeName, kinds[*e.AttributeName]}
		if *e.KeyType == keyTypeHash {
			k.hash = append(k.hash, a)
		} else {
			k.sort = append(k.sort, a)
		}
	}
	return k
}

func newIndex(s *schema, d *indexDescriptor, kinds map[string]item.Type, space []byte, global bool) *index {
	x := &index{
		name: d.Name, number: d.Number, global: global, building: d.Status == creating, keys: newKeySchema(d.KeySchema, kinds),
		space: append(space[:len(space):len(space)], d.Number), all: *d.Projection.ProjectionType == projectAll,
	}
	if x.all {
		return x
	}
	x.projected = map[string]bool{}
	add := func(a attribute) bool {
		x.projected[a.name] = true
		return true
	}
	s.keys.each(add)
	x.keys.each(add)
	for _, name := range d.Projection.NonKeyAttributes {
		x.projected[name] = true
	}
	return x
}

// itemKey is the storage key of the item with these key attributes; ok is false when one is missing
// or of another type than the schema says.
func (s *schema) itemKey(values item.Item) (key []byte, ok bool) {
	return storageKey(s.space, &s.keys, values, 0)
}

// entryKey is the storage key of an item's entry in the index; ok is false when the item has none
// because it lacks an index key attribute, or has one that was there before the index and does not suit it.
func (s *schema) entryKey(x *index, values item.Item) (key []byte, ok bool) {
	key, ok = storageKey(x.space, &x.keys, values, 32)
	if !ok || !x.keys.fits(values) {
		return nil, false
	}
	if key, ok = appendValues(key, s.keys.hash, values); !ok {
		return nil, false
	}
	return appendValues(key, s.keys.sort, values)
}

// fits is whether the values are neither too large for keys nor empty.
func (k *keySchema) fits(values item.Item) bool {
	return sizeOf(k.hash, values) <= mostHashBytes && sizeOf(k.sort, values) <= mostSortBytes &&
		k.each(func(a attribute) bool {
			v, ok := values.Get(a.name)
			return !ok || emptyKind(v) == ""
		})
}

func storageKey(space []byte, keys *keySchema, values item.Item, more int) ([]byte, bool) {
	size := len(space) + hashLength + more
	keys.each(func(a attribute) bool {
		if v, ok := values.Get(a.name); ok {
			size += len(v.Text) + 3
		}
		return true
	})
	b := append(make([]byte, 0, size), space...)
	b, ok := appendPartition(b, keys.hash, values)
	if !ok {
		return nil, false
	}
	return appendValues(b, keys.sort, values)
}

// keyOf is the key attributes that a storage key holds: the index's, if x is not nil, then the table's.
func (s *schema) keyOf(x *index, key []byte) (item.Item, error) {
	it := make(item.Item, 0, 4)
	var err error
	read := func(a attribute) bool {
		var v item.Value
		if v, key, err = item.DecodeKey(key); err == nil && it.Index(a.name) < 0 {
			it = append(it, item.Attribute{Name: a.name, Value: v})
		}
		return err == nil
	}
	if x != nil {
		key = key[len(x.space)+hashLength:]
		x.keys.each(read)
	} else {
		key = key[len(s.space)+hashLength:]
	}
	if err == nil {
		s.keys.each(read)
	}
	return it, err
}
