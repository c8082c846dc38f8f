package control_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/upstream"
)

// answers is what the control paths say when the upstreams are like this.
func answers(t *testing.T, list []upstream.Health, path string, into any) {
	t.Helper()
	handler := control.New(control.Config{
		Health: func() control.Health {
			return control.Health{Services: map[string]string{"fis": "running"}, Upstreams: control.UpstreamsOf(list)}
		},
	})
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	if err := json.Unmarshal(recorder.Body.Bytes(), into); err != nil {
		t.Fatalf("%s: %v: %s", path, err, recorder.Body)
	}
}

func TestUpstreamsInHealth(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 10, 0, 0, 123_456_789, time.UTC)
	var health struct{ Upstreams json.RawMessage }
	answers(t, []upstream.Health{
		{URL: "http://a", Services: []string{"", "s3"}, Known: true, Reachable: true, Calls: 7, Errors: 2, InFlight: 1, LastError: "gone", LastErrorAt: at, Latency: 1500 * time.Microsecond},
		{URL: "http://b", Services: []string{"sqs"}},
	}, "/_brownout/health", &health)
	sameJSON(t, string(health.Upstreams), `[
		{"url":"http://a","services":["*","s3"],"state":"reachable","calls":7,"errors":2,"in_flight":1,"latency_ms":1.5,"last_error":"gone","last_error_at":"2026-11-22T10:00:00.123Z"},
		{"url":"http://b","services":["sqs"],"state":"unknown","calls":0,"errors":0,"in_flight":0,"latency_ms":0}]`)
	var none map[string]any
	if answers(t, nil, "/_brownout/health", &none); none["upstreams"] != nil {
		t.Errorf("without upstreams: %v", none)
	}
}

// Who waits until LocalStack says that a service is available does so in front of any upstream.
func TestUpstreamsInLocalStackHealth(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		health upstream.Health
		want   string
	}{
		"not tried":      {upstream.Health{}, "starting"},
		"not there yet":  {upstream.Health{Known: true, Calls: 3, Errors: 3}, "starting"},
		"there":          {upstream.Health{Known: true, Reachable: true}, "available"},
		"there no more":  {upstream.Health{Known: true, Calls: 3, Errors: 1}, "error"},
		"there, in vain": {upstream.Health{Known: true, Reachable: true, Calls: 3, Errors: 3}, "available"},
	} {
		test.health.URL, test.health.Services = "http://a", []string{""}
		other := upstream.Health{URL: "http://b", Services: []string{"s3"}, Known: true, Reachable: true}
		var answer struct{ Services map[string]string }
		answers(t, []upstream.Health{test.health, other}, "/_localstack/health", &answer)
		if answer.Services["sqs"] != test.want || answer.Services["s3"] != "available" || answer.Services["fis"] != "available" || len(answer.Services) < 400 {
			t.Errorf("%s: sqs %s, s3 %s, fis %s of %d", name, answer.Services["sqs"], answer.Services["s3"], answer.Services["fis"], len(answer.Services))
		}
		answers(t, []upstream.Health{other}, "/_localstack/health", &answer)
		var few struct{ Services map[string]string }
		if answers(t, []upstream.Health{other}, "/_localstack/health", &few); len(few.Services) != 2 {
			t.Errorf("without an upstream for all: %v", few.Services)
		}
	}
}
