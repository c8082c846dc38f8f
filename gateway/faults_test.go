package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// client speaks to a server as an SDK does, but tries everything once.
type client struct {
	t    testing.TB
	srv  *brownouttest.Server
	http *http.Client
}

func dial(t testing.TB, srv *brownouttest.Server, http2 bool) *client {
	transport := &http.Transport{Protocols: new(http.Protocols), MaxIdleConnsPerHost: 10}
	transport.Protocols.SetHTTP1(!http2)
	transport.Protocols.SetUnencryptedHTTP2(http2)
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, srv: srv, http: &http.Client{Transport: transport}}
}

func (c *client) request(ctx context.Context, operation, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.srv.URL, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	sign(r, "dynamodb")
	return r
}

func sign(r *http.Request, service string) {
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
}

type result struct {
	status int
	header http.Header
	body   string
	err    error
}

func (c *client) do(r *http.Request) result {
	response, err := c.http.Do(r)
	if err != nil {
		return result{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return result{response.StatusCode, response.Header, string(body), err}
}

func (c *client) call(operation, body string) result {
	c.t.Helper()
	return c.do(c.request(context.Background(), operation, body))
}

// must is a call that succeeds.
func (c *client) must(operation, body string) string {
	c.t.Helper()
	got := c.call(operation, body)
	if got.err != nil || got.status != 200 {
		c.t.Fatalf("%s: %d %s %v", operation, got.status, got.body, got.err)
	}
	return got.body
}

const createOrders = `{"TableName":"Orders","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`

// withTable is a client of a server that has a table with one item, "a".
func withTable(t testing.TB, http2 bool) *client {
	t.Helper()
	c := dial(t, brownouttest.Start(t), http2)
	c.must("CreateTable", createOrders)
	c.must("PutItem", put("a"))
	return c
}

func put(id string) string {
	return `{"TableName":"Orders","Item":{"id":{"S":"` + id + `"},"text":{"S":"` + strings.Repeat("x", 100) + `"}}}`
}

func get(id string) string { return `{"TableName":"Orders","Key":{"id":{"S":"` + id + `"}}}` }

// rule puts a rule into force for GetItem and PutItem of Orders.
func (c *client) rule(text string) {
	c.t.Helper()
	rule, err := fault.ParseRule([]byte(text))
	if err != nil {
		c.t.Fatal(err)
	}
	c.srv.AddRule(rule)
}

func (c *client) effect(effect string) {
	c.t.Helper()
	c.rule(`{"match":{"service":"dynamodb","operation":["GetItem","PutItem"],"resource":"table/Orders"},"effect":` + effect + `}`)
}

func code(body string) string {
	var e struct {
		Type string `json:"__type"`
	}
	_ = json.Unmarshal([]byte(body), &e)
	return e.Type[strings.LastIndexByte(e.Type, '#')+1:]
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		for effect, want := range map[string]string{
			`{"kind":"error","code":"Odd","status":418,"message":"m"}`: "418 Odd",
			`{"kind":"throttle"}`:       "400 ProvisionedThroughputExceededException",
			`{"kind":"internal-error"}`: "500 InternalServerError",
			`{"kind":"unavailable"}`:    "503 ServiceUnavailable",
			`{"kind":"access-denied"}`:  "400 AccessDeniedException",
			`{"kind":"expired-token"}`:  "400 ExpiredTokenException",
		} {
			t.Run(fmt.Sprintf("%s, HTTP/2 %v", effect, http2), func(t *testing.T) {
				t.Parallel()
				c := withTable(t, http2)
				c.effect(effect)
				got := c.call("PutItem", put("b"))
				if shown := fmt.Sprint(got.status, " ", code(got.body)); got.err != nil || shown != want {
					t.Errorf("got %s %v, want %s", shown, got.err, want)
				}
				if owner := got.header.Get("X-Brownout-Fault"); owner != brownouttest.Owner {
					t.Errorf("x-brownout-fault: %q", owner)
				}
				c.srv.RemoveRules()
				if body := c.must("GetItem", get("b")); body != "{}" {
					t.Errorf("the call was carried out all the same: %s", body)
				}
			})
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{`{"kind":"reset"}`, `{"kind":"reset","after_bytes":10}`, `{"kind":"reset","after_bytes":0}`} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			c := withTable(t, false)
			c.effect(effect)
			if got := c.call("GetItem", get("a")); !errors.Is(got.err, syscall.ECONNRESET) {
				t.Errorf("HTTP/1.1: got %d %q %v, want ECONNRESET", got.status, got.body, got.err)
			}
			h2 := dial(t, c.srv, true)
			if got := h2.call("GetItem", get("a")); got.err == nil || !strings.Contains(got.err.Error(), "stream error") || !strings.Contains(got.err.Error(), "INTERNAL_ERROR") {
				t.Errorf("HTTP/2: got %d %q %v, want RST_STREAM", got.status, got.body, got.err)
			}
			c.srv.RemoveRules()
			h2.must("GetItem", get("a"))
			c.must("GetItem", get("a"))
		})
	}
	t.Run("the body begins before the reset", func(t *testing.T) {
		t.Parallel()
		c := withTable(t, false)
		c.effect(`{"kind":"reset","after_bytes":10}`)
		got := c.call("GetItem", get("a"))
		if got.status != 200 || len(got.body) != 10 {
			t.Errorf("got %d %q", got.status, got.body)
		}
	})
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		for _, n := range []int{0, 1, 50} {
			t.Run(fmt.Sprintf("%d bytes, HTTP/2 %v", n, http2), func(t *testing.T) {
				t.Parallel()
				c := withTable(t, http2)
				whole := c.must("GetItem", get("a"))
				c.effect(fmt.Sprintf(`{"kind":"truncate","after_bytes":%d}`, n))
				got := c.call("GetItem", get("a"))
				if !errors.Is(got.err, io.ErrUnexpectedEOF) || got.body != whole[:n] {
					t.Errorf("got %q %v, want %q and an unexpected EOF", got.body, got.err, whole[:n])
				}
				if length := got.header.Get("Content-Length"); length != fmt.Sprint(len(whole)) {
					t.Errorf("Content-Length is %s, want %d", length, len(whole))
				}
			})
		}
	}
	t.Run("a shorter body is left alone", func(t *testing.T) {
		t.Parallel()
		c := withTable(t, false)
		whole := c.must("GetItem", get("a"))
		c.effect(fmt.Sprintf(`{"kind":"truncate","after_bytes":%d}`, len(whole)))
		if got := c.must("GetItem", get("a")); got != whole {
			t.Errorf("got %q", got)
		}
	})
}

func TestCorrupt(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 4000} {
		c := withTable(t, false)
		whole := c.call("GetItem", get("a"))
		c.rule(fmt.Sprintf(`{"match":{"operation":"GetItem"},"seed":5,"effect":{"kind":"corrupt","bytes":%d}}`, n))
		got := c.call("GetItem", get("a"))
		changed := 0
		for i := range min(len(whole.body), len(got.body)) {
			if whole.body[i] != got.body[i] {
				changed++
			}
		}
		if got.err != nil || len(got.body) != len(whole.body) || changed != min(n, len(whole.body)) {
			t.Errorf("%d bytes of %d are changed, the length is %d; want %d: %v", changed, len(whole.body), len(got.body), n, got.err)
		}
		for _, name := range []string{"Content-Length", "X-Amz-Crc32"} {
			if got.header.Get(name) == "" || got.header.Get(name) != whole.header.Get(name) {
				t.Errorf("%s: %q became %q", name, whole.header.Get(name), got.header.Get(name))
			}
		}
	}
}

func TestSlowBody(t *testing.T) {
	t.Parallel()
	c := withTable(t, false)
	whole := c.must("GetItem", get("a"))
	c.effect(fmt.Sprintf(`{"kind":"slow-body","bytes_per_second":%d}`, len(whole)*4))
	began := clock.Real{}.Now()
	if got := c.must("GetItem", get("a")); got != whole {
		t.Errorf("got %q", got)
	}
	if took := (clock.Real{}).Now().Sub(began); took < 240*time.Millisecond {
		t.Errorf("took %v, want a quarter of a second", took)
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	for _, effects := range [][]string{
		{`{"kind":"delay","duration":"60ms"}`, `{"kind":"delay","duration":40}`},
		{`{"kind":"delay","duration":"60ms","phase":"after"}`, `{"kind":"delay","duration":40}`},
		{`{"kind":"delay","min":"100ms","max":"110ms"}`},
		{`{"kind":"delay","duration":"100ms","phase":"after"}`, `{"kind":"throttle"}`},
	} {
		c := withTable(t, false)
		for _, effect := range effects {
			c.effect(effect)
		}
		began := clock.Real{}.Now()
		got := c.call("PutItem", put("b"))
		if took := (clock.Real{}).Now().Sub(began); got.err != nil || took < 100*time.Millisecond {
			t.Errorf("%v: took %v: %v", effects, took, got.err)
		}
	}
}

// TestAfterCommit: the item is written, and the caller does not learn of it.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	for effect, want := range map[string]string{
		`{"kind":"after-commit"}`: "closed",
		`{"kind":"after-commit","error":{"code":"InternalServerError","status":500,"message":"lost"}}`:           "500 InternalServerError",
		`{"kind":"after-commit","delay":"30ms"}`:                                                                 "200 ",
		`{"kind":"after-commit","delay":"30ms","error":{"code":"RequestTimeout","status":408,"message":"lost"}}`: "408 RequestTimeout",
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, HTTP/2 %v", effect, http2), func(t *testing.T) {
				t.Parallel()
				c := withTable(t, http2)
				c.effect(effect)
				got := c.call("PutItem", put("b"))
				shown := fmt.Sprint(got.status, " ", code(got.body))
				switch {
				case want != "closed" && (got.err != nil || shown != want):
					t.Errorf("got %s %v, want %s", shown, got.err, want)
				case want == "closed" && !http2 && !errors.Is(got.err, io.EOF):
					t.Errorf("got %s %v, want a connection closed without a byte", shown, got.err)
				case want == "closed" && http2 && (got.err == nil || !strings.Contains(got.err.Error(), "stream error")):
					t.Errorf("got %s %v, want RST_STREAM", shown, got.err)
				}
				failed := c.call("PutItem", `{"TableName":"Orders","Item":{}}`)
				if failed.status != 400 || code(failed.body) != "ValidationException" {
					t.Errorf("a failed call did not pass: %d %s %v", failed.status, failed.body, failed.err)
				}
				c.srv.RemoveRules()
				if body := c.must("GetItem", get("b")); !strings.Contains(body, `"b"`) {
					t.Errorf("the item was not written: %s", body)
				}
			})
		}
	}
}

// TestHang: the call waits until its client gives up, and then everything is given back.
func TestHang(t *testing.T) {
	t.Parallel()
	for http2, clients := range map[bool]int{false: 2000, true: 200} {
		t.Run(fmt.Sprintf("HTTP/2 %v", http2), func(t *testing.T) {
			t.Parallel()
			c := withTable(t, http2)
			c.effect(`{"kind":"hang"}`)
			ctx, giveUp := context.WithCancel(context.Background())
			var hanging sync.WaitGroup
			for range clients {
				hanging.Go(func() {
					if got := c.do(c.request(ctx, "GetItem", get("a"))); !errors.Is(got.err, context.Canceled) {
						t.Errorf("got %d %v", got.status, got.err)
					}
				})
			}
			await(t, "all clients to hang", func() bool { return c.srv.Rules()[0].Hits == uint64(clients) })
			c.must("ListTables", `{}`) // others work
			giveUp()
			hanging.Wait()
			await(t, "all calls to end", func() bool {
				gone := 0
				for _, r := range c.srv.Calls() {
					if r.ClientGone {
						gone++
					}
				}
				return gone == clients
			})
		})
	}
}

// TestClientGoneDuringDelay: a delay ends with its client, not an hour later.
func TestClientGoneDuringDelay(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{`{"kind":"delay","duration":"1h"}`, `{"kind":"delay","duration":"1h","phase":"after"}`, `{"kind":"after-commit","delay":"1h"}`} {
		c := withTable(t, false)
		c.effect(effect)
		ctx, giveUp := context.WithCancel(context.Background())
		ended := make(chan result)
		go func() { ended <- c.do(c.request(ctx, "GetItem", get("a"))) }()
		await(t, "the call to wait", func() bool { return c.srv.Rules()[0].Hits == 1 })
		giveUp()
		<-ended
		await(t, "the call to end", func() bool {
			calls := c.srv.Calls()
			return calls[len(calls)-1].ClientGone
		})
	}
}

// TestUploadOverHTTP2: an error is there before the upload is, and ends it.
func TestUploadOverHTTP2(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{Match: fault.Match{Operation: fault.Patterns{"PutObject"}}, Effect: json.RawMessage(`{"kind":"throttle"}`)})
	c := dial(t, srv, true)
	r, err := http.NewRequest(http.MethodPut, srv.URL+"/bucket/key", bytes.NewReader(make([]byte, 64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	sign(r, "s3")
	if got := c.do(r); got.err != nil || got.status != 503 || !strings.Contains(got.body, "SlowDown") {
		t.Errorf("got %d %s %v", got.status, got.body, got.err)
	}
}

// await waits for a condition.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := clock.Real{}.Now().Add(20 * time.Second)
	for !holds() {
		if (clock.Real{}).Now().After(deadline) {
			t.Fatal("waited too long for " + what)
		}
		_ = clock.Real{}.Sleep(t.Context(), 5*time.Millisecond)
	}
}

// upload is the head of an S3 upload, as a raw client sends it.
func upload(url string, header string) string {
	return "PUT /bucket/key HTTP/1.1\r\nHost: " + strings.TrimPrefix(url, "http://") + "\r\n" +
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\n" + header + "\r\n"
}

// TestErrorBeforeUpload: the error reaches a client that is still sending.
func TestErrorBeforeUpload(t *testing.T) {
	t.Parallel()
	const mebibyte = 1 << 20
	for _, c := range []struct {
		name    string
		header  string
		size    int
		chunked bool
	}{
		{"small", "Content-Length: 1000\r\n", 1000, false},
		{"1 MiB", "Content-Length: 1048576\r\n", mebibyte, false},
		{"15 MiB", "Content-Length: 15728640\r\n", 15 * mebibyte, false},
		{"64 MiB", "Content-Length: 67108864\r\n", 64 * mebibyte, false},
		{"40 MiB in chunks", "Transfer-Encoding: chunked\r\n", 40 * mebibyte, true},
		{"1 MiB in chunks", "Transfer-Encoding: chunked\r\n", mebibyte, true},
		{"64 MiB that do not wait for 100", "Expect: 100-continue\r\nContent-Length: 67108864\r\n", 64 * mebibyte, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := brownouttest.Start(t)
			rule, err := fault.ParseRule([]byte(`{"match":{"service":"s3","operation":"PutObject","resource":"bucket"},"effect":{"kind":"throttle"}}`))
			if err != nil {
				t.Fatal(err)
			}
			srv.AddRule(rule)
			conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			// As clients do that read nothing before all is sent.
			if _, err := io.WriteString(conn, upload(srv.URL, c.header)); err != nil {
				t.Fatal(err)
			}
			piece := bytes.Repeat([]byte("x"), 64<<10)
			for sent := 0; sent < c.size; sent += len(piece) {
				piece = piece[:min(len(piece), c.size-sent)]
				if c.chunked {
					fmt.Fprintf(conn, "%x\r\n%s\r\n", len(piece), piece)
				} else if _, err := conn.Write(piece); err != nil {
					t.Fatalf("after %d bytes: %v", sent, err)
				}
			}
			if c.chunked {
				io.WriteString(conn, "0\r\n\r\n")
			}
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != 503 || !strings.Contains(string(body), "<Code>SlowDown</Code>") {
				t.Errorf("got %d %s %v", response.StatusCode, body, err)
			}
		})
	}
}

// TestNoContinueBeforeError: a client that asks first is told no, and not to go on.
func TestNoContinueBeforeError(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{Match: fault.Match{Operation: fault.Patterns{"PutObject", "PutItem"}}, Effect: json.RawMessage(`{"kind":"internal-error"}`)})
	for _, head := range []string{
		upload(srv.URL, "Expect: 100-continue\r\nContent-Length: 5000000\r\n"),
		"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, head); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn) // the server closes, since nobody knows whether the body will come
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 500 ") || !strings.Contains(string(answer), "X-Brownout-Fault: test\r\n") {
			t.Errorf("got %q %v", answer, err)
		}
		conn.Close()
	}
}

// TestClientGoneWhileItUploads: a call whose body nobody has read ends with its client, too.
func TestClientGoneWhileItUploads(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{Match: fault.Match{Operation: fault.Patterns{"PutObject"}}, Effect: json.RawMessage(`{"kind":"hang"}`)})
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, upload(srv.URL, "Content-Length: 50000000\r\n")+strings.Repeat("x", 100_000)); err != nil {
		t.Fatal(err)
	}
	await(t, "the call to hang", func() bool { return srv.Rules()[0].Hits == 1 })
	conn.Close()
	await(t, "the call to end", func() bool { calls := srv.Calls(); return len(calls) == 1 && calls[0].ClientGone })
}

// TestFirstAttemptsFail: by what the SDK says, else by counting identical requests that follow a failure.
func TestFirstAttemptsFail(t *testing.T) {
	t.Parallel()
	c := withTable(t, false)
	c.rule(`{"match":{"operation":"GetItem"},"when":{"attempts":"1-2"},"effect":{"kind":"unavailable"}}`)
	for attempt, want := range []int{503, 503, 200, 503, 503, 200} {
		if got := c.call("GetItem", get("a")); got.status != want {
			t.Errorf("attempt %d without a number: %d, want %d", attempt+1, got.status, want)
		}
	}
	for attempt, want := range []int{503, 503, 200, 200} {
		r := c.request(context.Background(), "GetItem", get("a"))
		r.Header.Set("Amz-Sdk-Request", fmt.Sprintf("attempt=%d; max=4", attempt+1))
		if got := c.do(r); got.status != want {
			t.Errorf("attempt %d: %d, want %d", attempt+1, got.status, want)
		}
	}
	estimated := 0
	for _, r := range c.srv.Calls() {
		if r.EstimatedAttempt {
			estimated++
		}
	}
	if estimated != 6 {
		t.Errorf("the journal has %d calls with an estimated attempt, want 6", estimated)
	}
}

func TestUnprocessedItems(t *testing.T) {
	t.Parallel()
	c := withTable(t, false)
	c.rule(`{"match":{"service":"ddb"},"seed":3,"effect":{"kind":"unprocessed-items","share":50}}`)
	var writes, keys []string
	for i := range 20 {
		writes = append(writes, fmt.Sprintf(`{"PutRequest":{"Item":{"id":{"S":"n%d"}}}}`, i))
		keys = append(keys, fmt.Sprintf(`{"id":{"S":"n%d"}}`, i))
	}
	var written struct{ UnprocessedItems map[string][]json.RawMessage }
	decode(t, c.must("BatchWriteItem", `{"RequestItems":{"Orders":[`+strings.Join(writes, ",")+`]}}`), &written)
	left := len(written.UnprocessedItems["Orders"])
	if left < 3 || left > 17 {
		t.Fatalf("%d of 20 items are left undone", left)
	}
	batchGet := `{"RequestItems":{"Orders":{"ConsistentRead":true,"Keys":[` + strings.Join(keys, ",") + `]}}}`
	var read struct {
		Responses       map[string][]json.RawMessage
		UnprocessedKeys map[string]struct{ Keys []json.RawMessage }
	}
	decode(t, c.must("BatchGetItem", batchGet), &read)
	if n := len(read.UnprocessedKeys["Orders"].Keys); n < 3 || n > 17 || len(read.Responses["Orders"]) > 20-n {
		t.Errorf("%d keys are left unread, %d items are read", n, len(read.Responses["Orders"]))
	}
	c.srv.RemoveRules()
	read.UnprocessedKeys, read.Responses = nil, nil
	decode(t, c.must("BatchGetItem", batchGet), &read)
	if len(read.Responses["Orders"]) != 20-left || len(read.UnprocessedKeys) != 0 {
		t.Errorf("%d items are there, want %d", len(read.Responses["Orders"]), 20-left)
	}
}

func decode(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// TestContinueWhenNobodyRefuses: a rule that only delays does not keep the client from being asked for its body.
func TestContinueWhenNobodyRefuses(t *testing.T) {
	t.Parallel()
	c := withTable(t, false)
	c.rule(`{"match":{"operation":"PutItem"},"effect":{"kind":"delay","duration":1}}`)
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := put("b")
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	reader := bufio.NewReader(conn)
	line, err := reader.ReadString('\n')
	if err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q %v", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, body)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 200 || response.Header.Get("X-Brownout-Fault") == "" {
		t.Errorf("got %d %v", response.StatusCode, response.Header)
	}
}

// TestRetryHint: services that say how long to wait say so.
func TestRetryHint(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{Match: fault.Match{Service: fault.Patterns{"lambda"}}, Effect: json.RawMessage(`{"kind":"throttle"}`)})
	r, err := http.NewRequest(http.MethodPost, srv.URL+"/2015-03-31/functions/work/invocations", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	sign(r, "lambda")
	if got := dial(t, srv, false).do(r); got.status != 429 || got.header.Get("Retry-After") != "1" || got.header.Get("X-Amzn-Errortype") != "TooManyRequestsException" {
		t.Errorf("got %d %v %s %v", got.status, got.header, got.body, got.err)
	}
}

// TestFISIsExempt: a rule on everything leaves the experiments' own API alone, and the control paths.
func TestFISIsExempt(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	srv.AddRule(fault.Rule{Effect: json.RawMessage(`{"kind":"reset"}`)})
	c := dial(t, srv, false)
	for path, service := range map[string]string{"/experiments": "fis", "/_brownout/health": "", "/_localstack/health": ""} {
		r, err := http.NewRequest(http.MethodGet, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if service != "" {
			sign(r, service)
		}
		if got := c.do(r); got.err != nil || got.status != 200 {
			t.Errorf("%s: %d %v", path, got.status, got.err)
		}
	}
}
