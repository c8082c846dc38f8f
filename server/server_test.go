package server_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/server"
)

// run starts a server and answers how to wait for its end.
func run(t *testing.T, c server.Config) (s *server.Server, ended <-chan error) {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- s.Run(ctx); close(end) }()
	t.Cleanup(func() {
		stop()
		if err := <-end; err != nil {
			t.Error(err)
		}
	})
	return s, end
}

func ask(t *testing.T, s *server.Server, method, path, body string, header http.Header) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		request.Header = header
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

const fisSignature = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/fis/aws4_request, SignedHeaders=host, Signature=00"

func TestATokenGuardsWhatSteers(t *testing.T) {
	t.Parallel()
	s, _ := run(t, server.Config{Token: "open sesame"})
	for _, test := range []struct {
		method, path string
		token        string
		fis          bool
		want         int
	}{
		{"GET", "/_brownout/health", "", false, 200},
		{"GET", "/_localstack/health", "", false, 200},
		{"HEAD", "/_localstack/health", "", false, 200},
		{"GET", "/_brownout/rules", "", false, 401},
		{"GET", "/_brownout/rules", "wrong", false, 401},
		{"GET", "/_brownout/rules", "open sesame", false, 200},
		{"GET", "/_brownout/calls", "", false, 401},
		{"GET", "/_brownout/metrics", "", false, 401},
		{"POST", "/_brownout/reset", "", false, 401},
		{"POST", "/_localstack/health", "", false, 401},
		{"PUT", "/_localstack/health", "", false, 401},
		{"GET", "/_localstack/chaos/faults", "", false, 401},
		{"GET", "/_localstack/nonsense", "", false, 401},
		{"GET", "/experiments", "", true, 403},
		{"GET", "/experiments", "wrong", true, 403},
		{"GET", "/experiments", "open sesame", true, 200},
	} {
		header := http.Header{}
		if test.token != "" {
			header.Set("x-brownout-token", test.token)
		}
		if test.fis {
			header.Set("Authorization", fisSignature)
		}
		status, answer := ask(t, s, test.method, test.path, "", header)
		if status != test.want || status >= 400 && !strings.Contains(answer, "x-brownout-token") {
			t.Errorf("%s %s with %q: %d %s", test.method, test.path, test.token, status, answer)
		}
	}
	// Everybody may make other calls: they are what the server is for.
	header := http.Header{"X-Amz-Target": {"DynamoDB_20120810.ListTables"}, "Content-Type": {"application/x-amz-json-1.0"}}
	if status, answer := ask(t, s, "POST", "/", "{}", header); status != 200 {
		t.Errorf("ListTables: %d %s", status, answer)
	}
}

func TestAReachableServerNeedsAToken(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		s, err := server.New(t.Context(), server.Config{Listen: listen})
		var reach *server.ReachError
		if !errors.As(err, &reach) || !strings.Contains(err.Error(), "--token") || !strings.Contains(err.Error(), "--insecure-listen") {
			t.Errorf("%s: %v", listen, err)
		}
		if err == nil {
			s.Close()
		}
	}
	for _, c := range []server.Config{
		{Listen: "0.0.0.0:0", Token: "open sesame"}, {Listen: "0.0.0.0:0", InsecureListen: true}, {Listen: "localhost:0"},
	} {
		s, err := server.New(t.Context(), c)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestKillEndsTheServer(t *testing.T) {
	t.Parallel()
	s, ended := run(t, server.Config{})
	if status, answer := ask(t, s, "POST", "/_localstack/health", `{"action":"kill"}`, nil); status != 200 || answer != "ok" {
		t.Errorf("kill: %d %s", status, answer)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	throttled = `{"match":{"service":"dynamodb","operation":"ListTables"},"effect":{"kind":"throttle"},"when":{"for":"10m"}}`
	hanging   = `{"id":"mine","match":{"service":"kms"},"effect":{"kind":"hang"}}`
)

func TestRulesFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rules.json")
	write(t, path, `{"rules":[`+throttled+`,`+hanging+`]}`)
	var log bytes.Buffer
	s, _ := run(t, server.Config{RulesFile: path, Log: slog.New(slog.NewTextHandler(&log, nil))})
	rules := s.Rules().List()
	if len(rules) != 2 || rules[0].Owner != "file" || rules[1].ID != "mine" {
		t.Fatalf("rules: %+v", rules)
	}
	header := http.Header{"X-Amz-Target": {"DynamoDB_20120810.ListTables"}, "Content-Type": {"application/x-amz-json-1.0"}}
	if status, answer := ask(t, s, "POST", "/", "{}", header); status != 400 {
		t.Errorf("ListTables: %d %s", status, answer)
	}

	// A mistake leaves everything as it was.
	s.Clock().Advance(time.Minute)
	for _, wrong := range []string{`[`, `[` + throttled + `,{"effect":{"kind":"x"}}]`, `[` + hanging + `,` + hanging + `]`, `[{"owner":"cli","effect":{"kind":"hang"}}]`} {
		write(t, path, wrong)
		var file *server.RulesFileError
		if err := s.ReloadRules(); !errors.As(err, &file) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if after := s.Rules().List(); len(after) != 2 || after[0].Hits != 1 {
		t.Errorf("after the mistakes: %+v", after)
	}

	// A rule that stands in the file as before, wherever, keeps counters, seed and time.
	write(t, path, `[{"effect":{"kind":"reset"}},`+throttled+`]`)
	if err := s.ReloadRules(); err != nil {
		t.Fatal(err)
	}
	after := s.Rules().List()
	if len(after) != 2 || after[0].ID != rules[0].ID || after[0].Hits != 1 || after[0].Seed != rules[0].Seed || !after[0].Made.Equal(rules[0].Made) {
		t.Errorf("after the reload: %+v", after)
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.ReloadRules(); err == nil || len(s.Rules().List()) != 2 {
		t.Errorf("the file is gone: %v, %v", err, s.Rules().List())
	}
	// A reset begins with the rules as they were last read, their counters at zero.
	if status, answer := ask(t, s, "POST", "/_brownout/reset", "", nil); status != 200 {
		t.Errorf("reset: %d %s", status, answer)
	}
	if after := s.Rules().List(); len(after) != 2 || after[0].Hits+after[1].Hits != 0 {
		t.Errorf("after the reset: %+v", after)
	}
}

func TestABadRulesFileKeepsTheServerFromStarting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rules.json")
	write(t, path, `[`+throttled+`,{"match":{"service":"dynamodb","operation":"GetItme"},"effect":{"kind":"hang"}}]`)
	_, err := server.New(t.Context(), server.Config{Listen: "127.0.0.1:0", RulesFile: path})
	var wrong *fault.RuleError
	if !errors.As(err, &wrong) || wrong.Index != 1 || !strings.Contains(err.Error(), "rules.json: rule 2: match.operation: ") {
		t.Errorf("%v", err)
	}
	_, err = server.New(t.Context(), server.Config{Listen: "127.0.0.1:0", RulesFile: path + "x"})
	var file *server.RulesFileError
	if !errors.As(err, &file) {
		t.Errorf("%v", err)
	}
}

func TestRulesToStartWithOutliveAReset(t *testing.T) {
	t.Parallel()
	rule := fault.Rule{ID: "env-1", Owner: "env", Effect: []byte(`{"kind":"throttle"}`)}
	s, _ := run(t, server.Config{Rules: []fault.Rule{rule}})
	seed := s.Rules().List()[0].Seed
	if status, answer := ask(t, s, "POST", "/_brownout/reset?what=rules", "", nil); status != 200 {
		t.Errorf("reset: %d %s", status, answer)
	}
	if rules := s.Rules().List(); len(rules) != 1 || rules[0].Seed != seed {
		t.Errorf("rules: %+v", rules)
	}
}
