package dynamodb

import (
	"slices"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// rawJSON is JSON as it goes into the answer: items leave the store as the bytes that they are.
type rawJSON []byte

// AppendJSON writes it as it is.
func (j rawJSON) AppendJSON(b []byte) []byte { return append(b, j...) }

// rawList is a JSON array of such elements. Nobody copies them but the answer's own buffer: what a
// store hands out stays as it is.
type rawList [][]byte

// AppendJSON writes the array.
func (l rawList) AppendJSON(b []byte) []byte {
	size := len(l) + 2
	for _, e := range l {
		size += len(e)
	}
	b = append(slices.Grow(b, size), '[')
	for i, e := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, e...)
	}
	return append(b, ']')
}

// The outputs of the operations that answer items: members as in the generated shapes, items raw.

type getItemAnswer struct {
	Item             rawJSON
	ConsumedCapacity *ConsumedCapacity
}

// writeAnswer is the output of PutItem, UpdateItem and DeleteItem.
type writeAnswer struct {
	Attributes            rawJSON
	ConsumedCapacity      *ConsumedCapacity
	ItemCollectionMetrics *ItemCollectionMetrics
}

// pageAnswer is the output of Query and Scan.
type pageAnswer struct {
	Items            rawList
	Count            *int64
	ScannedCount     *int64
	LastEvaluatedKey item.Item
	ConsumedCapacity *ConsumedCapacity
}

type batchGetItemAnswer struct {
	Responses        map[string]rawList
	UnprocessedKeys  map[string]KeysAndAttributes
	ConsumedCapacity []ConsumedCapacity
}
