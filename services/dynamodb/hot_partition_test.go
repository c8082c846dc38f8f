package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

const twoTables = `"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`

// faulty is a server with the tables Tab and Other, and rules for its calls.
func faulty(t *testing.T) (*server, inForce) {
	t.Helper()
	s, rules := start(t, stores(t)["memory"], dynamodb.Current), inForce{}
	s.faults = rules
	s.must("CreateTable", `{"TableName":"Tab",`+twoTables)
	s.must("CreateTable", `{"TableName":"Other",`+twoTables)
	return s, rules
}

func TestHotPartitionFault(t *testing.T) {
	t.Parallel()
	s, rules := faulty(t)
	rules.rule(s, "hot-partition", `{"kind":"hot-partition","key":["hot-*","warm"]}`)
	const code = "#ThrottlingException"
	for operation, body := range map[string]string{
		"PutItem":          `{"TableName":"Tab","Item":{"pk":{"S":"%s"}}}`,
		"UpdateItem":       `{"TableName":"Tab","Key":{"pk":{"S":"%s"}}}`,
		"DeleteItem":       `{"TableName":"Tab","Key":{"pk":{"S":"%s"}}}`,
		"GetItem":          `{"TableName":"Tab","Key":{"pk":{"S":"%s"}}}`,
		"Query":            `{"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"%s"}}}`,
		"ExecuteStatement": `{"Statement":"SELECT * FROM Tab WHERE pk = '%s'"}`,
	} {
		direction := "Write"
		if strings.Contains("GetItem Query ExecuteStatement", operation) {
			direction = "Read"
		}
		for _, pk := range []string{"hot-1", "warm"} {
			status, answer := s.call(operation, fmt.Sprintf(body, pk))
			wantThrottled(t, status, answer, code, `"Table`+direction+`KeyRangeThroughputExceeded"`)
		}
		s.must(operation, fmt.Sprintf(body, "cold"))
	}
	want := `"UnprocessedItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"hot-2"}}}}]}`
	if got := s.must("BatchWriteItem", `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"hot-2"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"}}}}]}}`); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	want = `"UnprocessedKeys":{"Tab":{"Keys":[{"pk":{"S":"warm"}}]`
	if got := s.must("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"warm"}},{"pk":{"S":"b"}}]}}}`); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	status, answer := s.call("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"Tab","Item":{"pk":{"S":"c"}}}},{"Put":{"TableName":"Tab","Item":{"pk":{"S":"warm"}}}}]}`)
	wantThrottled(t, status, answer, "TransactionCanceledException", "[None, ThrottlingError]")
	s.must("Scan", `{"TableName":"Tab"}`)
}

// TestHotShare has some keys hot, the same ones each time; TestHotRate lets some capacity through.
func TestHotShare(t *testing.T) {
	t.Parallel()
	s, rules := faulty(t)
	rules.rule(s, "hot-partition", `{"kind":"hot-partition","share":30}`)
	hot := 0
	for i := range 300 {
		body := fmt.Sprintf(`{"TableName":"Tab","Item":{"pk":{"S":"%d"}}}`, i)
		first, _ := s.call("PutItem", body)
		second, _ := s.call("PutItem", body)
		if first != second {
			t.Fatalf("%d is hot at one time and not at another", i)
		}
		if first != 200 {
			hot++
		}
	}
	if hot < 60 || hot > 120 {
		t.Errorf("%d of 300 keys are hot, want about 90", hot)
	}
}

func TestHotRate(t *testing.T) {
	t.Parallel()
	s, rules := faulty(t)
	rules.rule(s, "hot-partition", `{"kind":"hot-partition","key":"hot","per_second":2}`)
	const put = `{"TableName":"Tab","Item":{"pk":{"S":"hot"}}}`
	s.must("PutItem", put)
	s.must("PutItem", put)
	if status, _ := s.call("PutItem", put); status != 400 {
		t.Error("the third unit in a second gets through")
	}
	s.must("GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"hot"}}}`) // reads have a rate of their own
	s.advance("1s")
	s.must("PutItem", put)
}

func TestUnprocessedByTableAndKey(t *testing.T) {
	t.Parallel()
	s, rules := faulty(t)
	const batch = `{"RequestItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"a1"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}],"Other":[{"PutRequest":{"Item":{"pk":{"S":"a1"}}}}]}}`
	for parameters, want := range map[string]string{
		`"table":"Other"`:          `{"UnprocessedItems":{"Other":[{"PutRequest":{"Item":{"pk":{"S":"a1"}}}}]}}`,
		`"table":"Tab","key":"a*"`: `{"UnprocessedItems":{"Tab":[{"PutRequest":{"Item":{"pk":{"S":"a1"}}}}]}}`,
		`"key":["b","c"]`:          `{"UnprocessedItems":{"Tab":[{"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}}`,
	} {
		rules.rule(s, "unprocessed-items", `{"kind":"unprocessed-items",`+parameters+`}`)
		if got := s.must("BatchWriteItem", batch); got != want {
			t.Errorf("%s\n got %s\nwant %s", parameters, got, want)
		}
	}
	rules.rule(s, "unprocessed-items", `{"kind":"unprocessed-items","key":"a1"}`)
	want := `"UnprocessedKeys":{"Tab":{"Keys":[{"pk":{"S":"a1"}}]`
	if got := s.must("BatchGetItem", `{"RequestItems":{"Tab":{"Keys":[{"pk":{"S":"a1"}},{"pk":{"S":"b"}}]}}}`); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTransactionInProgress(t *testing.T) {
	t.Parallel()
	s, rules := faulty(t)
	rules.rule(s, "transaction-in-progress", `{"kind":"transaction-in-progress"}`)
	const action = `"TransactItems":[{"Put":{"TableName":"Tab","Item":{"pk":{"S":"a"}}}}]`
	status, answer := s.call("TransactWriteItems", `{"ClientRequestToken":"one",`+action+`}`)
	if status != 400 || !strings.Contains(answer, "#TransactionInProgressException") {
		t.Errorf("got %d %s", status, answer)
	}
	s.must("TransactWriteItems", `{`+action+`}`) // nobody can know it again
}
