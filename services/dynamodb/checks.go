package dynamodb

import (
	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

const (
	mostHashBytes = 2048
	mostSortBytes = 1024
)

const textKeyMismatch = "The provided key element does not match the schema"

func errKeyMismatch() *aws.Error { return invalid(textKeyMismatch) }

// checkKeyValues judges the Key of a request before the table is known: the values as such, and
// that none is empty, since all of them are key attributes.
func (v voice) checkKeyValues(key item.Item) error {
	if err := key.Validate(); err != nil {
		return v.fault(err)
	}
	for i := range key {
		if err := checkNotEmpty(key[i].Name, key[i].Value); err != nil {
			return err
		}
	}
	return nil
}

// checkNotEmpty refuses an empty string or binary as the value of a table's key attribute.
func checkNotEmpty(name string, v item.Value) error {
	kind := emptyKind(v)
	if kind == "" {
		return nil
	}
	return invalid(textNotValid + "The AttributeValue for a key attribute cannot contain an empty " + kind + " value. Key: " + name)
}

// textNotValid begins what AWS says of empty key values. A transaction is refused for them as a
// whole, where for other faults of its items it is cancelled with a reason.
const textNotValid = "One or more parameter values are not valid. "

func emptyKind(v item.Value) string {
	switch {
	case v.Text != "":
	case v.Type == item.S:
		return "string"
	case v.Type == item.B:
		return "binary"
	}
	return ""
}

// checkKey judges the Key of a request by the table's schema.
func (st *state) checkKey(key item.Item) error {
	if len(key) != st.keys.count() || !st.keys.each(func(a attribute) bool {
		v, ok := key.Get(a.name)
		return ok && v.Type == a.kind
	}) {
		return errKeyMismatch()
	}
	return st.keys.checkSizes(key)
}

// checkItem judges an item to be put by the table's schema.
func (st *state) checkItem(it item.Item) error {
	var err error
	st.keys.each(func(a attribute) bool {
		v, ok := it.Get(a.name)
		switch {
		case !ok:
			err = invalidParameter("Missing the key " + a.name + " in the item")
		case v.Type != a.kind:
			err = invalidParameter("Type mismatch for key " + a.name + " expected: " + a.kind.String() + " actual: " + v.Type.String())
		default:
			err = checkNotEmpty(a.name, v)
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	if err := st.keys.checkSizes(it); err != nil {
		return err
	}
	return st.checkIndexKeys(it)
}

// checkIndexKeys judges the index key attributes that an item has; it need not have them.
func (st *state) checkIndexKeys(it item.Item) error {
	for _, x := range st.byName {
		var err error
		x.keys.each(func(a attribute) bool {
			if v, ok := it.Get(a.name); ok {
				if err = x.checkType(a, v); err == nil && emptyKind(v) != "" {
					err = invalid(textNotValid + "A value specified for a secondary index key is not supported. " +
						"The AttributeValue for a key attribute cannot contain an empty " + emptyKind(v) + " value. IndexName: " + x.name + ", IndexKey: " + a.name)
				}
			}
			return err == nil
		})
		if err == nil {
			err = x.keys.checkSizes(it)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *index) checkType(a attribute, v item.Value) error {
	if v.Type == a.kind {
		return nil
	}
	return invalidParameter("Type mismatch for Index Key " + a.name + " Expected: " + a.kind.String() +
		" Actual: " + v.Type.String() + " IndexName: " + x.name)
}

// checkUpdatedIndexKeys judges the index key attributes that an update changes. Others stay as they
// are, also values from before an index was created that it cannot take.
func (st *state) checkUpdatedIndexKeys(from, to item.Item) error {
	for _, x := range st.byName {
		var err error
		changed := false
		x.keys.each(func(a attribute) bool {
			v, ok := to.Get(a.name)
			if old, had := from.Get(a.name); !ok || had && item.Equal(old, v) {
				return true
			}
			changed = true
			if err = x.checkType(a, v); err == nil && emptyKind(v) != "" {
				err = invalid(textNotValid + "The update expression attempted to update a secondary index key to a value that is not supported. " +
					"The AttributeValue for a key attribute cannot contain an empty " + emptyKind(v) + " value.")
			}
			return err == nil
		})
		if err == nil && changed {
			err = x.keys.checkSizes(to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkSizes refuses keys that are too long.
func (k *keySchema) checkSizes(values item.Item) error {
	if sizeOf(k.hash, values) > mostHashBytes {
		return invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes") // AWS leaves the blank out
	}
	if sizeOf(k.sort, values) > mostSortBytes {
		return invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

func sizeOf(attributes []attribute, values item.Item) int {
	bytes := 0
	for _, a := range attributes {
		if v, ok := values.Get(a.name); ok {
			bytes += v.Size()
		}
	}
	return bytes
}

const (
	textItemTooLarge   = "Item size has exceeded the maximum allowed size"
	textUpdateTooLarge = "Item size to update has exceeded the maximum allowed size"
)

// collection is the ItemCollectionMetrics of a write; nil unless asked for, and for tables without
// local secondary indexes, which have no item collections. Collections here are small ones.
func (st *state) collection(mode *string, key item.Item) *ItemCollectionMetrics {
	if mode == nil || *mode != "SIZE" || !st.local {
		return nil
	}
	out := &ItemCollectionMetrics{SizeEstimateRangeGB: []float64{0, 1}}
	for _, a := range st.keys.hash {
		if v, ok := key.Get(a.name); ok {
			out.ItemCollectionKey = append(out.ItemCollectionKey, item.Attribute{Name: a.name, Value: v})
		}
	}
	return out
}

func isTrue(b *bool) bool { return b != nil && *b }

// is tells whether an optional member has this value.
func is(member *string, value string) bool { return member != nil && *member == value }
