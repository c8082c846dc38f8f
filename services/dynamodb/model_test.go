package dynamodb_test

import (
	"bytes"
	"slices"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// model is a table as plain as can be: a list of items, searched from end to end.
type model struct{ items []item.Item }

// modelIndex is the table (name is empty) or an index of it.
type modelIndex struct {
	name       string
	hash, sort string // sort may be empty
	project    []string
}

const modelTable = `{"TableName":"Model","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"B"},{"AttributeName":"n","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
"LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"a","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}],
"GlobalSecondaryIndexes":[{"IndexName":"all","KeySchema":[{"AttributeName":"b","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}},
{"IndexName":"keys","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}`

var modelIndexes = []modelIndex{
	{"", "pk", "sk", nil},
	{"local", "pk", "a", []string{"pk", "sk", "a", "x"}},
	{"all", "b", "n", nil},
	{"keys", "a", "", []string{"pk", "sk", "a"}},
}

func (m *model) find(key item.Item) int {
	return slices.IndexFunc(m.items, func(it item.Item) bool { return bytes.Equal(tableKey(it), tableKey(key)) })
}

// put replaces or adds an item; nil stands for none.
func (m *model) put(key, it item.Item) {
	if i := m.find(key); i >= 0 {
		m.items = slices.Delete(m.items, i, i+1)
	}
	if it != nil {
		m.items = append(m.items, it)
	}
}

// tableKey orders items that share their index key.
func tableKey(it item.Item) []byte {
	pk, _ := it.Get("pk")
	sk, _ := it.Get("sk")
	return item.AppendKey(item.AppendKey(nil, pk), sk)
}

// entries are the items that an index has, with what it projects.
func (m *model) entries(x modelIndex) []item.Item {
	var out []item.Item
	for _, it := range m.items {
		if it.Index(x.hash) < 0 || x.sort != "" && it.Index(x.sort) < 0 {
			continue
		}
		out = append(out, x.view(it))
	}
	return out
}

func (x modelIndex) view(it item.Item) item.Item {
	if x.project == nil {
		return it
	}
	var out item.Item
	for _, a := range it {
		if slices.Contains(x.project, a.Name) {
			out = append(out, a)
		}
	}
	return out
}

// query is the entries of one partition that pass, in order.
func (m *model) query(x modelIndex, hash item.Value, passes func(item.Value) bool, reverse bool) []item.Item {
	var out []item.Item
	for _, it := range m.entries(x) {
		if v, _ := it.Get(x.hash); !item.Equal(v, hash) {
			continue
		}
		if passes != nil {
			if v, _ := it.Get(x.sort); !passes(v) {
				continue
			}
		}
		out = append(out, it)
	}
	slices.SortFunc(out, func(a, b item.Item) int {
		if x.sort != "" {
			v, _ := a.Get(x.sort)
			w, _ := b.Get(x.sort)
			if order, _ := item.Compare(v, w); order != 0 {
				return order
			}
		}
		return bytes.Compare(tableKey(a), tableKey(b))
	})
	if reverse {
		slices.Reverse(out)
	}
	return out
}

// size is how many entries an index has, and their size in bytes.
func (m *model) size(x modelIndex) (items, size int64) {
	for _, it := range m.entries(x) {
		items++
		size += int64(it.Size())
	}
	return items, size
}
