package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

// TestReferenceIsCurrent: the page is what the commands say of themselves.
func TestReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/reference/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"reference"}, strings.NewReader(""), &stdout, &stderr, func(string) string { return "" }); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if diff := cmp.Diff(string(page), stdout.String()); diff != "" {
		t.Errorf("docs/reference/cli.md is not what the commands say; run: go run . reference > docs/reference/cli.md\n%s", diff)
	}
}

// TestRuleOfACommandLine: flags and arguments become the rule that the API takes.
func TestRuleOfACommandLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`* hang`:            `{"match":{},"effect":{"kind":"hang"}}`,
		`dynamodb throttle`: `{"match":{"service":"dynamodb"},"effect":{"kind":"throttle"}}`,
		`dynamodb.PutItem,Update*:table/Orders throttle --share 30% --first 2 --after 1 --every 2 --max 9 --region us-east-1,eu-* --for 5m --seed 7`: `{"match":{"service":"dynamodb",
			"operation":["PutItem","Update*"],"resource":"table/Orders","region":["us-east-1","eu-*"]},
			"when":{"share":30,"first":2,"after":1,"every":2,"max":9,"for":"5m0s"},"effect":{"kind":"throttle"},"seed":7}`,
		`s3:my.bucket/a.b corrupt bytes=3`:                    `{"match":{"service":"s3","resource":"my.bucket/a.b"},"effect":{"kind":"corrupt","bytes":3}}`,
		`*.GetItem:arn:aws:dynamodb:us-east-1:0:table/T hang`: `{"match":{"operation":"GetItem","resource":"arn:aws:dynamodb:us-east-1:0:table/T"},"effect":{"kind":"hang"}}`,
		`sqs error code=500 status=503 message=true`:          `{"match":{"service":"sqs"},"effect":{"kind":"error","code":"500","status":503,"message":"true"}}`,
		`sqs after-commit error.code=X error.status=500`:      `{"match":{"service":"sqs"},"effect":{"kind":"after-commit","error":{"code":"X","status":500}}}`,
		`sqs delay duration=1.5s phase=after`:                 `{"match":{"service":"sqs"},"effect":{"kind":"delay","duration":"1.5s","phase":"after"}}`,
		`dynamodb unprocessed-items share=50 to=all`:          `{"match":{"service":"dynamodb"},"effect":{"kind":"unprocessed-items","share":50,"to":"all"}}`,
		`* hang --attempts 1-2 --flap 10s/20s --start 2026-01-02T03:04:05Z --end 2026-01-03T00:00:00Z --id x --description why`: `{"id":"x","description":"why","match":{},
			"when":{"attempts":"1-2","flap":{"on":"10s","off":"20s"},"start":"2026-01-02T03:04:05Z","end":"2026-01-03T00:00:00Z"},"effect":{"kind":"hang"}}`,
		`* hang --share 0 --account 123456789012 --caller role/a --user-agent a,b --header X-A=1 --header X-A=2 --resource q`: `{"match":{"account":"123456789012","caller":"role/a",
			"user_agent":"a,b","header":{"X-A":["1","2"]},"resource":"q"},"when":{"share":0},"effect":{"kind":"hang"}}`,
		`* hang --except-service sts,iam --except-operation read --except-header a=b`: `{"match":{"except":{"service":["sts","iam"],"operation":"read","header":{"a":"b"}}},"effect":{"kind":"hang"}}`,
	} {
		flags := &ruleFlags{}
		command := (&process{}).faultAdd()
		command.ResetFlags()
		flags.add(command)
		if err := command.ParseFlags(strings.Fields(line)); err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		args := command.Flags().Args()
		rule, err := flags.rule(args[0], args[1], args[2:])
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		got, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := fault.ParseRule([]byte(want))
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		again, err := fault.ParseRule(got)
		if err != nil {
			t.Errorf("%s: %s: %v", line, got, err)
			continue
		}
		var a, b any
		if json.Unmarshal(parsed.Effect, &a) != nil || json.Unmarshal(again.Effect, &b) != nil {
			t.Fatal(line)
		}
		parsed.Effect, again.Effect = nil, nil
		if diff := cmp.Diff(parsed, again) + cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
	for line, want := range map[string]string{
		`. hang`: "no TARGET", `dynamodb. hang`: "no TARGET", `dynamodb: hang`: "no TARGET", `* delay duration`: "no NAME=VALUE",
		`* corrupt bytes=x`: "a whole number",
	} {
		args := strings.Fields(line)
		if _, err := (&ruleFlags{}).rule(args[0], args[1], args[2:]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestWatchShowsChanges: rules that come, hit and go, each as a line.
func TestWatchShowsChanges(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		srv := brownouttest.Start(t)
		reader, writer := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		srv.AddRule(fault.Rule{ID: "one", Match: fault.Match{Service: fault.Patterns{"kms"}}, Effect: []byte(`{"kind":"throttle"}`)})
		go func() {
			ended <- (&process{stdout: writer, env: func(string) string { return "" }}).watchRules(ctx, &endpoint{url: srv.URL}, asJSON)
			writer.Close()
		}()
		lines := bufio.NewScanner(reader)
		next := func(want ...string) {
			t.Helper()
			if !lines.Scan() {
				t.Fatalf("the watch has ended: %v", lines.Err())
			}
			for _, part := range want {
				if !strings.Contains(lines.Text(), part) {
					t.Errorf("%s lacks %s", lines.Text(), part)
				}
			}
		}
		if asJSON {
			next(`{"id":"one"`, `"hits":0`)
		} else {
			next("one (test): hits 0, misses 0: kms calls are throttled.")
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Amz-Target", "TrentService.ListKeys")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if asJSON {
			next(`"hits":1`)
		} else {
			next("hits 1, misses 0")
		}
		srv.RemoveRules()
		if asJSON {
			next(`"removed":true`)
		} else {
			next("has gone, hits 1")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
