package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

const counters = `{"TableName":"Counters","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"N"}],
"GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}`

// TestConcurrent has many writers at few items, and somebody who asks for the sizes all the while:
// no addition is lost, and the sizes are exact, also when they are first counted among writes.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	const writers, rounds, items = 8, 30, 3
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", counters)
			for i := range items {
				s.must("PutItem", fmt.Sprintf(`{"TableName":"Counters","Item":{"pk":{"S":"%d"},"n":{"N":"0"}}}`, i))
			}
			s.restart()
			var group sync.WaitGroup
			try := func(operation, body string) {
				if status, answer := s.call(operation, body); status != 200 {
					t.Errorf("%s %s: %d %s", operation, body, status, answer)
				}
			}
			for writer := range writers {
				group.Go(func() {
					for round := range rounds {
						try("UpdateItem", fmt.Sprintf(`{"TableName":"Counters","Key":{"pk":{"S":"%d"}},"UpdateExpression":"ADD n :one SET g = :g",
							"ExpressionAttributeValues":{":one":{"N":"1"},":g":{"N":"%d"}}}`, round%items, writer))
						try("PutItem", fmt.Sprintf(`{"TableName":"Counters","Item":{"pk":{"S":"own %d %d"},"g":{"N":"%d"}}}`, writer, round, round))
						if round%3 == 0 {
							try("DescribeTable", `{"TableName":"Counters"}`)
						}
						if round%5 == 0 {
							try("DeleteItem", fmt.Sprintf(`{"TableName":"Counters","Key":{"pk":{"S":"own %d %d"}}}`, writer, round))
						}
					}
				})
			}
			group.Wait()
			sum := 0
			for i := range items {
				var out struct {
					Item struct{ N struct{ N json.Number } }
				}
				answer := s.must("GetItem", fmt.Sprintf(`{"TableName":"Counters","Key":{"pk":{"S":"%d"}}}`, i))
				if err := json.Unmarshal([]byte(answer), &out); err != nil {
					t.Fatal(err)
				}
				n, err := out.Item.N.N.Int64()
				if err != nil {
					t.Fatal(err)
				}
				sum += int(n)
			}
			if sum != writers*rounds {
				t.Errorf("the counters add up to %d, want %d", sum, writers*rounds)
			}
			counted := s.must("DescribeTable", `{"TableName":"Counters"}`)
			want := fmt.Sprintf(`"ItemCount":%d`, items+writers*rounds-writers*rounds/5)
			if n := strings.Count(counted, want); n != 2 {
				t.Errorf("got %s, want %s for the table and its index", counted, want)
			}
			s.restart()
			if again := s.must("DescribeTable", `{"TableName":"Counters"}`); again != counted {
				t.Errorf("after a restart: got %s, want %s", again, counted)
			}
		})
	}
}

// TestDeleteTableExcludesWriters deletes and creates a table under its writers: what they write goes
// into one of the tables or is refused, and nothing of a deleted table comes back.
func TestDeleteTableExcludesWriters(t *testing.T) {
	t.Parallel()
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", counters)
			var group sync.WaitGroup
			done := make(chan struct{})
			for writer := range 4 {
				group.Go(func() {
					for n := 0; ; n++ {
						select {
						case <-done:
							return
						default:
						}
						status, answer := s.call("BatchWriteItem", fmt.Sprintf(
							`{"RequestItems":{"Counters":[{"PutRequest":{"Item":{"pk":{"S":"%d %d"},"g":{"N":"1"}}}},{"PutRequest":{"Item":{"pk":{"S":"%d"}}}}]}}`, writer, n, writer))
						if status != 200 && !strings.Contains(answer, "ResourceNotFoundException") {
							t.Errorf("%d %s", status, answer)
						}
					}
				})
			}
			for range 20 {
				s.must("DeleteTable", `{"TableName":"Counters"}`)
				s.must("CreateTable", counters)
			}
			s.must("DeleteTable", `{"TableName":"Counters"}`)
			close(done)
			group.Wait()
			s.must("CreateTable", counters)
			if answer := s.must("Scan", `{"TableName":"Counters","Select":"COUNT"}`); answer != `{"Count":0,"ScannedCount":0}` {
				t.Errorf("a new table holds items: %s", answer)
			}
			if left := dataKeys(t, s.store); left != 0 {
				t.Errorf("%d keys of deleted tables are left", left)
			}
		})
	}
}
