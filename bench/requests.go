package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

const (
	itemCount         = 10_000
	itemsPerPartition = 100 // so many items does a query answer
	payloadSize       = 1024
)

var payload = strings.Repeat("0123456789abcdef", payloadSize/16)

// operation is a call that is measured.
type operation struct {
	name string // as in X-Amz-Target
	body func(b []byte, random *rand.Rand) []byte
}

var operations = []operation{
	{"GetItem", func(b []byte, random *rand.Rand) []byte {
		b = append(b, `{"TableName":"bench","Key":{`...)
		b = appendKey(b, random.IntN(itemCount))
		return append(b, `}}`...)
	}},
	{"PutItem", func(b []byte, random *rand.Rand) []byte {
		b = append(b, `{"TableName":"bench","Item":`...)
		b = appendItem(b, random.IntN(itemCount))
		return append(b, '}')
	}},
	{"Query", func(b []byte, random *rand.Rand) []byte {
		b = append(b, `{"TableName":"bench","KeyConditionExpression":"pk = :p","Limit":100,"ExpressionAttributeValues":{":p":{"S":"`...)
		b = appendPartition(b, random.IntN(itemCount))
		return append(b, `"}}}`...)
	}},
}

const createTable = `{"TableName":"bench","BillingMode":"PAY_PER_REQUEST",` +
	`"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],` +
	`"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}]}`

// appendBatch is the BatchWriteItem of items from (inclusive) to to (exclusive).
func appendBatch(b []byte, from, to int) []byte {
	b = append(b, `{"RequestItems":{"bench":[`...)
	for i := from; i < to; i++ {
		if i > from {
			b = append(b, ',')
		}
		b = append(b, `{"PutRequest":{"Item":`...)
		b = appendItem(b, i)
		b = append(b, `}}`...)
	}
	return append(b, `]}}`...)
}

// appendItem is an item of 1 KB.
func appendItem(b []byte, i int) []byte {
	b = append(b, '{')
	b = appendKey(b, i)
	b = append(b, `,"n":{"N":"`...)
	b = strconv.AppendInt(b, int64(i), 10)
	b = append(b, `"},"flag":{"BOOL":true},"data":{"S":"`...)
	b = append(b, payload...)
	return append(b, `"}}`...)
}

func appendKey(b []byte, i int) []byte {
	b = append(b, `"pk":{"S":"`...)
	b = appendPartition(b, i)
	b = append(b, `"},"sk":{"S":"`...)
	b = appendPadded(append(b, 's'), i%itemsPerPartition)
	return append(b, `"}`...)
}

func appendPartition(b []byte, i int) []byte {
	return appendPadded(append(b, 'p'), i/itemsPerPartition)
}

func appendPadded(b []byte, n int) []byte {
	digits := strconv.Itoa(n)
	for range 8 - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...)
}
