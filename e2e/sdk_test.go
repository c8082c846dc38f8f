package e2e

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/fis"
	"github.com/aws/smithy-go"
)

// sdk is a configuration of the AWS SDK for Go v2 that points at a server.
type sdk struct {
	url, region, accessKey string
	attempts               int
	http                   *recorder
}

// newSDK tries a call once only, in us-east-1, unless its fields are changed.
func newSDK(s *server) sdk {
	return sdk{url: s.URL, region: "us-east-1", accessKey: "test", attempts: 1, http: &recorder{}}
}

func (c sdk) in(region string) sdk       { c.region = region; return c }
func (c sdk) as(accessKey string) sdk    { c.accessKey = accessKey; return c }
func (c sdk) trying(attempts int) sdk    { c.attempts = attempts; return c }
func (c sdk) dynamodb() *dynamodb.Client { return dynamodb.NewFromConfig(c.config()) }
func (c sdk) fis() *fis.Client           { return fis.NewFromConfig(c.config()) }

func (c sdk) config() aws.Config {
	return aws.Config{
		Region: c.region, BaseEndpoint: aws.String(c.url), HTTPClient: c.http,
		Credentials: credentials.NewStaticCredentialsProvider(c.accessKey, "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = c.attempts
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
			})
		},
	}
}

// recorder is an HTTP client that remembers the heads of all answers.
type recorder struct {
	mutex   sync.Mutex
	answers []answer
}

// answer is the head of an HTTP answer, and what the SDK said of the attempt.
type answer struct {
	status  int
	call    string // x-brownout-call
	fault   string // x-brownout-fault
	attempt string // amz-sdk-request
}

// Do implements aws.HTTPClient.
func (r *recorder) Do(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultClient.Do(request)
	if err == nil {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.answers = append(r.answers, answer{response.StatusCode, response.Header.Get("x-brownout-call"),
			response.Header.Get("x-brownout-fault"), request.Header.Get("amz-sdk-request")})
	}
	return response, err
}

// take is what has been remembered since the last time.
func (r *recorder) take() []answer {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	taken := r.answers
	r.answers = nil
	return taken
}

// ok gives back an answer that must be there.
func ok[T any](t *testing.T) func(answer T, err error) T {
	t.Helper()
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// wantError wants an API error with this code and HTTP status, whose message holds the text.
func wantError(t *testing.T, err error, code string, status int, text string) {
	t.Helper()
	var api smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &api) {
		t.Fatalf("got %v, want an error %s", err, code)
	}
	if !errors.As(err, &response) {
		t.Fatalf("no HTTP response in %v", err)
	}
	if api.ErrorCode() != code || response.HTTPStatusCode() != status || !strings.Contains(api.ErrorMessage(), text) {
		t.Fatalf("got %d %s: %q\nwant %d %s: %q", response.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage(), status, code, text)
	}
}
