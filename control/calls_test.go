package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/journal"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func successful(id string) *journal.Record {
	return &journal.Record{
		At: noon, ID: id, Service: "dynamodb", Operation: "PutItem", Region: "us-east-1", Account: "000000000000", AccessKey: "test",
		Status: 200, BytesIn: 120, BytesOut: 2, Total: 1500 * time.Microsecond, Work: 1500 * time.Microsecond,
	}
}

func faulted(id string) *journal.Record {
	return &journal.Record{
		At: noon.Add(time.Second), ID: id, Service: "dynamodb", Operation: "GetItem", Region: "us-east-1", Account: "000000000000",
		Status: 503, Code: "Service Unavailable", InjectedError: true,
		Rules:        []journal.Hit{{ID: "EXP1-1", Owner: "EXP1/Test%20disruption", Kind: "error"}},
		InvocationID: "a2b1c0de-0000-4000-8000-000000000001", Attempt: 3, MaxAttempts: 10,
		BytesIn: 60, BytesOut: 99, Total: 52 * time.Millisecond, Injected: 50 * time.Millisecond, Work: 2 * time.Millisecond,
	}
}

// serve is control's paths behind real HTTP.
func serve(t *testing.T, j *journal.Journal) (url string, stopping chan struct{}) {
	stopping = make(chan struct{})
	server := httptest.NewServer(control.New(control.Config{Journal: j, Clock: clock.NewMovable(), Stopping: stopping}))
	t.Cleanup(server.Close)
	return server.URL, stopping
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestCalls(t *testing.T) {
	t.Parallel()
	j := journal.New(10, clock.NewMovable())
	at, _ := serve(t, j)
	if status, body := get(t, at+"/_brownout/calls"); status != 200 || body != "{\"calls\":[]}\n" {
		t.Errorf("without calls: %d %s", status, body)
	}
	j.Add(successful("A"))
	j.Add(faulted("B"))
	const golden = `{"calls":[` +
		`{"sequence":1,"at":"2026-01-31T12:00:00Z","id":"A","service":"dynamodb","operation":"PutItem","region":"us-east-1",` +
		`"account":"000000000000","access_key":"test","status":200,"bytes_in":120,"bytes_out":2,` +
		`"total_ms":1.5,"injected_ms":0,"work_ms":1.5,"upstream_ms":0},` +
		`{"sequence":2,"at":"2026-01-31T12:00:01Z","id":"B","service":"dynamodb","operation":"GetItem","region":"us-east-1",` +
		`"account":"000000000000","status":503,"code":"Service Unavailable","injected_error":true,` +
		`"rules":[{"id":"EXP1-1","owner":"EXP1/Test%20disruption","kind":"error"}],` +
		`"invocation_id":"a2b1c0de-0000-4000-8000-000000000001","attempt":3,"max_attempts":10,"bytes_in":60,"bytes_out":99,` +
		`"total_ms":52,"injected_ms":50,"work_ms":2,"upstream_ms":0}]}` + "\n"
	status, body := get(t, at+"/_brownout/calls")
	if diff := cmp.Diff(golden, body); status != 200 || diff != "" {
		t.Errorf("%d, -want +got:\n%s", status, diff)
	}
	for query, want := range map[string]string{
		"limit=1": "B", "owner=*": "B", "operation=Put*": "A", "status=5xx": "B", "service=s3": "", "follow=false": "AB",
		"owner=EXP1/Test%2520disruption": "B", "code=Service+Unavailable": "B",
	} {
		_, body := get(t, at+"/_brownout/calls?"+query)
		var answer struct{ Calls []journal.Record }
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, r := range answer.Calls {
			got += r.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestWrongQueries(t *testing.T) {
	t.Parallel()
	at, _ := serve(t, journal.New(10, clock.NewMovable()))
	for query, want := range map[string]string{
		"status=bad":   `"status","message":"\"bad\" is not an HTTP status such as 503, 5xx, 400-499, error or none, or several with commas between`,
		"servise=s3":   `"parameter","message":"\"servise\" is not one of access_key, account, code, invocation_id, kind, limit, operation, owner, region, rule, service, since, status`,
		"follow=maybe": `"follow","message":"\"maybe\" is not true or false`,
		"a=%zz":        `"query","message":"\"a=%zz\" is not percent-encoded NAME=VALUE with \u0026 between`,
	} {
		if status, body := get(t, at+"/_brownout/calls?"+query); status != 400 || body != `{"errors":[{"field":`+want+"\"}]}\n" {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
}

// follow opens a feed; each line that is not empty comes through lines.
func follow(t *testing.T, url string, header map[string]string) (lines *bufio.Scanner, hangUp func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); response.Body.Close() })
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	return bufio.NewScanner(response.Body), cancel
}

// events reads lines until there are so many events; their data is cut to the ids of calls.
func events(t *testing.T, lines *bufio.Scanner, n int) string {
	t.Helper()
	var got strings.Builder
	for n > 0 && lines.Scan() {
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		switch {
		case isData:
			var call journal.Record
			if err := json.Unmarshal([]byte(data), &call); err != nil {
				t.Fatal(err)
			}
			if call.ID == "" {
				fmt.Fprintf(&got, "%s;", data)
			} else {
				fmt.Fprintf(&got, "%s;", call.ID)
			}
			n--
		case lines.Text() != "":
			fmt.Fprintf(&got, "%s|", lines.Text())
		}
	}
	return got.String()
}

func TestFeed(t *testing.T) {
	t.Parallel()
	j := journal.New(4, clock.NewMovable())
	at, stopping := serve(t, j)
	j.Add(successful("1"))
	j.Add(faulted("2"))

	all, _ := follow(t, at+"/_brownout/calls", map[string]string{"Accept": "text/event-stream"})
	filtered, _ := follow(t, at+"/_brownout/calls?follow=true&owner=*&limit=5", nil)
	resumed, hangUp := follow(t, at+"/_brownout/calls?follow=1&limit=5", map[string]string{"Last-Event-ID": "1"})
	if got, want := events(t, filtered, 1), ": the calls from here on|event: call|id: 2|2;"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := events(t, resumed, 1), ": the calls from here on|event: call|id: 2|2;"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	hangUp()
	j.Add(successful("3"))
	j.Add(faulted("4"))
	if got, want := events(t, all, 2), ": the calls from here on|event: call|id: 3|3;event: call|id: 4|4;"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := events(t, filtered, 1), "event: call|id: 4|4;"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	late, _ := follow(t, at+"/_brownout/calls?follow=1", map[string]string{"Last-Event-ID": "1"})
	if got, want := events(t, late, 3), ": the calls from here on|event: call|id: 2|2;event: call|id: 3|3;event: call|id: 4|4;"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for i := 5; i < 10; i++ {
		j.Add(successful(fmt.Sprint(i)))
	}
	behind, _ := follow(t, at+"/_brownout/calls?follow=1", map[string]string{"Last-Event-ID": "3"})
	if got, want := events(t, behind, 2), `: the calls from here on|event: lost|{"lost":2};event: call|id: 6|6;`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	close(stopping)
	for _, feed := range []*bufio.Scanner{all, filtered, late, behind} {
		for feed.Scan() { // ends by itself, and cleanly
		}
		if err := feed.Err(); err != nil {
			t.Errorf("the feed ended with %v", err)
		}
	}
}

// A client that takes nothing must not hold up the server's end.
func TestAStuckClientDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	j := journal.New(5000, clock.NewMovable())
	long := faulted("long")
	for range 60 {
		long.Rules = append(long.Rules, long.Rules[0])
	}
	for range 5000 { // more than sockets take unread
		j.Add(long)
	}
	stopping, ended := make(chan struct{}), make(chan struct{})
	handler := control.New(control.Config{Journal: j, Clock: clock.NewMovable(), Stopping: stopping})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	feed, _ := follow(t, server.URL+"/_brownout/calls?follow=1&limit=5000", nil)
	feed.Scan()
	close(stopping)
	begun := time.Now()
	<-ended
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the feed ended after %v", took)
	}
}

func TestFeedsLeaveNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	j := journal.New(4, clock.NewMovable())
	server := httptest.NewServer(control.New(control.Config{Journal: j, Clock: clock.NewMovable()}))
	transport := &http.Transport{}
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/_brownout/calls?follow=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := response.Body.Read(make([]byte, 10)); err != nil {
			t.Error(err)
		}
		cancel()
		response.Body.Close()
	}
	server.Close()
	transport.CloseIdleConnections()
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	j := journal.New(10, clock.NewMovable())
	at, _ := serve(t, j)
	j.Add(successful("A"))
	j.Add(successful("B"))
	j.Add(faulted("C"))
	j.Add(&journal.Record{Service: "made-up", Operation: "Nothing", Status: 501, Code: "NotImplemented"})
	status, body := get(t, at+"/_brownout/metrics")
	var got strings.Builder
	for line := range strings.Lines(body) {
		if strings.Contains(line, "_bucket") && !strings.Contains(line, `PutItem",service="dynamodb",le="0.001"`) && !strings.Contains(line, `PutItem",service="dynamodb",le="0.0025"`) && !strings.Contains(line, `PutItem",service="dynamodb",le="+Inf"`) {
			continue
		}
		got.WriteString(line)
	}
	const want = `# HELP brownout_call_duration_seconds Time from a call's arrival until its answer was known, injected delays included.
# TYPE brownout_call_duration_seconds histogram
brownout_call_duration_seconds_sum{operation="GetItem",service="dynamodb"} 0.052
brownout_call_duration_seconds_count{operation="GetItem",service="dynamodb"} 1
brownout_call_duration_seconds_bucket{operation="PutItem",service="dynamodb",le="0.001"} 0
brownout_call_duration_seconds_bucket{operation="PutItem",service="dynamodb",le="0.0025"} 2
brownout_call_duration_seconds_bucket{operation="PutItem",service="dynamodb",le="+Inf"} 2
brownout_call_duration_seconds_sum{operation="PutItem",service="dynamodb"} 0.003
brownout_call_duration_seconds_count{operation="PutItem",service="dynamodb"} 2
brownout_call_duration_seconds_sum{operation="other",service="other"} 0
brownout_call_duration_seconds_count{operation="other",service="other"} 1
# HELP brownout_calls_total AWS calls by their outcome: OK, an error code, the status of an error without a code, NoAnswer or ClientGone.
# TYPE brownout_calls_total counter
brownout_calls_total{code="NotImplemented",operation="other",service="other"} 1
brownout_calls_total{code="OK",operation="PutItem",service="dynamodb"} 2
brownout_calls_total{code="Service Unavailable",operation="GetItem",service="dynamodb"} 1
# HELP brownout_faults_total Rules that hit a call, by the kind of their effect.
# TYPE brownout_faults_total counter
brownout_faults_total{kind="error",operation="GetItem",service="dynamodb"} 1
`
	if diff := cmp.Diff(want, got.String()); status != 200 || diff != "" {
		t.Errorf("%d, -want +got:\n%s", status, diff)
	}
}
