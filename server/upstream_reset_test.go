package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/server"
)

// TestLocalStackUpstreamsAreReset: who resets LocalStack's state through Brownout finds both empty.
func TestLocalStackUpstreamsAreReset(t *testing.T) {
	t.Parallel()
	start := func(health string, reset int) (s *server.Server, asked func() string) {
		var mutex sync.Mutex
		var seen []string
		behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mutex.Lock()
			defer mutex.Unlock()
			seen = append(seen, r.Method+" "+r.URL.Path)
			if r.Method == http.MethodPost {
				w.WriteHeader(reset)
			}
			_, _ = io.WriteString(w, health)
		}))
		t.Cleanup(behind.Close)
		s, _ = run(t, server.Config{Upstreams: map[string]string{"": behind.URL}, Serve: []string{"dynamodb"}})
		return s, func() string {
			mutex.Lock()
			defer mutex.Unlock()
			return strings.Join(seen, ", ")
		}
	}
	const localStack = `{"services": {"s3": "running"}, "edition": "pro"}`
	for name, test := range map[string]struct {
		health, path string
		reset        int
		status       int
		answer       string
		asked        string
	}{
		"all":         {localStack, "/_localstack/state/reset", 200, 200, `{"reset":["experiments","data","http://127.`, "GET /_localstack/health, POST /_localstack/state/reset"},
		"one":         {localStack, "/_localstack/state/s3/reset", 200, 200, `{"reset":["s3"]}`, "GET /_localstack/health, POST /_localstack/state/s3/reset"},
		"ours":        {localStack, "/_localstack/state/dynamodb/reset", 200, 200, `{"reset":["dynamodb"]}`, ""},
		"it fails":    {localStack, "/_localstack/state/reset", 500, 502, `answered POST /_localstack/state/reset with HTTP status 500`, "GET /_localstack/health, POST /_localstack/state/reset"},
		"another":     {`<html>`, "/_localstack/state/reset", 200, 200, `"not_reset":["http://127.`, "GET /_localstack/health"},
		"one another": {`<html>`, "/_localstack/state/s3/reset", 200, 404, `is not LocalStack`, "GET /_localstack/health"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, asked := start(test.health, test.reset)
			status, answer := ask(t, s, http.MethodPost, test.path, "", nil)
			if status != test.status || !strings.Contains(answer, test.answer) || asked() != test.asked {
				t.Errorf("%d %s, the upstream got %s", status, answer, asked())
			}
		})
	}
}
