package gateway_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
)

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGzipBodies sends bodies that the client compressed, sound and unsound ones.
func TestGzipBodies(t *testing.T) {
	t.Parallel()
	c := dial(t, brownouttest.Start(t), false)
	whole := compressed(t, `{"Limit":1}`)
	for _, try := range []struct {
		name     string
		body     []byte
		encoding string
		status   int
		contains string
	}{
		{"sound", whole, "gzip", 200, `{"TableNames":[]}`},
		{"in capitals", whole, "GZIP", 200, `{"TableNames":[]}`},
		{"cut off", whole[:len(whole)-6], "gzip", 400, "SerializationException"},
		{"not compressed", []byte(`{"Limit":1}`), "gzip", 400, "SerializationException"},
		{"too large when it is inflated", compressed(t, `{"a":"`+strings.Repeat("a", 17<<20)+`"}`), "gzip", 413, "RequestEntityTooLarge"},
	} {
		t.Run(try.name, func(t *testing.T) {
			r := c.request(t.Context(), "ListTables", "")
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(try.body)), int64(len(try.body))
			r.Header.Set("Content-Encoding", try.encoding)
			response, err := c.http.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			answer, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != try.status || !strings.Contains(string(answer), try.contains) {
				t.Errorf("got %d %.300s, want %d with %s", response.StatusCode, answer, try.status, try.contains)
			}
		})
	}
}

// TestServiceHealth asks DynamoDB's endpoint of a region whether it is well, as AWS's answers.
func TestServiceHealth(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "dynamodb.eu-central-1.amazonaws.com"
	response, err := dial(t, srv, false).http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 || string(answer) != "healthy: dynamodb.eu-central-1.amazonaws.com " {
		t.Errorf("got %d %q", response.StatusCode, answer)
	}
}
