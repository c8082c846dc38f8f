package dynamodb_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/protocol"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

const benchmarkItems = 10_000

// filled is a server with items of 1 KB, a hundred in each partition.
func filled(b *testing.B) *server {
	b.Helper()
	s := start(b, func() store.Store { return memory.New() }, dynamodb.Current)
	s.must("CreateTable", `{"TableName":"Bench","BillingMode":"PAY_PER_REQUEST",
		"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],
		"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]}`)
	for i := 0; i < benchmarkItems; i += 25 {
		var puts []string
		for j := i; j < i+25; j++ {
			puts = append(puts, `{"PutRequest":{"Item":`+benchmarkItem(j)+`}}`)
		}
		s.must("BatchWriteItem", `{"RequestItems":{"Bench":[`+strings.Join(puts, ",")+`]}}`)
	}
	return s
}

func benchmarkItem(i int) string {
	return fmt.Sprintf(`{"pk":{"S":"partition-%04d"},"sk":{"S":"%04d"},"n":{"N":"%d"},"flag":{"BOOL":true},"data":{"S":"%s"}}`,
		i/100, i%100, i, strings.Repeat("d", 1024))
}

func benchmarkKey(i int) string {
	return fmt.Sprintf(`{"pk":{"S":"partition-%04d"},"sk":{"S":"%04d"}}`, i/100, i%100)
}

// run measures an operation from request bytes to answer bytes: what a call costs behind HTTP.
func run(b *testing.B, s *server, operation string, body func(i int) string) {
	b.Helper()
	codec := protocol.For("json")
	handler := s.service.Handler(operation)
	r := s.request(operation)
	hr, err := http.NewRequestWithContext(context.Background(), "POST", "http://localhost/", bytes.NewReader(nil))
	if err != nil {
		b.Fatal(err)
	}
	bodies := make([][]byte, 512)
	for i := range bodies {
		bodies[i] = []byte(body(i * 7919 % benchmarkItems))
	}
	reply := &protocol.Reply{Header: http.Header{}}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		one(b, codec, handler, r, hr, reply, bodies[i%len(bodies)])
	}
}

func one(b *testing.B, codec protocol.Codec, handler *services.Handler, r *services.Request, hr *http.Request, reply *protocol.Reply, body []byte) {
	in := handler.NewInput()
	if err := codec.Decode(hr, body, handler.Operation, in); err != nil {
		b.Fatal(err)
	}
	out, err := handler.Run(r, in)
	if err != nil {
		b.Fatal(err)
	}
	reply.Body = reply.Body[:0]
	if err := codec.Encode(reply, handler.Operation, r.Call, out); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkGetItem(b *testing.B) {
	run(b, filled(b), "GetItem", func(i int) string { return `{"TableName":"Bench","Key":` + benchmarkKey(i) + `}` })
}

func BenchmarkPutItem(b *testing.B) {
	run(b, filled(b), "PutItem", func(i int) string { return `{"TableName":"Bench","Item":` + benchmarkItem(i) + `}` })
}

func BenchmarkUpdateItem(b *testing.B) {
	run(b, filled(b), "UpdateItem", func(i int) string {
		return `{"TableName":"Bench","Key":` + benchmarkKey(i) + `,"UpdateExpression":"SET #a = :a, note = :b ADD n :one",
			"ExpressionAttributeNames":{"#a":"flag"},"ExpressionAttributeValues":{":a":{"BOOL":false},":b":{"S":"text"},":one":{"N":"1"}}}`
	})
}

func BenchmarkQuery100(b *testing.B) {
	run(b, filled(b), "Query", func(i int) string {
		return fmt.Sprintf(`{"TableName":"Bench","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"partition-%04d"}}}`, i/100)
	})
}

func BenchmarkScan100(b *testing.B) {
	run(b, filled(b), "Scan", func(i int) string {
		return `{"TableName":"Bench","Limit":100,"ExclusiveStartKey":` + benchmarkKey(i) + `}`
	})
}

func BenchmarkBatchWriteItem25(b *testing.B) {
	run(b, filled(b), "BatchWriteItem", func(i int) string {
		var puts []string
		for j := range 25 {
			puts = append(puts, `{"PutRequest":{"Item":`+benchmarkItem((i+j)%benchmarkItems)+`}}`)
		}
		return `{"RequestItems":{"Bench":[` + strings.Join(puts, ",") + `]}}`
	})
}
