package gateway_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/journal"
)

// dynamoDB sends one attempt of a call; the error is the connection's.
func dynamoDB(ctx context.Context, srv *brownouttest.Server, operation, body, attempt string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	request.Header.Set("Amz-Sdk-Invocation-Id", "a2b1c0de-0000-4000-8000-000000000001")
	request.Header.Set("Amz-Sdk-Request", attempt)
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// latest waits for the call of this number: a client that hangs up is not told when that was noticed.
func latest(t *testing.T, srv *brownouttest.Server, sequence uint64) journal.Record {
	t.Helper()
	for range 20_000 { // asking takes its time: no need to sleep
		if calls := srv.Calls(journal.Filter{After: sequence - 1}); len(calls) > 0 {
			return calls[0]
		}
		askHealth(t, srv)
	}
	t.Fatalf("call %d was never recorded", sequence)
	panic("unreachable")
}

func askHealth(t *testing.T, srv *brownouttest.Server) {
	t.Helper()
	response, err := http.Get(srv.URL + "/_brownout/health")
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// giveUpWhenHung sends a call that a rule lets hang, and hangs up when the rule has hit.
func giveUpWhenHung(t *testing.T, srv *brownouttest.Server, operation string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answered := make(chan error, 1)
	go func() { answered <- dynamoDB(ctx, srv, operation, `{}`, "attempt=1") }()
	for srv.Rules()[0].Hits == 0 {
		askHealth(t, srv)
	}
	cancel()
	if <-answered == nil {
		t.Error("a call that hangs was answered")
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	rule := func(id, operation, effect string) {
		srv.AddRule(fault.Rule{ID: id, Match: fault.Match{Operation: fault.Patterns{operation}}, Effect: json.RawMessage(effect)})
	}
	rule("hang", "PutItem", `{"kind":"hang"}`)
	rule("reset", "DeleteItem", `{"kind":"reset"}`)

	if err := dynamoDB(t.Context(), srv, "ListTables", `{"Limit":5}`, "attempt=2; max=3"); err != nil {
		t.Fatal(err)
	}
	got := latest(t, srv, 1)
	if got.Name() != "dynamodb.ListTables" || got.Region != "eu-west-1" || got.Account != "111122223333" || got.AccessKey != "111122223333" ||
		got.InvocationID != "a2b1c0de-0000-4000-8000-000000000001" || got.Attempt != 2 || got.MaxAttempts != 3 || got.EstimatedAttempt ||
		got.BytesIn != 11 || got.BytesOut != int64(len(`{"TableNames":[]}`)) || got.Status != 200 || got.Failed() || got.Rules != nil ||
		got.Injected != 0 || got.Work != got.Total {
		t.Errorf("a plain call: %+v", got)
	}

	giveUpWhenHung(t, srv, "PutItem")
	got = latest(t, srv, 2)
	if got.Status != 499 || !got.ClientGone || got.Code != "" || got.InjectedError || !got.Failed() || got.Injected <= 0 ||
		len(got.Rules) != 1 || got.Rules[0] != (journal.Hit{ID: "hang", Owner: brownouttest.Owner, Kind: "hang"}) {
		t.Errorf("a client that gave up: %+v", got)
	}

	if err := dynamoDB(t.Context(), srv, "DeleteItem", `{}`, "attempt=1"); err == nil {
		t.Error("a call that is reset was answered")
	}
	got = latest(t, srv, 3)
	if got.Status != 0 || got.Code != "" || !got.InjectedError || !got.Failed() || got.BytesOut != 0 || got.Rules[0].Kind != "reset" {
		t.Errorf("a reset: %+v", got)
	}

	if err := dynamoDB(t.Context(), srv, "MakeTea", `{}`, "attempt=1"); err != nil {
		t.Fatal(err)
	}
	if got = latest(t, srv, 4); got.Status != 400 || got.Operation != "" || got.Code == "" || got.InjectedError {
		t.Errorf("no such operation: %+v", got)
	}
}
