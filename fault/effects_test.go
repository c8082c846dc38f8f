package fault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// planned is what a rule with this effect plans for a call.
func planned(t testing.TB, effect string, call *aws.Call) *fault.Plan {
	t.Helper()
	set, err := fault.Compile(parse(t, `{"match":{"service":["*","fis"]},"seed":3,"effect":`+effect+`}`), fault.NewState())
	if err != nil {
		t.Fatalf("%s: %v", effect, err)
	}
	var plan fault.Plan
	set.Match(call, &plan)
	return &plan
}

func TestDelayDistributions(t *testing.T) {
	t.Parallel()
	for effect, want := range map[string]struct{ mean, deviation, low, high float64 }{ // milliseconds
		`{"kind":"delay","duration":"20ms"}`:                               {20, 0, 20, 20},
		`{"kind":"delay","min":"10ms","max":"30ms"}`:                       {20, 20 / math.Sqrt(12), 10, 30},
		`{"kind":"delay","mean":"50ms","deviation":"5ms"}`:                 {50, 5, 20, 80},
		`{"kind":"delay","mean":"50ms","deviation":"5ms","phase":"after"}`: {50, 5, 20, 80},
	} {
		for when, calls := range map[string]int{`{}`: 100_000, `{"share":20}`: 50_000} { // the delay's draw does not depend on the share's
			rules := fault.NewRules(clock.Real{}, 1)
			if err := rules.Put(parse(t, `{"match":{},"seed":4,"when":`+when+`,"effect":`+effect+`}`)...); err != nil {
				t.Fatal(err)
			}
			var n, sum, squares float64
			call, set := aws.Call{Service: "s3", Operation: "GetObject"}, rules.Set()
			for range calls {
				var plan fault.Plan
				set.Match(&call, &plan)
				if !plan.Hit() {
					continue
				}
				d := plan.Delay
				if strings.Contains(effect, "after") {
					d = plan.DelayAfter
				}
				ms := float64(d) / float64(time.Millisecond)
				if ms < want.low || ms > want.high {
					t.Fatalf("%s: a delay of %v", effect, d)
				}
				n, sum, squares = n+1, sum+ms, squares+ms*ms
			}
			mean := sum / n
			deviation := math.Sqrt(max(0, squares/n-mean*mean))
			if math.Abs(mean-want.mean) > 5*want.deviation/math.Sqrt(n)+1e-9 || math.Abs(deviation-want.deviation) > 0.02*want.deviation+1e-3 {
				t.Errorf("%s %s: mean %v, deviation %v; want %v", effect, when, mean, deviation, want)
			}
		}
	}
}

// TestConditionsOfServices: what services whose answers are known say, and where others' come from.
func TestConditionsOfServices(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		"throttle dynamodb PutItem":              "ProvisionedThroughputExceededException 400",
		"throttle dynamodb CreateTable":          "ThrottlingException 400",
		"throttle s3 GetObject":                  "SlowDown 503",
		"throttle ec2 DescribeInstances":         "RequestLimitExceeded 503",
		"throttle lambda Invoke":                 "TooManyRequestsException 429",
		"throttle kinesis PutRecord":             "ProvisionedThroughputExceededException 400",
		"throttle kinesis CreateStream":          "LimitExceededException 400",
		"throttle sqs SendMessage":               "ThrottlingException 400",
		"throttle sns Publish":                   "Throttling 400",
		"throttle kms Decrypt":                   "ThrottlingException 400",
		"throttle secretsmanager GetSecretValue": "ThrottlingException 400",
		"throttle ssm GetParameter":              "ThrottlingException 400",
		"throttle cloudwatch PutMetricData":      "Throttling 400",
		"throttle iam GetUser":                   "Throttling 400",
		"throttle sts AssumeRole":                "Throttling 400",
		"throttle rds DescribeDBInstances":       "Throttling 400",
		"throttle apigateway GetRestApis":        "TooManyRequestsException 429",
		"throttle accessanalyzer ListAnalyzers":  "ThrottlingException 429", // the model's own mark
		"throttle stepfunctions StartExecution":  "ThrottlingException 400",
		"throttle fis StartExperiment":           "ThrottlingException 429",
		"internal-error dynamodb GetItem":        "InternalServerError 500",
		"internal-error s3 GetObject":            "InternalError 500",
		"internal-error sns Publish":             "InternalError 500",
		"internal-error lambda Invoke":           "ServiceException 500",
		"internal-error sts AssumeRole":          "InternalFailure 500",
		"internal-error kms Decrypt":             "KMSInternalException 500",
		"unavailable s3 GetObject":               "ServiceUnavailable 503",
		"unavailable ec2 RunInstances":           "Unavailable 503",
		"unavailable eks ListClusters":           "ServiceUnavailableException 503",
		"unavailable sqs SendMessage":            "ServiceUnavailable 503",
		"access-denied dynamodb GetItem":         "AccessDeniedException 400",
		"access-denied s3 GetObject":             "AccessDenied 403",
		"access-denied ec2 RunInstances":         "UnauthorizedOperation 403",
		"access-denied lambda Invoke":            "AccessDeniedException 403",
		"access-denied sts AssumeRole":           "AccessDenied 403",
		"expired-token s3 GetObject":             "ExpiredToken 400",
		"expired-token dynamodb GetItem":         "ExpiredTokenException 400",
		"expired-token lambda Invoke":            "ExpiredTokenException 403",
		"expired-token ec2 RunInstances":         "RequestExpired 400",
		"expired-token iam GetUser":              "ExpiredToken 403",
		"throttle nobody Knows":                  "ThrottlingException 400",
	} {
		f := strings.Fields(call)
		e := condition(t, f[0], f[1], f[2])
		if got := e.Code + " " + itoa(e.Status); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
	if e := condition(t, "throttle", "lambda", "Invoke"); e.RetryAfter != 1 {
		t.Errorf("lambda's throttle asks to wait %d s", e.RetryAfter)
	}
	if e := condition(t, "access-denied", "dynamodb", "GetItem"); !strings.Contains(e.Message, "arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:GetItem") {
		t.Errorf("message: %s", e.Message)
	}
}

func itoa(n int) string {
	return strings.TrimSpace(strings.Join([]string{string(rune('0' + n/100)), string(rune('0' + n/10%10)), string(rune('0' + n%10))}, ""))
}

func condition(t testing.TB, kind, service, operation string) *aws.Error {
	t.Helper()
	call := &aws.Call{Service: service, Operation: operation, Region: "us-east-1", Account: "000000000000", Protocol: catalog.JSON}
	var e *aws.Error
	if err := planned(t, `{"kind":"`+kind+`"}`, call).Before(context.Background(), call); !errors.As(err, &e) {
		t.Fatalf("%s: %v", kind, err)
	}
	return e
}

// throttlingCodes are those that the SDKs' retryers count as throttling.
var throttlingCodes = strings.Fields(`Throttling ThrottlingException ThrottledException RequestThrottledException TooManyRequestsException
	ProvisionedThroughputExceededException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded LimitExceededException
	RequestThrottled SlowDown PriorRequestNotComplete EC2ThrottledException`)

// TestConditionsOfAllServices: every service has an answer to everything, and its throttle is one to SDKs.
func TestConditionsOfAllServices(t *testing.T) {
	t.Parallel()
	for service := range catalog.All() {
		operation := service.Operations[0].Name
		for kind, statuses := range map[string][2]int{"throttle": {400, 503}, "internal-error": {500, 500}, "unavailable": {500, 599}, "access-denied": {400, 403}, "expired-token": {400, 403}} {
			e := condition(t, kind, service.Name, operation)
			if e.Code == "" || e.Message == "" || strings.ContainsAny(e.Message, "{}") || e.Status < statuses[0] || e.Status > statuses[1] {
				t.Errorf("%s %s: %+v", kind, service.Name, e)
			}
			if kind == "throttle" && service.Name != "firehose" && !strings.Contains(" "+strings.Join(throttlingCodes, " ")+" ", " "+e.Code+" ") {
				t.Errorf("%s answers %s, which SDKs do not count as throttling", service.Name, e.Code)
			}
		}
	}
}

// TestRateLimit: real time, which a bubble makes still.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rules := fault.NewRules(clock.Real{}, 1)
		rule := parse(t, `{"id":"limit","match":{"service":"s3"},"effect":{"kind":"rate-limit","per_second":2,"burst":3}}`)[0]
		if err := rules.Put(rule); err != nil {
			t.Fatal(err)
		}
		calls := func(n int) string {
			text := ""
			for range n {
				call := &aws.Call{Service: "s3", Operation: "GetObject"}
				var plan fault.Plan
				rules.Set().Match(call, &plan)
				var e *aws.Error
				if errors.As(plan.Before(t.Context(), call), &e) && e.Code == "SlowDown" {
					text += "X"
				} else {
					text += "."
				}
			}
			return text
		}
		got := calls(5)
		if err := rules.Put(parse(t, `{"id":"other","match":{"service":"sqs"},"effect":{"kind":"throttle"}}`)...); err != nil {
			t.Fatal(err)
		}
		got += " " + calls(1) // another rule does not fill the bucket
		_ = clock.Real{}.Sleep(t.Context(), 500*time.Millisecond)
		got += " " + calls(2)
		_ = clock.Real{}.Sleep(t.Context(), time.Hour)
		if got += " " + calls(5); got != "...XX X .X ...XX" {
			t.Errorf("got %s", got)
		}
		if s := rules.List()[0]; s.Hits != 6 || s.Misses != 7 {
			t.Errorf("%d hits, %d misses", s.Hits, s.Misses)
		}
	})
}

// out is where a body goes; it counts flushes.
type out struct {
	bytes.Buffer
	flushes int
}

func (o *out) Flush() error { o.flushes++; return nil }

// TestBodies writes a body in pieces through each effect.
func TestBodies(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("0123456789", 10)
	for effect, want := range map[string]struct {
		length int
		err    error
	}{
		`{"kind":"truncate"}`:                    {0, fault.ErrClosed},
		`{"kind":"truncate","after_bytes":35}`:   {35, fault.ErrClosed},
		`{"kind":"truncate","after_bytes":100}`:  {100, nil},
		`{"kind":"reset","after_bytes":99}`:      {99, fault.ErrReset},
		`{"kind":"reset","after_bytes":0}`:       {0, fault.ErrReset},
		`{"kind":"reset","after_bytes":1000000}`: {100, nil},
	} {
		call := &aws.Call{Service: "s3", Operation: "GetObject"}
		var o out
		w := planned(t, effect, call).Body(context.Background(), call, &o, int64(len(body)))
		var err error
		for i := 0; i < len(body) && err == nil; i += 7 {
			_, err = io.WriteString(w, body[i:min(len(body), i+7)])
		}
		if !errors.Is(err, want.err) || o.String() != body[:want.length] {
			t.Errorf("%s: %q, %v", effect, o.String(), err)
		}
	}
}

func TestCorruptWhateverThePieces(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("0123456789"), 100)
	for _, length := range []int64{int64(len(body)), -1} {
		var results []string
		for _, piece := range []int{1, 7, 1000} {
			call := &aws.Call{Service: "s3", Operation: "GetObject"}
			var o out
			w := planned(t, `{"kind":"corrupt","bytes":20}`, call).Body(context.Background(), call, &o, length)
			for i := 0; i < len(body); i += piece {
				if _, err := w.Write(body[i:min(len(body), i+piece)]); err != nil {
					t.Fatal(err)
				}
			}
			changed := 0
			for i := range o.Bytes() {
				if o.Bytes()[i] != body[i] {
					changed++
				}
			}
			if o.Len() != len(body) || changed != 20 {
				t.Errorf("length %d, pieces of %d: %d bytes, %d changed", length, piece, o.Len(), changed)
			}
			results = append(results, o.String())
		}
		if results[0] != results[1] || results[1] != results[2] {
			t.Errorf("length %d: the pieces decide what is changed", length)
		}
	}
}

func TestSlowBodyTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call := &aws.Call{Service: "s3", Operation: "GetObject"}
		var o out
		w := planned(t, `{"kind":"slow-body","bytes_per_second":50}`, call).Body(t.Context(), call, &o, 1000)
		began := clock.Real{}.Now()
		if n, err := w.Write(make([]byte, 1000)); n != 1000 || err != nil {
			t.Fatal(n, err)
		}
		if took := (clock.Real{}).Now().Sub(began); took != 20*time.Second || o.flushes != 200 {
			t.Errorf("took %v with %d flushes, want 20 s and a flush for each 100 ms", took, o.flushes)
		}
		ctx, cancel := context.WithCancel(t.Context())
		w = planned(t, `{"kind":"slow-body","bytes_per_second":50}`, call).Body(ctx, call, &o, 1000)
		cancel()
		if n, err := w.Write(make([]byte, 1000)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("after the client has gone: %d %v", n, err)
		}
	})
}
