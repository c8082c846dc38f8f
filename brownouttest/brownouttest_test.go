package brownouttest_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

const (
	createTable = `{"TableName":"Students","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],` +
		`"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`
	putItem = `{"TableName":"Students","Item":{"id":{"S":"1"},"first name":{"S":"Ada"}}}`
	getItem = `{"TableName":"Students","Key":{"id":{"S":"1"}}}`
)

// call makes a DynamoDB call as any AWS SDK does, without the SDK.
func call(t *testing.T, srv *brownouttest.Server, operation, body string) (status int, header http.Header, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}

func mustCall(t *testing.T, srv *brownouttest.Server, operation, body string) string {
	t.Helper()
	status, _, answer := call(t, srv, operation, body)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", operation, status, answer)
	}
	return answer
}

var getItemFails = fault.Rule{
	Match:  fault.Match{Service: fault.Patterns{"dynamodb"}, Operation: fault.Patterns{"GetItem"}},
	Effect: fault.ErrorWith("Service Unavailable", http.StatusServiceUnavailable, "on purpose"),
}

func TestRulesComeAndGo(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	mustCall(t, srv, "CreateTable", createTable)
	mustCall(t, srv, "PutItem", putItem)
	if got := mustCall(t, srv, "GetItem", getItem); !strings.Contains(got, `"first name":{"S":"Ada"}`) {
		t.Errorf("GetItem: %s", got)
	}

	id := srv.AddRule(getItemFails)
	status, header, answer := call(t, srv, "GetItem", getItem)
	if status != http.StatusServiceUnavailable || !strings.Contains(answer, "on purpose") || header.Get("x-brownout-fault") != brownouttest.Owner {
		t.Errorf("GetItem under the rule: %d %v %s", status, header, answer)
	}
	mustCall(t, srv, "PutItem", putItem)
	if rules := srv.Rules(); len(rules) != 1 || rules[0].ID != id || rules[0].Hits != 1 {
		t.Errorf("rules: %+v", rules)
	}

	other := getItemFails
	other.Owner = "somebody"
	if srv.AddRule(other) == id {
		t.Errorf("two rules have the ID %s", id)
	}
	srv.RemoveRules()
	mustCall(t, srv, "GetItem", getItem)
	if rules := srv.Rules(); len(rules) != 0 {
		t.Errorf("rules are left: %+v", rules)
	}
}

func TestClockMoves(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	mustCall(t, srv, "CreateTable", createTable)
	end := srv.Clock.Now().Add(10 * time.Minute)
	rule := getItemFails
	rule.When.End = &end
	srv.AddRule(rule)
	if status, _, _ := call(t, srv, "GetItem", getItem); status != http.StatusServiceUnavailable {
		t.Errorf("before the rule's end: %d", status)
	}
	srv.Clock.Advance(11 * time.Minute)
	mustCall(t, srv, "GetItem", getItem)
}

func TestServersShareNothing(t *testing.T) {
	t.Parallel()
	one, two := brownouttest.Start(t), brownouttest.Start(t)
	mustCall(t, one, "CreateTable", createTable)
	one.AddRule(getItemFails)
	if got := mustCall(t, two, "ListTables", "{}"); strings.Contains(got, "Students") {
		t.Errorf("the second server has the first one's table: %s", got)
	}
	if len(two.Rules()) != 0 {
		t.Errorf("the second server has the first one's rules: %+v", two.Rules())
	}
}

func TestSeedDecidesDraws(t *testing.T) {
	t.Parallel()
	outcomes := func(seed uint64) (text string) {
		srv := brownouttest.Start(t, brownouttest.WithSeed(seed))
		half := 50.0
		rule := getItemFails
		rule.When.Share = &half
		srv.AddRule(rule)
		for range 64 {
			status, _, _ := call(t, srv, "GetItem", getItem)
			text += fmt.Sprint(status == http.StatusServiceUnavailable, " ")
		}
		return text
	}
	first := outcomes(7)
	if first != outcomes(7) {
		t.Error("one seed, two outcomes")
	}
	if first == outcomes(8) {
		t.Error("two seeds, one outcome")
	}
}

func TestDataOutlivesTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("write", func(t *testing.T) {
		srv := brownouttest.Start(t, brownouttest.WithData(dir))
		mustCall(t, srv, "CreateTable", createTable)
		mustCall(t, srv, "PutItem", putItem)
	})
	srv := brownouttest.Start(t, brownouttest.WithData(dir))
	if got := mustCall(t, srv, "GetItem", getItem); !strings.Contains(got, "Ada") {
		t.Errorf("GetItem: %s", got)
	}
}

// recorder is a test whose failure is looked at, not suffered.
type recorder struct {
	testing.TB
	mutex    sync.Mutex
	failed   bool
	text     strings.Builder
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool     { return r.failed }
func (r *recorder) Logf(format string, arguments ...any) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	fmt.Fprintf(&r.text, format+"\n", arguments...)
}
func (r *recorder) Errorf(format string, arguments ...any) {
	r.failed = true
	r.Logf(format, arguments...)
}
func (r *recorder) Fatalf(format string, arguments ...any) {
	r.Errorf(format, arguments...)
	runtime.Goexit()
}

// run runs a test and its cleanups, and answers what it logged.
func (r *recorder) run(test func()) string {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(r.cleanups) - 1; i >= 0; i-- {
				r.cleanups[i]()
			}
		}()
		test()
	}()
	<-done
	return r.text.String()
}

func TestABadRuleFailsTheTest(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	text := r.run(func() {
		srv := brownouttest.Start(r)
		srv.AddRule(fault.Rule{Effect: []byte(`{"kind":"explode"}`)})
		t.Error("AddRule returned")
	})
	if !r.failed || !strings.Contains(text, `"explode" is not a known kind`) {
		t.Errorf("failed: %v, log: %s", r.failed, text)
	}
}

func TestTheLogIsShownOnFailureOnly(t *testing.T) {
	t.Parallel()
	const line = "AWS dynamodb.ListTables => 200"
	for _, fails := range []bool{false, true} {
		r := &recorder{TB: t}
		text := r.run(func() {
			srv := brownouttest.Start(r)
			for range 1100 { // more than is kept
				mustCall(t, srv, "ListTables", "{}")
			}
			if fails {
				r.Errorf("something is wrong")
			}
		})
		if shown := strings.Contains(text, line); shown != fails {
			t.Errorf("the test fails: %v, the log is shown: %v", fails, shown)
		}
		if strings.Count(text, line) > 1000 {
			t.Errorf("%d lines are shown", strings.Count(text, line))
		}
	}
}
