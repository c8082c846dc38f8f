package dynamodb_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/store/memory"
)

// TestRun moves the clock and wants what time brings to have happened a moment later.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		movable := clock.NewMovable()
		s := &server{t: t, store: memory.New(), account: "000000000000", region: "us-east-1"}
		var err error
		s.made, err = dynamodb.New(dynamodb.Config{Store: s.store, Clock: movable, IDs: random.New(), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		s.service, s.streams = s.made.Bind(), s.made.BindStreams()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.made.Run(ctx) }()

		s.must("CreateTable", streamTable)
		s.must("UpdateTimeToLive", `{"TableName":"Watched","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}`)
		until, _ := json.Marshal(movable.Now().Add(10 * time.Minute).Unix())
		s.must("PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"a"},"until":{"N":"`+string(until)+`"}}}`)
		sleep(t, 9*time.Minute)
		s.wantCount(1)
		movable.Advance(2 * time.Minute)
		sleep(t, time.Second)
		s.wantCount(0)

		s.must("UpdateTable", `{"TableName":"Watched","ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}]}`)
		s.must("PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"b"}}}`)
		s.region = "eu-west-1"
		s.wantCount(0)
		sleep(t, 1500*time.Millisecond)
		s.wantCount(1)
		if d := s.must("DescribeTable", `{"TableName":"Watched"}`); !strings.Contains(d, `"ReplicaStatus":"ACTIVE"`) {
			t.Error(d)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func (s *server) wantCount(want int) {
	s.t.Helper()
	var out struct{ Count int }
	s.decode("Scan", `{"TableName":"Watched","Select":"COUNT"}`, &out)
	if out.Count != want {
		s.t.Errorf("in %s there are %d items; want %d", s.region, out.Count, want)
	}
}

// inForce is a view in which rules of these kinds hit everything.
type inForce map[string]any

func (f inForce) Hit(kind string) (fault.Own, bool) {
	p, ok := f[kind]
	return fault.Own{Parameters: p}, ok
}

func (f inForce) Active(kind, _ string) (any, bool) {
	p, ok := f[kind]
	return p, ok
}

// rule puts a rule of a kind into force, as the service would parse it.
func (f inForce) rule(s *server, kind, parameters string) {
	s.t.Helper()
	parse := s.service.Faults[kind]
	if parse == nil {
		parse = s.streams.Faults[kind]
	}
	p, err := parse([]byte(parameters))
	if err != nil {
		s.t.Fatal(err)
	}
	f[kind] = p
}

func TestReplicationFaults(t *testing.T) {
	t.Parallel()
	s := start(t, stores(t)["memory"], dynamodb.Current)
	rules := inForce{}
	s.view = rules
	s.bind()
	s.must("CreateTable", streamTable)
	s.must("UpdateTable", `{"TableName":"Watched","ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}]}`)
	s.advance("1s")
	rules.rule(s, "replication-paused", `{"kind":"replication-paused"}`)
	s.must("PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"a"},"v":{"N":"1"}}}`)
	s.must("PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"a"},"v":{"N":"2"}}}`)
	s.advance("1h")
	s.region = "eu-west-1"
	s.wantCount(0)
	delete(rules, "replication-paused")
	rules.rule(s, "replication-delay", `{"kind":"replication-delay","duration":"2h"}`)
	s.advance("1s")
	s.wantCount(0)
	s.advance("1h")
	s.wantCount(1)
	// Several writes during the pause arrive as one.
	if records := newStreamReader(s, "Watched").fetch(); len(records) != 1 || records[0].EventName != "INSERT" {
		t.Errorf("the replica's stream has %v", records)
	}
}

func TestStreamFaults(t *testing.T) {
	t.Parallel()
	s := start(t, stores(t)["memory"], dynamodb.Current)
	s.must("CreateTable", streamTable)
	reader := newStreamReader(s, "Watched")
	rules := inForce{}
	s.faults = rules
	rules.rule(s, "stream-delay", `{"kind":"stream-delay","duration":"10s"}`)
	s.must("PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"a"}}}`)
	s.advance("9s")
	if records := reader.fetch(); len(records) != 0 {
		t.Errorf("too early: %v", records)
	}
	s.advance("1s")
	rules.rule(s, "stream-duplicates", `{"kind":"stream-duplicates"}`)
	if records := reader.fetch(); len(records) != 2 || records[0].EventID != records[1].EventID {
		t.Errorf("not twice: %v", records)
	}
	for kind, parameters := range map[string]string{
		"stream-delay": `{"kind":"stream-delay"}`, "stream-duplicates": `{"share":101}`, "replication-paused": `{"for":"1s"}`,
		"replication-delay": `{"duration":"-1s"}`,
	} {
		parse := s.service.Faults[kind]
		if parse == nil {
			parse = s.streams.Faults[kind]
		}
		if p, err := parse([]byte(parameters)); err == nil {
			t.Errorf("%s %s is accepted: %v", kind, parameters, p)
		}
	}
}

func TestDataFaults(t *testing.T) {
	t.Parallel()
	s := start(t, stores(t)["memory"], dynamodb.Current)
	s.must("CreateTable", streamTable)
	s.must("BatchWriteItem", `{"RequestItems":{"Watched":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"}}}}]}}`)
	rules := inForce{}
	s.faults = rules
	rules.rule(s, "conditional-check-race", `{}`)
	rules.rule(s, "short-pages", `{}`)
	rules.rule(s, "transaction-canceled", `{"reasons":["None","ConditionalCheckFailed"]}`)
	for _, step := range []struct{ operation, body, want string }{
		{"PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"a"}}}`, `{}`},
		{"PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"a"},"x":{"S":"lost"}},"ConditionExpression":"attribute_exists(pk)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`,
			`400 {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"pk":{"S":"a"}}}`},
		{"DeleteItem", `{"TableName":"Watched","Key":{"pk":{"S":"a"}},"ConditionExpression":"attribute_exists(pk)"}`,
			`400 {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}`},
		{"UpdateItem", `{"TableName":"Watched","Key":{"pk":{"S":"a"}},"ConditionExpression":"attribute_exists(pk)"}`,
			`400 {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}`},
		{"Scan", `{"TableName":"Watched","Limit":5}`, `{"Items":[{"pk":{"S":"a"}}],"Count":1,"ScannedCount":1,"LastEvaluatedKey":{"pk":{"S":"a"}}}`},
		{"Query", `{"TableName":"Watched","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"a"}}}`,
			`{"Items":[{"pk":{"S":"a"}}],"Count":1,"ScannedCount":1,"LastEvaluatedKey":{"pk":{"S":"a"}}}`},
		{"TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"Watched","Item":{"pk":{"S":"c"}}}},{"Put":{"TableName":"Watched","Item":{"pk":{"S":"d"}}}}]}`,
			`400 {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}]}`},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"Watched","Key":{"pk":{"S":"c"}}}}]}`,
			`400 {"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]","CancellationReasons":[{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}]}`},
	} {
		if got := shown(s.call(step.operation, step.body)); got != step.want {
			t.Errorf("%s %s\n got %s\nwant %s", step.operation, step.body, got, step.want)
		}
	}
	for kind, parameters := range map[string]string{
		"short-pages": `{"items":0}`, "transaction-canceled": `{"reasons":["Nonsense"]}`, "conditional-check-race": `{"share":1}`,
	} {
		if p, err := s.service.Faults[kind]([]byte(parameters)); err == nil {
			t.Errorf("%s %s is accepted: %v", kind, parameters, p)
		}
	}
	if _, err := s.service.Faults["transaction-canceled"]([]byte(`{"reasons":["None"]}`)); err == nil {
		t.Error("a cancellation without a reason is accepted")
	}
}

// sleep passes the time of a synctest bubble.
func sleep(t *testing.T, d time.Duration) {
	t.Helper()
	if err := (clock.Real{}).Sleep(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// Stale reads see what was there, by key, in a table and in an index, forwards and backwards; consistent
// reads see what is there.
func TestStaleReads(t *testing.T) {
	t.Parallel()
	s := start(t, stores(t)["disk"], dynamodb.Current)
	rules := inForce{}
	s.view, s.faults = rules, rules
	s.bind()
	s.must("CreateTable", `{"TableName":"Watched","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],"GlobalSecondaryIndexes":[{"IndexName":"byG","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}`)
	put := func(sk, g string) {
		s.must("PutItem", `{"TableName":"Watched","Item":{"pk":{"S":"p"},"sk":{"N":"`+sk+`"},"g":{"S":"`+g+`"}}}`)
	}
	for _, sk := range []string{"1", "3", "5", "7"} {
		put(sk, "old")
	}
	s.advance("1h")
	rules.rule(s, "stale-reads", `{"by":"10s"}`)
	put("1", "new")
	put("4", "new")
	s.must("DeleteItem", `{"TableName":"Watched","Key":{"pk":{"S":"p"},"sk":{"N":"5"}}}`)
	s.must("DeleteItem", `{"TableName":"Watched","Key":{"pk":{"S":"p"},"sk":{"N":"7"}}}`)
	put("7", "again")
	put("8", "new")
	query := func(more string) string {
		return s.must("Query", `{"TableName":"Watched","KeyConditionExpression":"pk = :p","ProjectionExpression":"sk,g","ExpressionAttributeValues":{":p":{"S":"p"}}`+more+`}`)
	}
	index := func(g string) string {
		return s.must("Query", `{"TableName":"Watched","IndexName":"byG","KeyConditionExpression":"g = :g","ProjectionExpression":"sk","ExpressionAttributeValues":{":g":{"S":"`+g+`"}}}`)
	}
	wantStale := func() {
		t.Helper()
		for got, want := range map[string]string{
			query(""):                            `{"Items":[{"sk":{"N":"1"},"g":{"S":"old"}},{"sk":{"N":"3"},"g":{"S":"old"}},{"sk":{"N":"5"},"g":{"S":"old"}},{"sk":{"N":"7"},"g":{"S":"old"}}],"Count":4,"ScannedCount":4}`,
			query(`,"ScanIndexForward":false`):   `{"Items":[{"sk":{"N":"7"},"g":{"S":"old"}},{"sk":{"N":"5"},"g":{"S":"old"}},{"sk":{"N":"3"},"g":{"S":"old"}},{"sk":{"N":"1"},"g":{"S":"old"}}],"Count":4,"ScannedCount":4}`,
			query(`,"Limit":3`):                  `{"Items":[{"sk":{"N":"1"},"g":{"S":"old"}},{"sk":{"N":"3"},"g":{"S":"old"}},{"sk":{"N":"5"},"g":{"S":"old"}}],"Count":3,"ScannedCount":3,"LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"N":"5"}}}`,
			query(`,"ConsistentRead":true`):      `{"Items":[{"sk":{"N":"1"},"g":{"S":"new"}},{"sk":{"N":"3"},"g":{"S":"old"}},{"sk":{"N":"4"},"g":{"S":"new"}},{"sk":{"N":"7"},"g":{"S":"again"}},{"sk":{"N":"8"},"g":{"S":"new"}}],"Count":5,"ScannedCount":5}`,
			index("old"):                         `{"Items":[{"sk":{"N":"1"}},{"sk":{"N":"3"}},{"sk":{"N":"5"}},{"sk":{"N":"7"}}],"Count":4,"ScannedCount":4}`,
			index("new"):                         `{"Items":[],"Count":0,"ScannedCount":0}`,
			s.must("GetItem", getWatched("5")):   `{"Item":{"pk":{"S":"p"},"sk":{"N":"5"},"g":{"S":"old"}}}`,
			s.must("GetItem", getWatched("4")):   `{}`,
			s.must("BatchGetItem", batchOf("4")): `{"Responses":{"Watched":[]},"UnprocessedKeys":{}}`,
		} {
			if got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		}
	}
	wantStale()
	s.advance("9s")
	wantStale()
	s.advance("2s")
	if got, want := index("new"), `{"Items":[{"sk":{"N":"1"}},{"sk":{"N":"4"}},{"sk":{"N":"8"}}],"Count":3,"ScannedCount":3}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func getWatched(sk string) string {
	return `{"TableName":"Watched","Key":{"pk":{"S":"p"},"sk":{"N":"` + sk + `"}}}`
}

func batchOf(sk string) string {
	return `{"RequestItems":{"Watched":{"Keys":[{"pk":{"S":"p"},"sk":{"N":"` + sk + `"}}]}}}`
}
