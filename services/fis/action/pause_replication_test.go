package action_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
)

// TestReplicationOfARealTablePauses: a global table's writes stay in their region while the action lasts.
func TestReplicationOfARealTablePauses(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	send := func(method, path, target, region, service, body string) string {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		if target != "" {
			request.Header.Set("Content-Type", "application/x-amz-json-1.0")
			request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+target)
		}
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode >= 300 {
			t.Fatalf("%s %s%s: %d %s %v", method, path, target, response.StatusCode, text, err)
		}
		return string(text)
	}
	db := func(region, operation, body string) string {
		t.Helper()
		return send("POST", "/", operation, region, "dynamodb", body)
	}
	// The table's states and replication go by the movable clock: it moves until they are there.
	until := func(what string, check func() bool) {
		t.Helper()
		for range 200 {
			if check() {
				return
			}
			srv.Clock.Advance(100 * time.Millisecond)
			_ = clock.Real{}.Sleep(t.Context(), 5*time.Millisecond)
		}
		t.Fatalf("never: %s", what)
	}
	has := func(region, id string) bool {
		return strings.Contains(db(region, "GetItem", `{"TableName":"Carts","Key":{"id":{"S":"`+id+`"}}}`), `"Item"`)
	}
	put := func(region, id string) { db(region, "PutItem", `{"TableName":"Carts","Item":{"id":{"S":"`+id+`"}}}`) }

	db("us-east-1", "CreateTable", `{"TableName":"Carts","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],`+
		`"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`)
	db("us-east-1", "UpdateTable", `{"TableName":"Carts","ReplicaUpdates":[{"Create":{"RegionName":"eu-west-1"}}]}`)
	until("the replica is active", func() bool {
		return strings.Count(db("us-east-1", "DescribeTable", `{"TableName":"Carts"}`), `"ReplicaStatus":"ACTIVE"`) > 0
	})
	put("us-east-1", "before")
	until("a write has been replicated", func() bool { return has("eu-west-1", "before") })

	made := send("POST", "/experimentTemplates", "", "us-east-1", "fis", `{"clientToken":"a","description":"d","roleArn":"arn:aws:iam::000000000000:role/r","stopConditions":[{"source":"none"}],
		"targets":{"Carts":{"resourceType":"aws:dynamodb:global-table","resourceArns":["arn:aws:dynamodb:us-east-1:000000000000:table/Carts"],"selectionMode":"ALL"}},
		"actions":{"Pause":{"actionId":"aws:dynamodb:global-table-pause-replication","targets":{"Tables":"Carts"},"parameters":{"duration":"PT5M"}}}}`)
	template := regexp.MustCompile(`"id":"(EXT\w+)"`).FindStringSubmatch(made)[1]
	started := send("POST", "/experiments", "", "us-east-1", "fis", fmt.Sprintf(`{"clientToken":"b","experimentTemplateId":%q}`, template))
	id := regexp.MustCompile(`"id":"(EXP\w+)"`).FindStringSubmatch(started)[1]
	until("the experiment runs", func() bool {
		return strings.Contains(send("GET", "/experiments/"+id, "", "us-east-1", "fis", ""), `"Experiment is running."`)
	})
	put("us-east-1", "from here")
	put("eu-west-1", "from there")
	srv.Clock.Advance(time.Minute)
	if has("eu-west-1", "from here") || has("us-east-1", "from there") {
		t.Error("a write was replicated while replication was paused")
	}
	srv.Clock.Advance(5 * time.Minute)
	until("what was held back comes", func() bool { return has("eu-west-1", "from here") && has("us-east-1", "from there") })
}
