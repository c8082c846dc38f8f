package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/logging"
)

// rule puts one rule through the HTTP API and answers its id.
func (s *server) rule(rule string) string {
	s.t.Helper()
	status, _, text := send(s.t, "POST", s.URL+"/_brownout/rules", strings.NewReader(rule), "Content-Type", "application/json")
	var made struct{ Rules []struct{ ID string } }
	if status != 201 || json.Unmarshal([]byte(text), &made) != nil || len(made.Rules) != 1 {
		s.t.Fatalf("the rule %s: %d %s", rule, status, text)
	}
	return made.Rules[0].ID
}

// hits wants that a rule has hit and missed so many calls.
func (s *server) hits(rule string, hits, misses int) {
	s.t.Helper()
	_, _, text := send(s.t, "GET", s.URL+"/_brownout/rules/"+rule, nil)
	var got struct{ Hits, Misses int }
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Hits != hits || got.Misses != misses {
		s.t.Errorf("want %d hits and %d misses: %s", hits, misses, text)
	}
}

// hasHit answers an error until the rule has hit a call.
func (s *server) hasHit(rule string) error {
	var got struct{ Hits int }
	_, _, text := send(s.t, "GET", s.URL+"/_brownout/rules/"+rule, nil)
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Hits == 0 {
		return fmt.Errorf("no hit: %s %v", text, err)
	}
	return nil
}

// abandon makes a call, gives it up when that is so, and answers what the client made of it.
func (s *server) abandon(when func() error, call func(context.Context) error) error {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- call(ctx) }()
	eventually(s.t, "the call can be given up", when)
	cancel()
	return <-ended
}

// journalled is a call as the journal tells it.
type journalled struct {
	Operation, Code string
	Status          int
	Attempt         int
	InvocationID    string  `json:"invocation_id"`
	InjectedError   bool    `json:"injected_error"`
	ClientGone      bool    `json:"client_gone"`
	Injected        float64 `json:"injected_ms"`
	Rules           []struct{ ID, Owner, Kind string }
}

func (s *server) calls(query string) []journalled {
	s.t.Helper()
	_, _, text := send(s.t, "GET", s.URL+"/_brownout/calls?"+query, nil)
	var got struct{ Calls []journalled }
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		s.t.Fatalf("%v: %s", err, text)
	}
	return got.Calls
}

// isThrottle reports whether the SDK's retryer counts an error as a throttle.
func isThrottle(err error) bool {
	return retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
}

// isRetryable reports whether the SDK's retryer would try again.
func isRetryable(err error) bool {
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}

// faultCase is an effect on GetItem, and what the SDK makes of it.
type faultCase struct {
	effect string
	code   string // of an API error; empty for another kind
	status int
	is     func(err error) bool
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) && retry.RetryableConnectionError{}.IsErrorRetryable(err) == aws.TrueTernary
}

// isEnd reports a connection that ended early. The SDK's transport may have closed its own side before the SDK reads on.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

var faultCases = map[string]faultCase{
	"throttle":           {`"kind": "throttle"`, "ProvisionedThroughputExceededException", 400, isThrottle},
	"internal-error":     {`"kind": "internal-error"`, "InternalServerError", 500, isRetryable},
	"unavailable":        {`"kind": "unavailable"`, "ServiceUnavailable", 503, isRetryable},
	"access-denied":      {`"kind": "access-denied"`, "AccessDeniedException", 400, func(err error) bool { return !isRetryable(err) }},
	"expired-token":      {`"kind": "expired-token"`, "ExpiredTokenException", 400, func(err error) bool { return !isRetryable(err) }},
	"error":              {`"kind": "error", "code": "ItemCollectionSizeLimitExceededException", "status": 400, "message": "too much"`, "ItemCollectionSizeLimitExceededException", 400, func(err error) bool { return !isRetryable(err) }},
	"reset":              {`"kind": "reset"`, "", 0, isReset},
	"reset after bytes":  {`"kind": "reset", "after_bytes": 10`, "", 0, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }},
	"truncate":           {`"kind": "truncate", "after_bytes": 10`, "", 0, isEnd},
	"truncate all":       {`"kind": "truncate"`, "", 0, isEnd},
	"after-commit":       {`"kind": "after-commit"`, "", 0, isEnd},
	"after-commit error": {`"kind": "after-commit", "error": {"code": "InternalServerError", "status": 500, "message": "lost"}`, "InternalServerError", 500, isRetryable},
}

// Each effect reaches the SDK as what it is, names itself in a header where there is an answer, and
// stands in the journal.
func TestFaultsWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	for name, fault := range faultCases {
		t.Run(name, func(t *testing.T) {
			id := s.rule(fmt.Sprintf(`{"match": {"service": "dynamodb", "operation": "GetItem"}, "when": {"max": 1}, "effect": {%s}}`, fault.effect))
			c.http.take()
			_, err := c.dynamodb().GetItem(t.Context(), getStudent())
			if fault.code != "" {
				wantError(t, err, fault.code, fault.status, "")
			}
			if err == nil || !fault.is(err) {
				t.Fatalf("got %#v %[1]v", err)
			}
			if seen := c.http.take(); fault.code != "" && (len(seen) != 1 || seen[0].fault != "api") {
				t.Errorf("x-brownout-fault: %+v", seen)
			}
			calls := s.calls("rule=" + id)
			if len(calls) != 1 || len(calls[0].Rules) != 1 || calls[0].Rules[0].Owner != "api" || calls[0].Code != fault.code {
				t.Errorf("journal: %+v", calls)
			}
			s.hits(id, 1, 0)
			wantStudent(t, c)
		})
	}
}

// after-commit leaves the item written: who tries again writes twice.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	update := func(c sdk) error {
		_, err := c.dynamodb().UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: aws.String("Students"), Key: map[string]types.AttributeValue{"id": text("count")},
			UpdateExpression: aws.String("ADD n :one"), ExpressionAttributeValues: map[string]types.AttributeValue{":one": number("1")},
		})
		return err
	}
	s.rule(`{"match": {"operation": "UpdateItem"}, "when": {"first": 2}, "effect": {"kind": "after-commit"}}`)
	if err := update(c); !isEnd(err) {
		t.Fatalf("got %v, want a connection that ends", err)
	}
	if err := update(c.trying(2)); err != nil {
		t.Fatal(err)
	}
	got := ok[*dynamodb.GetItemOutput](t)(c.dynamodb().GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String("Students"), Key: map[string]types.AttributeValue{"id": text("count")}}))
	if n := got.Item["n"].(*types.AttributeValueMemberN).Value; n != "3" {
		t.Errorf("the count is %s after two calls, want 3: one was carried out twice", n)
	}
	// A call that fails by itself passes through.
	s.rule(`{"match": {"operation": "PutItem"}, "effect": {"kind": "after-commit"}}`)
	_, err := c.dynamodb().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Students"), Item: studentItem(),
		ConditionExpression: aws.String("attribute_not_exists(id)")})
	wantError(t, err, "ConditionalCheckFailedException", 400, "")
}

// warnings is a logger of the SDK.
type warnings struct {
	mutex sync.Mutex
	lines []string
}

// Logf implements logging.Logger.
func (w *warnings) Logf(_ logging.Classification, format string, v ...any) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.lines = append(w.lines, fmt.Sprintf(format, v...))
}

// A corrupted answer keeps its length and its checksum. The SDK for Go sees that the checksum is wrong, but only
// logs it: the item comes back changed unless its JSON is broken.
func TestCorruptWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	s.rule(`{"match": {"operation": "GetItem"}, "seed": 5, "effect": {"kind": "corrupt", "bytes": 3}}`)
	body := `{"TableName": "Students", "Key": {"id": {"S": "1"}}}`
	for range 10 {
		_, header, got := send(t, "POST", s.URL, strings.NewReader(body), "X-Amz-Target", "DynamoDB_20120810.GetItem",
			"Content-Type", "application/x-amz-json-1.0")
		if header.Get("Content-Length") != strconv.Itoa(len(got)) {
			t.Errorf("Content-Length %s of %d bytes", header.Get("Content-Length"), len(got))
		}
		if sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(got))), 10); sum == header.Get("x-amz-crc32") {
			t.Errorf("the checksum %s is right: %s", sum, got)
		}
	}
	for range 10 {
		log := &warnings{}
		config := c.config()
		config.Logger = log
		_, err := dynamodb.NewFromConfig(config).GetItem(t.Context(), getStudent())
		if err == nil && !slices.ContainsFunc(log.lines, func(line string) bool { return strings.Contains(line, "did not match expected checksum") }) {
			t.Errorf("no error, and no warning of the checksum: %q", log.lines)
		}
	}
}

// A client that gives up frees a hanging call at once, and the journal says that it has gone.
func TestHangWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	id := s.rule(`{"match": {"operation": "GetItem"}, "when": {"max": 1}, "effect": {"kind": "hang"}}`)
	err := s.abandon(func() error { return s.hasHit(id) }, func(ctx context.Context) error { _, err := c.dynamodb().GetItem(ctx, getStudent()); return err })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want that it was given up", err)
	}
	eventually(t, "the call is in the journal", func() error {
		calls := s.calls("rule=" + id)
		if len(calls) != 1 || !calls[0].ClientGone || calls[0].Status != 499 {
			return fmt.Errorf("journal: %+v", calls)
		}
		return nil
	})
	wantStudent(t, c)
}

// Delays add up, before the call and after it; slow-body takes its time for the bytes.
func TestDelaysWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	get := func() error { _, err := c.dynamodb().GetItem(t.Context(), getStudent()); return err }
	for name, effects := range map[string][]string{
		"before":      {`"kind": "delay", "duration": "300ms"`},
		"after":       {`"kind": "delay", "duration": "300ms", "phase": "after"`},
		"added":       {`"kind": "delay", "duration": "200ms"`, `"kind": "delay", "min": "100ms", "max": "101ms", "phase": "after"`},
		"slow-body":   {`"kind": "slow-body", "bytes_per_second": 250`}, // of 97 bytes
		"after error": {`"kind": "delay", "duration": "300ms"`, `"kind": "throttle"`},
	} {
		for _, effect := range effects {
			s.rule(fmt.Sprintf(`{"match": {"operation": "GetItem"}, "when": {"max": 1}, "effect": {%s}}`, effect))
		}
		waited, err := took(get)
		if waited < 300*time.Millisecond || waited > 10*time.Second || (err != nil) != (name == "after error") {
			t.Errorf("%s: took %v, %v", name, waited, err)
		}
	}
}

// A client that goes away during a delay has not written anything before it; after it, the item is there.
func TestDelayPhases(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	isThere := func(id string) bool {
		got := ok[*dynamodb.GetItemOutput](t)(c.dynamodb().GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: aws.String("Students"), Key: map[string]types.AttributeValue{"id": text(id)}}))
		return got.Item != nil
	}
	for phase, written := range map[string]bool{"before": false, "after": true} {
		id := s.rule(fmt.Sprintf(`{"match": {"operation": "PutItem"}, "when": {"max": 1}, "effect": {"kind": "delay", "duration": "1h", "phase": %q}}`, phase))
		waits := func() error { return s.hasHit(id) }
		if written {
			waits = func() error {
				if !isThere(phase) {
					return errors.New("not written")
				}
				return nil
			}
		}
		err := s.abandon(waits, func(ctx context.Context) error {
			_, err := c.dynamodb().PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("Students"), Item: map[string]types.AttributeValue{"id": text(phase)}})
			return err
		})
		if err == nil {
			t.Fatal("the call came back")
		}
		eventually(t, "the call has ended", func() error {
			if calls := s.calls("rule=" + id); len(calls) != 1 {
				return fmt.Errorf("journal: %+v", calls)
			}
			return nil
		})
		if isThere(phase) != written {
			t.Errorf("delay %s: written %v", phase, !written)
		}
	}
}

func TestRateLimitWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	s.rule(`{"match": {"operation": "GetItem", "resource": "table/Students"}, "effect": {"kind": "rate-limit", "per_second": 0.01, "burst": 3}}`)
	for i := range 6 {
		_, err := c.dynamodb().GetItem(t.Context(), getStudent())
		if (err != nil) != (i >= 3) || err != nil && !isThrottle(err) {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
}

// unprocessed-items leaves items undone, and a client that sends them again gets through.
func TestUnprocessedItems(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	s.rule(`{"match": {"service": "dynamodb"}, "when": {"first": 2}, "effect": {"kind": "unprocessed-items", "share": 100}}`)
	requests := map[string][]types.WriteRequest{"Students": {
		{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{"id": text("a")}}},
		{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{"id": text("b")}}},
	}}
	rounds := 0
	for ; len(requests) > 0 && rounds < 5; rounds++ {
		out := ok[*dynamodb.BatchWriteItemOutput](t)(c.dynamodb().BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: requests}))
		if rounds == 0 && len(out.UnprocessedItems["Students"]) != 2 {
			t.Fatalf("unprocessed: %+v", out.UnprocessedItems)
		}
		requests = out.UnprocessedItems
	}
	if rounds != 3 {
		t.Errorf("%d rounds, want 3", rounds)
	}
	out := ok[*dynamodb.ScanOutput](t)(c.dynamodb().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("Students")}))
	if out.Count != 3 {
		t.Errorf("%d items", out.Count)
	}
}

// "attempts": "1-2" makes each call succeed at its third attempt; the journal has them under one invocation id.
func TestAttemptsWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	s.rule(`{"match": {"operation": "GetItem"}, "when": {"attempts": "1-2"}, "effect": {"kind": "throttle"}}`)
	c = c.trying(3)
	for range 3 {
		c.http.take()
		wantStudent(t, c)
		if seen := c.http.take(); len(seen) != 3 || seen[1].fault != "api" || seen[2].fault != "" {
			t.Fatalf("attempts: %+v", seen)
		}
	}
	byCall := map[string][]journalled{}
	for _, call := range s.calls("operation=GetItem") {
		byCall[call.InvocationID] = append(byCall[call.InvocationID], call)
	}
	if len(byCall) != 3 {
		t.Fatalf("%d logical calls: %+v", len(byCall), byCall)
	}
	for id, attempts := range byCall {
		for i, call := range attempts {
			if len(attempts) != 3 || call.Attempt != i+1 || call.InjectedError != (i < 2) || len(s.calls("invocation_id="+id)) != 3 {
				t.Errorf("%s: %+v", id, attempts)
			}
		}
	}
}

// outcomes are which of n GetItem calls failed.
func outcomes(t *testing.T, c sdk, n int) string {
	t.Helper()
	var b strings.Builder
	for range n {
		if _, err := c.dynamodb().GetItem(t.Context(), getStudent()); err != nil {
			b.WriteByte('x')
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func TestSchedulesWithGoSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	for when, want := range map[string]string{
		`"first": 2`:                         "xx........",
		`"after": 3`:                         "...xxxxxxx",
		`"every": 4`:                         "...x...x..",
		`"max": 3`:                           "xxx.......",
		`"after": 2, "first": 6, "every": 2`: "...x.x.x..",
		`"after": 1, "every": 3, "max": 1`:   "...x......",
		`"share": 0`:                         "..........",
	} {
		id := s.rule(fmt.Sprintf(`{"match": {"operation": "GetItem"}, "when": {%s}, "effect": {"kind": "internal-error"}}`, when))
		if got := outcomes(t, c, len(want)); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
		s.hits(id, strings.Count(want, "x"), strings.Count(want, "."))
		if status, _, text := send(t, "DELETE", s.URL+"/_brownout/rules/"+id, nil); status >= 300 {
			t.Fatal(text)
		}
	}
}

// Two processes with the same seed draw the same; another seed draws otherwise.
func TestSeedOverProcesses(t *testing.T) {
	t.Parallel()
	run := func(seed string) string {
		s := start(t, "--seed", seed)
		c := newSDK(s)
		createStudents(t, c)
		s.rule(`{"id": "half", "match": {"operation": "GetItem"}, "when": {"share": 50}, "effect": {"kind": "throttle"}}`)
		return outcomes(t, c, 60)
	}
	first, second, other := run("7"), run("7"), run("8")
	if first != second || first == other {
		t.Errorf("seed 7: %s\nseed 7: %s\nseed 8: %s", first, second, other)
	}
}

// The SDK's own retryer, with its token bucket, counts throttles and not resets as throttles.
func TestRetryQuota(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	s.rule(`{"match": {"operation": "GetItem"}, "effect": {"kind": "throttle"}}`)
	config := c.config()
	config.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 20
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
			o.RateLimiter = ratelimit.NewTokenRateLimit(20)
		})
	}
	_, err := dynamodb.NewFromConfig(config).GetItem(t.Context(), getStudent())
	if !isThrottle(err) && !strings.Contains(err.Error(), "quota") {
		t.Errorf("got %v", err)
	}
	if n := len(s.calls("operation=GetItem")); n >= 20 || n < 2 {
		t.Errorf("%d attempts, want fewer than 20: the quota ends them", n)
	}
}

// Over HTTP/2 only the stream of the call that is hit is reset; its neighbours go on.
func TestResetOverHTTP2(t *testing.T) {
	t.Parallel()
	s := start(t)
	createStudents(t, newSDK(s))
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	c := newSDK(s)
	config := c.config()
	config.HTTPClient = &http.Client{Transport: transport}
	db := dynamodb.NewFromConfig(config)
	for _, effect := range []string{`"kind": "reset"`, `"kind": "reset", "after_bytes": 10`, `"kind": "truncate", "after_bytes": 10`, `"kind": "after-commit"`} {
		s.rule(`{"match": {"operation": "GetItem"}, "when": {"max": 1}, "effect": {` + effect + `}}`)
		_, err := db.GetItem(t.Context(), getStudent())
		var broken *net.OpError
		if err == nil || errors.As(err, &broken) {
			t.Errorf("%s: %v, want an error of the stream, not of the connection", effect, err)
		}
		if strings.Contains(effect, "reset") && !strings.Contains(err.Error(), "stream error") {
			t.Errorf("%s: %v, want RST_STREAM", effect, err)
		}
		ok[*dynamodb.GetItemOutput](t)(db.GetItem(t.Context(), getStudent()))
	}
}
