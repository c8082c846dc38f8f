package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/protocol"
)

const (
	maxAttempts = 10
	retryPause  = 20 * time.Millisecond
	accessKey   = "test"
)

// client is an AWS client that retries ten times, 20 ms apart: quicker than SDKs, and without their jitter.
type client struct {
	endpoint  string
	clock     clock.Clock // real time: what a caller waits
	ids       *random.Source
	transport *http.Transport
	show      func(Event)
}

// request is one call. The zero Account is the default one, and zero Attempts are maxAttempts.
type request struct {
	name     string // "dynamodb.GetItem"
	region   string
	in       aws.Document
	body     string // sent as it stands in place of in
	account  string
	attempts int
	quiet    bool // not shown: polling
}

// answer is what came of a call in the end.
type answer struct {
	out      aws.Document
	failure  *aws.Error // of the last attempt; nil: success
	statuses []int      // of each attempt
	faults   []string   // x-brownout-fault of each attempt
	call     string     // x-brownout-call
	took     time.Duration
}

// succeeded is true when the first attempt was answered with 200, with or without a delay.
func (a *answer) succeeded() bool {
	return a.failure == nil && len(a.statuses) == 1 && a.statuses[0] == http.StatusOK
}

func (a *answer) String() string {
	text := fmt.Sprintf("HTTP statuses %v after %v", a.statuses, a.took.Round(time.Millisecond))
	if a.failure != nil {
		text += ", " + a.failure.Error()
	}
	return text
}

// do makes the call. Its error means that no AWS answer came back at all.
func (c *client) do(ctx context.Context, r request) (*answer, error) {
	serviceName, operation, _ := strings.Cut(r.name, ".")
	service := catalog.Lookup(serviceName)
	op := service.Operation(operation)
	attempts := r.attempts
	if attempts == 0 {
		attempts = maxAttempts
	}
	a := &answer{}
	invocation := c.ids.UUID()
	began := c.clock.Now()
	for n := 1; ; n++ {
		sent, err := c.request(ctx, op, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		sent.Header.Set("Amz-Sdk-Invocation-Id", invocation)
		sent.Header.Set("Amz-Sdk-Request", fmt.Sprintf("attempt=%d; max=%d", n, attempts))
		attempted := c.clock.Now()
		status, err := c.roundTrip(sent, op, a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		a.took = c.clock.Now().Sub(began)
		again := status >= 500 && n < attempts
		if !r.quiet {
			c.showAttempt(r, a, n, attempts, c.clock.Now().Sub(attempted), again)
		}
		if !again {
			return a, nil
		}
		if err := c.clock.Sleep(ctx, retryPause); err != nil {
			return nil, err
		}
	}
}

func (c *client) request(ctx context.Context, op *catalog.Operation, r request) (*http.Request, error) {
	in := r.in
	if in == nil {
		in = aws.Document{}
	}
	sent, err := c.encode(op, in, r.body)
	if err != nil {
		return nil, err
	}
	key := r.account
	if key == "" {
		key = accessKey
	}
	// In the form of a signature, so that region and account are known. What it signs nobody checks.
	date := c.clock.Now().UTC()
	sent.Header.Set("X-Amz-Date", date.Format("20060102T150405Z"))
	sent.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%064d",
		key, date.Format("20060102"), r.region, op.Service.SigningName, 0))
	sent.Header.Set("User-Agent", "brownout-demo")
	return sent.WithContext(ctx), nil
}

// encode leaves a body as it stands where the story needs one that no SDK would send.
func (c *client) encode(op *catalog.Operation, in aws.Document, body string) (*http.Request, error) {
	if body == "" {
		return protocol.For(op.Service.Protocols[0]).EncodeRequest(c.endpoint, op, in)
	}
	sent, err := http.NewRequest(op.Method, c.endpoint+op.URI, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	sent.Header.Set("Content-Type", "application/json")
	return sent, nil
}

func (c *client) roundTrip(sent *http.Request, op *catalog.Operation, a *answer) (status int, err error) {
	response, err := c.transport.RoundTrip(sent)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, response.Body); err != nil {
		return 0, err
	}
	a.statuses = append(a.statuses, response.StatusCode)
	a.faults = append(a.faults, response.Header.Get("X-Brownout-Fault"))
	a.call = response.Header.Get("X-Brownout-Call")
	a.out, a.failure = aws.Document{}, nil
	err = protocol.For(op.Service.Protocols[0]).DecodeResponse(response, body.Bytes(), op, &a.out)
	if err != nil && !errors.As(err, &a.failure) {
		return 0, err
	}
	return response.StatusCode, nil
}

func (c *client) showAttempt(r request, a *answer, n, attempts int, took time.Duration, again bool) {
	e := Event{
		Event: "attempt", Call: r.name, Region: r.region, Account: r.account, Attempt: n, Attempts: attempts,
		Status: a.statuses[n-1], Fault: a.faults[n-1], Milliseconds: milliseconds(took),
	}
	if a.failure != nil {
		e.Code, e.Message = a.failure.Code, a.failure.Message
	}
	if again {
		e.RetryIn = milliseconds(retryPause)
	}
	c.show(e)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
