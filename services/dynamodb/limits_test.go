package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

const limits = `{"TableName":"Limits","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]}`

// limitItem has so many bytes: pk, sk and v are 5, "p" is 1, sk 2.
func limitItem(sk, size int) string {
	return fmt.Sprintf(`{"pk":{"S":"p"},"sk":{"N":"%d"},"v":{"S":"%s"}}`, sk, strings.Repeat("v", size-8))
}

func TestItemSize(t *testing.T) {
	t.Parallel()
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", limits)
			s.must("PutItem", `{"TableName":"Limits","Item":`+limitItem(1, 400*1024)+`}`)
			refused := func(operation, body, want string) {
				t.Helper()
				if status, answer := s.call(operation, body); status != 400 || !strings.Contains(answer, want) {
					t.Errorf("%s: got %d %.300s", operation, status, answer)
				}
			}
			refused("PutItem", `{"TableName":"Limits","Item":`+limitItem(1, 400*1024+1)+`}`, "Item size has exceeded the maximum allowed size")
			refused("BatchWriteItem", `{"RequestItems":{"Limits":[{"PutRequest":{"Item":`+limitItem(1, 400*1024+1)+`}}]}}`,
				"Item size has exceeded the maximum allowed size")
			refused("UpdateItem", `{"TableName":"Limits","Key":{"pk":{"S":"p"},"sk":{"N":"1"}},"UpdateExpression":"SET w = :w","ExpressionAttributeValues":{":w":{"S":""}}}`,
				"Item size to update has exceeded the maximum allowed size")
			answer := s.must("GetItem", `{"TableName":"Limits","Key":{"pk":{"S":"p"},"sk":{"N":"1"}},"ReturnConsumedCapacity":"TOTAL"}`)
			if !strings.Contains(answer, `"CapacityUnits":50.0`) {
				t.Errorf("got %s", answer[max(0, len(answer)-100):])
			}
		})
	}
}

// TestPages reads 40 items of 60,000 bytes: a page ends with the item that reaches 1 MB.
func TestPages(t *testing.T) {
	t.Parallel()
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", limits)
			for i := 10; i < 50; i++ {
				s.must("PutItem", `{"TableName":"Limits","Item":`+limitItem(i, 60_000)+`}`)
			}
			for _, call := range []string{
				`Query {"TableName":"Limits","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p"}},"ReturnConsumedCapacity":"TOTAL"`,
				`Query {"TableName":"Limits","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p"}},"ReturnConsumedCapacity":"TOTAL","ScanIndexForward":false,"Select":"COUNT"`,
				`Scan {"TableName":"Limits","ReturnConsumedCapacity":"TOTAL","ProjectionExpression":"sk"`,
				`Scan {"TableName":"Limits","ReturnConsumedCapacity":"TOTAL","FilterExpression":"attribute_exists(nothing)"`,
			} {
				operation, body, _ := strings.Cut(call, " ")
				if got, want := pageCounts(t, s, operation, body), "18 18 4"; got != want {
					t.Errorf("%s: got pages of %s, want %s", call, got, want)
				}
			}
		})
	}
}

func pageCounts(t *testing.T, s *server, operation, body string) string {
	t.Helper()
	var counts []string
	startKey := ""
	for {
		var out struct {
			ScannedCount     int
			LastEvaluatedKey json.RawMessage
			ConsumedCapacity struct{ CapacityUnits float64 }
		}
		if err := json.Unmarshal([]byte(s.must(operation, body+startKey+"}")), &out); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, fmt.Sprint(out.ScannedCount))
		if want := float64((out.ScannedCount*60_000+4095)/4096) / 2; out.ConsumedCapacity.CapacityUnits != want {
			t.Errorf("a page of %d costs %v, want %v", out.ScannedCount, out.ConsumedCapacity.CapacityUnits, want)
		}
		if out.LastEvaluatedKey == nil {
			return strings.Join(counts, " ")
		}
		startKey = `,"ExclusiveStartKey":` + string(out.LastEvaluatedKey)
	}
}

// TestBatchGetItemRoom asks for 18 MB: what is above 16 MB comes back as UnprocessedKeys.
func TestBatchGetItemRoom(t *testing.T) {
	t.Parallel()
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", limits)
			var keys []string
			for i := 10; i < 70; i++ {
				s.must("PutItem", `{"TableName":"Limits","Item":`+limitItem(i, 300_000)+`}`)
				keys = append(keys, fmt.Sprintf(`{"pk":{"S":"p"},"sk":{"N":"%d"}}`, i))
			}
			request := `{"Limits":{"ConsistentRead":true,"Keys":[` + strings.Join(keys, ",") + `]}}`
			got := 0
			for rounds := 0; request != "{}" && rounds < 3; rounds++ {
				var out struct {
					Responses       map[string][]json.RawMessage
					UnprocessedKeys json.RawMessage
				}
				if err := json.Unmarshal([]byte(s.must("BatchGetItem", `{"RequestItems":`+request+`}`)), &out); err != nil {
					t.Fatal(err)
				}
				if rounds == 0 && (len(out.Responses["Limits"]) != 55 || !strings.Contains(string(out.UnprocessedKeys), `"ConsistentRead":true`)) {
					t.Errorf("got %d items and %s", len(out.Responses["Limits"]), out.UnprocessedKeys)
				}
				got += len(out.Responses["Limits"])
				request = string(out.UnprocessedKeys)
			}
			if got != 60 {
				t.Errorf("got %d items in all, want 60", got)
			}
		})
	}
}

// TestUpdateCharge: UpdateItem counts what the statement writes and a little for each clause, so that at a
// short key less than 400 KB fit; transactions, and the older generation, count only the item.
func TestUpdateCharge(t *testing.T) {
	t.Parallel()
	const table = `{"TableName":"Tab","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}`
	// The key is 3 bytes, the name of b one: the item has 4 bytes more than b.
	update := func(finished int) string {
		return fmt.Sprintf(`"TableName":"Tab","Key":{"pk":{"S":"K"}},"UpdateExpression":"SET b = :v","ExpressionAttributeValues":{":v":{"S":"%s"}}`, strings.Repeat("v", finished-4))
	}
	const most = 400 * 1024
	for _, c := range []struct {
		wording   dynamodb.Wording
		operation string
		wrap      func(string) string
		fits      int
	}{
		{dynamodb.Current, "UpdateItem", func(u string) string { return "{" + u + "}" }, most - 19},
		{dynamodb.Classic, "UpdateItem", func(u string) string { return "{" + u + "}" }, most},
		{dynamodb.Current, "TransactWriteItems", func(u string) string { return `{"TransactItems":[{"Update":{` + u + `}}]}` }, most},
	} {
		s := start(t, stores(t)["memory"], c.wording)
		s.must("CreateTable", table)
		s.must(c.operation, c.wrap(update(c.fits)))
		if status, answer := s.call(c.operation, c.wrap(update(c.fits+1))); status != 400 || !strings.Contains(answer, "Item size to update has exceeded the maximum allowed size") {
			t.Errorf("%s: got %d %.300s", c.operation, status, answer)
		}
	}
}
