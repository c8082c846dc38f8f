package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

const throttled = `"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
"Projection":{"ProjectionType":"ALL"}%s}],%s`

// enforcing is a server that keeps tables to their capacity, with one table.
func enforcing(t *testing.T, index, table string) *server {
	t.Helper()
	s := start(t, stores(t)["memory"], dynamodb.Current)
	s.enforce = true
	s.bind()
	s.must("CreateTable", `{"TableName":"Tab",`+fmt.Sprintf(throttled, index, table)+`}`)
	return s
}

// put writes an item of so many kilobytes.
func (s *server) put(pk, more string, kilobytes int) (status int, answer string) {
	return s.call("PutItem", fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"%s"}%s,"v":{"S":"%s"}}}`,
		pk, more, strings.Repeat("v", kilobytes*1024-40)))
}

func wantThrottled(t *testing.T, status int, answer, code, reason string) {
	t.Helper()
	if status != 400 || !strings.Contains(answer, code) || !strings.Contains(answer, reason) {
		t.Errorf("got %d %.400s, want %s with %s", status, answer, code, reason)
	}
}

const (
	provisionedCode = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
	tableARN        = "arn:aws:dynamodb:us-east-1:000000000000:table/Tab"
)

// TestProvisionedThroughput has a table of one unit: 300 seconds' worth can be used at once.
func TestProvisionedThroughput(t *testing.T) {
	t.Parallel()
	s := enforcing(t, `,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":10}`, `"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`)
	for range 2 {
		if status, answer := s.put("a", "", 200); status != 200 {
			t.Fatal(answer)
		}
	}
	reason := `"ThrottlingReasons":[{"reason":"TableWriteProvisionedThroughputExceeded","resource":"` + tableARN + `"}]`
	status, answer := s.put("b", "", 1)
	wantThrottled(t, status, answer, provisionedCode, reason)
	status, answer = s.call("BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"c"}}}}]}}`)
	wantThrottled(t, status, answer, provisionedCode, reason)
	status, answer = s.call("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"Tab","Item":{"pk":{"S":"d"}}}}]}`)
	wantThrottled(t, status, answer, "TransactionCanceledException", `"CancellationReasons":[{"Code":"ProvisionedThroughputExceeded","Message":"The level`)
	if got := s.must("Scan", `{"TableName":"Tab","Select":"COUNT"}`); got != `{"Count":1,"ScannedCount":1}` {
		t.Errorf("what was throttled was written: %s", got)
	}
	s.clock.by.Add(int64(100 * time.Second))
	status, answer = s.put("b", "", 1)
	wantThrottled(t, status, answer, provisionedCode, reason)
	s.clock.by.Add(int64(time.Second))
	if got := s.must("BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"c"}}}},{"PutRequest":{"Item":{"pk":{"S":"d"}}}}]}}`); !strings.Contains(got, `"UnprocessedItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"d"}}}}]}`) {
		t.Errorf("got %s, want one of two unprocessed", got)
	}
}

func TestProvisionedReads(t *testing.T) {
	t.Parallel()
	s := enforcing(t, `,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":10}`, `"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":10}`)
	if status, answer := s.put("a", `,"g":{"S":"x"}`, 400); status != 200 {
		t.Fatal(answer)
	}
	const get = `{"TableName":"Tab","Key":{"pk":{"S":"a"}},"ConsistentRead":true}`
	for range 3 {
		s.must("GetItem", get)
	}
	reason := `"reason":"TableReadProvisionedThroughputExceeded"`
	for _, call := range []string{
		"GetItem " + get,
		`Scan {"TableName":"Tab"}`,
		`BatchGetItem {"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"a"}}]}}}`,
		`Query {"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"a"}}}`,
	} {
		operation, body, _ := strings.Cut(call, " ")
		status, answer := s.call(operation, body)
		wantThrottled(t, status, answer, provisionedCode, reason)
	}
	status, answer := s.call("TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"Tab","Key":{"pk":{"S":"a"}}}}]}`)
	wantThrottled(t, status, answer, "TransactionCanceledException", `"Code":"ProvisionedThroughputExceeded"`)
	// The index has capacity of its own: 50 units a Query.
	const query = `{"TableName":"Tab","IndexName":"gsi","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"x"}}}`
	for range 6 {
		s.must("Query", query)
	}
	status, answer = s.call("Query", query)
	wantThrottled(t, status, answer, provisionedCode, `"reason":"IndexReadProvisionedThroughputExceeded","resource":"`+tableARN+`/index/gsi"`)
}

// TestIndexBackPressure: an index without capacity stops the writes that it has to take up, and no others.
func TestIndexBackPressure(t *testing.T) {
	t.Parallel()
	s := enforcing(t, `,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}`, `"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":100}`)
	if status, answer := s.put("a", `,"g":{"S":"x"}`, 300); status != 200 {
		t.Fatal(answer)
	}
	reason := `"reason":"IndexWriteProvisionedThroughputExceeded"`
	status, answer := s.put("b", `,"g":{"S":"x"}`, 1)
	wantThrottled(t, status, answer, provisionedCode, reason)
	status, answer = s.call("BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"c"},"g":{"S":"x"}}}}]}}`)
	wantThrottled(t, status, answer, provisionedCode, reason)
	if status, answer := s.put("b", "", 1); status != 200 {
		t.Error(answer)
	}
}

// TestHotPartition: 1,000 write units a second are all that one key takes, whatever the table has.
func TestHotPartition(t *testing.T) {
	t.Parallel()
	s := enforcing(t, "", `"BillingMode":"PAY_PER_REQUEST"`)
	for range 5 {
		if status, answer := s.put("hot", "", 200); status != 200 {
			t.Fatal(answer)
		}
	}
	status, answer := s.put("hot", "", 1)
	wantThrottled(t, status, answer, "ThrottlingException", `"reason":"TableWriteKeyRangeThroughputExceeded"`)
	if status, answer := s.put("cold", "", 1); status != 200 {
		t.Error(answer)
	}
	s.clock.by.Add(int64(time.Second / 100))
	if status, answer := s.put("hot", "", 1); status != 200 {
		t.Error(answer)
	}
}
