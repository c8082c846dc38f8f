package dynamodb_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

// TestBuildIndexAmongWriters creates an index of many items while they are written, deleted and moved:
// afterwards it holds what the table holds, no more and no less, and its size is exact.
func TestBuildIndexAmongWriters(t *testing.T) {
	t.Parallel()
	const items, writers = 1000, 4
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", `{"TableName":"Tab","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}]}`)
			for i := 0; i < items; i += 25 {
				var puts []string
				for j := range 25 {
					puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{"pk":{"S":"%d"},"g":{"N":"%d"}}}}`, i+j, j%3))
				}
				s.must("BatchWriteItem", `{"RequestItems":{"Tab":[`+strings.Join(puts, ",")+`]}}`)
			}
			s.restart() // sizes are counted along the way, too
			s.must("UpdateTable", `{"TableName":"Tab","AttributeDefinitions":[{"AttributeName":"g","AttributeType":"N"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"gsi","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`)
			var group sync.WaitGroup
			for writer := range writers {
				group.Go(func() {
					for i := writer; i < items; i += writers {
						var status int
						var answer string
						switch i % 3 {
						case 0:
							status, answer = s.call("DeleteItem", fmt.Sprintf(`{"TableName":"Tab","Key":{"pk":{"S":"%d"}}}`, i))
						case 1:
							status, answer = s.call("UpdateItem", fmt.Sprintf(`{"TableName":"Tab","Key":{"pk":{"S":"%d"}},"UpdateExpression":"SET g = :g","ExpressionAttributeValues":{":g":{"N":"7"}}}`, i))
						default:
							status, answer = s.call("TransactWriteItems", fmt.Sprintf(`{"TransactItems":[{"Put":{"TableName":"Tab","Item":{"pk":{"S":"%d"}}}},{"Put":{"TableName":"Tab","Item":{"pk":{"S":"new %d"},"g":{"N":"8"}}}}]}`, i, i))
						}
						if status != 200 {
							t.Errorf("%d %s", status, answer)
						}
					}
				})
			}
			if err := s.made.BuildIndexes(context.Background()); err != nil {
				t.Error(err)
			}
			group.Wait()
			// 333 of the items moved to 7, 333 left the index for as many new ones.
			const want = `{"Count":666,"ScannedCount":666}`
			if got := s.must("Scan", `{"TableName":"Tab","IndexName":"gsi","Select":"COUNT"}`); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			described := s.must("DescribeTable", `{"TableName":"Tab"}`)
			if !strings.Contains(described, `"IndexStatus":"ACTIVE"`) || !strings.Contains(described, `"ItemCount":666`) {
				t.Errorf("got %s", described)
			}
			s.restart()
			if again := s.must("DescribeTable", `{"TableName":"Tab"}`); again != described {
				t.Errorf("after a restart: got %s, want %s", again, described)
			}
		})
	}
}
