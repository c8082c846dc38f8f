package dynamodb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

const streamTable = `{"TableName":"Watched","BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},
"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}`

// TestStreamTellsAll reads a stream while many write, and wants it to tell each change of each item once
// and in order: whoever applies the records to what the last ones told ends with the table.
func TestStreamTellsAll(t *testing.T) {
	t.Parallel()
	for kind, open := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := start(t, open, dynamodb.Current)
			s.must("CreateTable", streamTable)
			reader := newStreamReader(s, "Watched")
			var writers sync.WaitGroup
			for g := range 6 {
				writers.Go(func() { writeAtRandom(s, rand.New(rand.NewPCG(7, uint64(g))), 150) })
			}
			done := make(chan struct{})
			go func() {
				writers.Wait()
				close(done)
			}()
			for ended := false; ; {
				n := reader.read()
				if ended && n == 0 {
					break
				}
				select {
				case <-done:
					ended = true
				default:
				}
			}
			var scanned struct{ Items []map[string]any }
			s.decode("Scan", `{"TableName":"Watched"}`, &scanned)
			items := map[string]map[string]any{}
			for _, it := range scanned.Items {
				items[it["pk"].(map[string]any)["S"].(string)] = it
			}
			if !reflect.DeepEqual(items, reader.items) {
				t.Errorf("the stream tells\n%v\nthe table is\n%v", reader.items, items)
			}
		})
	}
}

// writeAtRandom makes single, batch and transactional writes of a few items; some fail, some change nothing.
func writeAtRandom(s *server, draw *rand.Rand, n int) {
	key := func() string { return `{"pk":{"S":"` + strconv.Itoa(draw.IntN(8)) + `"}}` }
	item := func() string {
		return `{"pk":{"S":"` + strconv.Itoa(draw.IntN(8)) + `"},"v":{"N":"` + strconv.Itoa(draw.IntN(4)) + `"}}`
	}
	for range n {
		switch draw.IntN(5) {
		case 0:
			s.call("PutItem", `{"TableName":"Watched","Item":`+item()+`}`)
		case 1:
			s.call("DeleteItem", `{"TableName":"Watched","Key":`+key()+`}`)
		case 2:
			s.call("UpdateItem", `{"TableName":"Watched","Key":`+key()+`,"UpdateExpression":"SET v = if_not_exists(v, :one) + :one","ConditionExpression":"v < :most","ExpressionAttributeValues":{":one":{"N":"1"},":most":{"N":"5"}}}`)
		case 3:
			s.call("BatchWriteItem", `{"RequestItems":{"Watched":[{"PutRequest":{"Item":`+item()+`}},{"DeleteRequest":{"Key":`+key()+`}}]}}`)
		case 4:
			s.call("TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"Watched","Item":`+item()+`}},{"Delete":{"TableName":"Watched","Key":`+key()+`,"ConditionExpression":"attribute_exists(pk)"}}]}`)
		}
	}
}

func (s *server) decode(operation, body string, into any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.must(operation, body)), into); err != nil {
		s.t.Fatal(err)
	}
}

// streamReader applies a stream's records to what it has seen so far.
type streamReader struct {
	s        *server
	iterator string
	last     string
	items    map[string]map[string]any
}

func newStreamReader(s *server, table string) *streamReader {
	s.t.Helper()
	var listed struct{ Streams []struct{ StreamArn string } }
	s.decode("ListStreams", `{"TableName":"`+table+`"}`, &listed)
	arn := listed.Streams[len(listed.Streams)-1].StreamArn
	var described struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	s.decode("DescribeStream", `{"StreamArn":"`+arn+`"}`, &described)
	r := &streamReader{s: s, items: map[string]map[string]any{}}
	var first struct{ ShardIterator string }
	s.decode("GetShardIterator", fmt.Sprintf(`{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`,
		arn, described.StreamDescription.Shards[0].ShardId), &first)
	r.iterator = first.ShardIterator
	return r
}

type streamRecord struct {
	EventID   string
	EventName string
	Dynamodb  struct {
		Keys               map[string]map[string]string
		NewImage, OldImage map[string]any
		SequenceNumber     string
	}
}

func (r *streamReader) fetch() []streamRecord {
	r.s.t.Helper()
	var out struct {
		Records           []streamRecord
		NextShardIterator string
	}
	r.s.decode("GetRecords", fmt.Sprintf(`{"ShardIterator":%q,"Limit":50}`, r.iterator), &out)
	r.iterator = out.NextShardIterator
	return out.Records
}

func (r *streamReader) read() int {
	r.s.t.Helper()
	records := r.fetch()
	for _, record := range records {
		d, pk := record.Dynamodb, record.Dynamodb.Keys["pk"]["S"]
		if d.SequenceNumber <= r.last {
			r.s.t.Errorf("record %s comes behind %s", d.SequenceNumber, r.last)
		}
		r.last = d.SequenceNumber
		if before := r.items[pk]; !maps.EqualFunc(before, d.OldImage, func(a, b any) bool { return reflect.DeepEqual(a, b) }) {
			r.s.t.Errorf("%s of %s: the old image is %v, the record before said %v", record.EventName, pk, d.OldImage, before)
		}
		if reflect.DeepEqual(d.OldImage, d.NewImage) {
			r.s.t.Errorf("a record of no change: %v", d.NewImage)
		}
		if record.EventName == "REMOVE" {
			delete(r.items, pk)
		} else {
			r.items[pk] = d.NewImage
		}
	}
	return len(records)
}

// A table's deletion waits for nobody who reads its stream, and a stream ends for good when its table does.
func TestStreamOfDeletedTables(t *testing.T) {
	t.Parallel()
	s := start(t, stores(t)["memory"], dynamodb.Current)
	var work sync.WaitGroup
	for range 3 {
		s.must("CreateTable", streamTable)
		reader := newStreamReader(s, "Watched")
		work.Go(func() { writeAtRandom(s, rand.New(rand.NewPCG(1, 1)), 50) })
		work.Go(func() { s.must("DeleteTable", `{"TableName":"Watched"}`) })
		for reader.iterator != "" {
			reader.read()
		}
		work.Wait()
		s.clock.by.Add(1e9)
	}
	if err := s.made.Tick(context.Background()); err != nil {
		t.Error(err)
	}
}
