package journal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
)

var now = time.Date(2026, 1, 31, 12, 10, 0, 0, time.UTC)

func TestFilter(t *testing.T) {
	t.Parallel()
	j := journal.New(10, clock.NewMovable())
	call := full()
	j.Add(&call)
	success := journal.Record{At: now, Service: "s3", Operation: "PutObject", Region: "eu-central-1", Account: "111122223333", Status: 200}
	j.Add(&success)
	reset := journal.Record{At: now, Service: "sqs", Status: 0, Rules: []journal.Hit{{ID: "r", Owner: "api", Kind: "reset"}}}
	j.Add(&reset)
	for query, want := range map[string]string{
		"":                                    "dynamodb s3 sqs",
		"service=dynamodb":                    "dynamodb",
		"service=DynamoDB,s3":                 "dynamodb s3",
		"service=s*":                          "s3 sqs",
		"service=s?":                          "s3",
		"operation=Get*":                      "dynamodb",
		"operation=put*ject":                  "s3",
		"operation=get":                       "",
		"operation=*":                         "dynamodb s3",
		"region=eu-*":                         "s3",
		"account=111122223333":                "s3",
		"access_key=AKIA*":                    "dynamodb",
		"status=503":                          "dynamodb",
		"status=5xx":                          "dynamodb",
		"status=2xx,4xx":                      "s3",
		"status=200-503":                      "dynamodb s3",
		"status=error":                        "dynamodb sqs",
		"status=none":                         "sqs",
		"code=Service Unavailable":            "dynamodb",
		"code=*":                              "dynamodb",
		"owner=EXP1/*":                        "dynamodb",
		"owner=*":                             "dynamodb sqs",
		"rule=slow":                           "dynamodb",
		"kind=reset,error":                    "dynamodb sqs",
		"owner=cli&kind=error":                "",
		"invocation_id=a2b1c0de-0000-4000-*1": "dynamodb",
		"since=5m":                            "s3 sqs",
		"since=1h":                            "dynamodb s3 sqs",
		"since=2026-01-31T12:05:00Z":          "s3 sqs",
		"limit=1":                             "sqs",
		"limit=0":                             "dynamodb s3 sqs",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		f, err := journal.ParseFilter(values, now)
		if err != nil {
			t.Errorf("%q: %v", query, err)
			continue
		}
		var got []string
		for _, r := range j.Calls(f) {
			got = append(got, r.Service)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestWrongFilters(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"status=bad":        `status: "bad" is not an HTTP status such as 503, 5xx, 400-499, error or none, or several with commas between`,
		"status=600-500":    `status: "600-500" is not an HTTP status`,
		"status=99":         `status: "99" is not`,
		"status=":           `status: "" is not`,
		"since=yesterday":   `since: "yesterday" is not a time such as 2026-01-31T12:00:00Z, or how long ago, such as 90s, 5m or 1h`,
		"since=-5m":         `since: "-5m" is not`,
		"limit=-1":          `limit: "-1" is not a whole number, 0 for no limit`,
		"limit=x":           `limit: "x" is not`,
		"servise=s3":        `parameter: "servise" is not one of access_key, account, code,`,
		"region=a&region=b": `region: "a\" and \"b" is not one value`,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := journal.ParseFilter(values, now); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s...", query, err, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add("service=dy*b,s?", "status=5xx")
	f.Fuzz(func(t *testing.T, patterns, status string) {
		_, _ = journal.ParseStatus(status)
		j := journal.New(1, clock.Real{})
		j.Add(&journal.Record{Service: status})
		for _, r := range j.Calls(journal.Filter{Service: patterns}) {
			if status == "" {
				t.Errorf("%q lets %+v through", patterns, r)
			}
		}
	})
}
