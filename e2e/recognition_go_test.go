package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/fis"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// anyHost sends requests for every host name to one server, over plain HTTP: some clients put an account or
// a bucket before the host name, which nothing here needs to resolve.
type anyHost struct {
	*recorder
	server string // host:port
}

// Do implements aws.HTTPClient.
func (a anyHost) Do(request *http.Request) (*http.Response, error) {
	request.Host, request.URL.Host, request.URL.Scheme = request.URL.Host, a.server, "http"
	return a.recorder.Do(request)
}

// configFor is a configuration for calls that may go to any host below localhost.
func configFor(s *server, attempts int) (aws.Config, *recorder) {
	c := newSDK(s).trying(attempts)
	config := c.config()
	config.BaseEndpoint = aws.String(strings.Replace(s.URL, "127.0.0.1", "localhost", 1))
	config.HTTPClient = anyHost{c.http, s.name}
	return config, c.http
}

// eachSDKCall calls check for each call of all protocols.
func eachSDKCall(t *testing.T, check func(t *testing.T, call sdkCall)) {
	for protocol, calls := range sdkCalls {
		t.Run(protocol, func(t *testing.T) {
			for _, call := range calls {
				t.Run(call.service(), func(t *testing.T) { check(t, call) })
			}
		})
	}
}

// Each call of the AWS SDK for Go is recognised as the right service and operation, at an endpoint of ours
// as well as under AWS's own host names, and refused in its own protocol.
func TestGoCallsAreRecognised(t *testing.T) {
	t.Parallel()
	s := start(t)
	services := map[string]bool{}
	eachSDKCall(t, func(t *testing.T, call sdkCall) {
		services[call.service()] = true
		for _, hosts := range []string{"ours", "AWS's"} {
			config, recorded := configFor(s, 1)
			if hosts == "AWS's" {
				config.BaseEndpoint = nil
			}
			err := call.make(t.Context(), config)
			if served := call.service() == "dynamodb" || call.name == "sts.GetFederationToken"; !served {
				wantError(t, err, "NotImplemented", 501, call.name)
			}
			var response *awshttp.ResponseError
			if errors.As(err, &response) && response.ServiceRequestID() == "" {
				t.Errorf("%s hosts: no request id in %v", hosts, err)
			}
			if got := recorded.take(); len(got) != 1 || got[0].call != call.name {
				t.Errorf("%s hosts: recognised as %+v, want %s", hosts, got, call.name)
			}
		}
	})
	if len(services) < 38 {
		t.Errorf("calls of %d services", len(services))
	}
}

// sdkFault is an injected error, and how SDKs take it.
type sdkFault struct {
	code       string
	status     int
	attempts   int // of 3
	throttling bool
}

var sdkFaults = []sdkFault{
	{"ThrottlingException", 400, 3, true},
	{"Throttling", 400, 3, true},
	{"SlowDown", 400, 3, true},
	{"ProvisionedThroughputExceededException", 400, 3, true},
	{"RequestLimitExceeded", 503, 3, true},
	{"TooManyRequestsException", 429, 3, true},
	{"InternalError", 500, 3, false},
	{"ServiceUnavailable", 503, 3, false},
	{"AccessDeniedException", 403, 1, false},
	{"ValidationException", 400, 1, false},
	// Codes that are no names arrive as far as the protocol lets them; the error itself must.
	{"Service Unavailable", 503, 3, false},
	{`Odd <&"'>;:/ ä€ code`, 400, 1, false},
}

// injectEverywhere starts an experiment that makes every call fail; the answer ends it.
func injectEverywhere(t *testing.T, s *server, f sdkFault) (end func()) {
	t.Helper()
	c := newSDK(s)
	id := startExperiment(t, c, createTemplate(t, c, fmt.Sprintf(`{"description": "every call fails", "roleArn": "arn:aws:iam::000000000000:role/r",
		"stopConditions": [{"source": "none"}], "actions": {"fail": {"actionId": "localstack:generic:api-error",
		"parameters": {"exception": %q, "errorCode": "%d"}}}}`, f.code, f.status)).Id)
	return func() {
		t.Helper()
		ok[*fis.StopExperimentOutput](t)(c.fis().StopExperiment(t.Context(), &fis.StopExperimentInput{Id: &id}))
	}
}

// An injected error reaches each client with its code, message and status, and its retryer takes
// it for what it is.
func TestInjectedErrorsInGo(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, f := range sdkFaults {
		t.Run(f.code, func(t *testing.T) {
			end := injectEverywhere(t, s, f)
			eachSDKCall(t, func(t *testing.T, call sdkCall) {
				config, recorded := configFor(s, 3)
				err := call.make(t.Context(), config)
				wantFault(t, err, f)
				got := recorded.take()
				if len(got) != f.attempts {
					t.Errorf("%d attempts, want %d", len(got), f.attempts)
				}
				for _, answer := range got {
					if answer.status != f.status || answer.call != call.name || answer.fault == "" {
						t.Errorf("answered with %+v", answer)
					}
				}
			})
			end()
		})
	}
}

// wantFault wants the injected error, decoded and classified.
func wantFault(t *testing.T, err error, f sdkFault) {
	t.Helper()
	var api smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		t.Fatalf("not an API error: %v", err)
	}
	isName := !strings.ContainsAny(f.code, " <")
	if api.ErrorCode() != f.code && (isName || strings.TrimSpace(api.ErrorCode()) == "") {
		t.Errorf("code %q, want %q", api.ErrorCode(), f.code)
	}
	if api.ErrorMessage() != faultMessage || response.HTTPStatusCode() != f.status {
		t.Errorf("%d %q, want %d %q", response.HTTPStatusCode(), api.ErrorMessage(), f.status, faultMessage)
	}
	if retryable := retry.NewStandard().IsErrorRetryable(err); retryable != (f.attempts > 1) {
		t.Errorf("retryable: %v", retryable)
	}
	if throttling := retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err).Bool(); throttling != f.throttling {
		t.Errorf("throttling: %v", throttling)
	}
}

// An answer to HEAD has no body: clients make do with the status.
func TestHeadsHaveNoBody(t *testing.T) {
	t.Parallel()
	s := start(t)
	defer injectEverywhere(t, s, sdkFault{code: "SlowDown", status: 503})()
	for name, call := range map[string]func(ctx context.Context, c *s3.Client) error{
		"s3.HeadBucket": func(ctx context.Context, c *s3.Client) error {
			_, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("bucket")})
			return err
		},
		"s3.HeadObject": func(ctx context.Context, c *s3.Client) error {
			_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
			return err
		},
	} {
		config, recorded := configFor(s, 3)
		wantError(t, call(t.Context(), s3.NewFromConfig(config)), "ServiceUnavailable", 503, "")
		if got := recorded.take(); len(got) != 3 || got[0].call != name {
			t.Errorf("%s: answered with %+v", name, got)
		}
	}
	status, header, text := send(t, "HEAD", s.URL+"/bucket/key", nil)
	if status != 503 || text != "" || header.Get("Content-Length") != "0" || header.Get("x-brownout-call") != "s3.HeadObject" {
		t.Errorf("%d %v %q", status, header, text)
	}
}
