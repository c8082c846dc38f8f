package control_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/fault"
)

// ask makes a control request; headers are "Name: value".
func ask(t *testing.T, srv *brownouttest.Server, method, path, body string, headers ...string) (status int, header http.Header, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		request.Header.Set(name, value)
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
	return response.StatusCode, response.Header, strings.TrimSpace(string(text))
}

// must is for requests that have to succeed.
func must(t *testing.T, srv *brownouttest.Server, method, path, body string, headers ...string) string {
	t.Helper()
	status, _, answer := ask(t, srv, method, path, body, headers...)
	if status/100 != 2 {
		t.Fatalf("%s %s %s: %d %s", method, path, body, status, answer)
	}
	return answer
}

// call makes an AWS call with a JSON body, signed for a region.
func call(t *testing.T, srv *brownouttest.Server, target, region, body string) (status int, answer string) {
	t.Helper()
	service := map[string]string{"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AWSEvents": "events"}[strings.Split(target, ".")[0]]
	version := "1.0"
	if service != "dynamodb" {
		version = "1.1"
	}
	status, _, answer = ask(t, srv, http.MethodPost, "/", body, "X-Amz-Target: "+target, "Content-Type: application/x-amz-json-"+version,
		"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	return status, answer
}

func listTables(t *testing.T, srv *brownouttest.Server) int {
	t.Helper()
	status, _ := call(t, srv, "DynamoDB_20120810.ListTables", "us-east-1", "{}")
	return status
}

// fis makes a FIS call in the default account and us-east-1.
func fis(t *testing.T, srv *brownouttest.Server, method, path, body string) string {
	t.Helper()
	return must(t, srv, method, path, body, "Content-Type: application/json",
		"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/fis/aws4_request, SignedHeaders=host, Signature=0")
}

// startExperiment makes every KMS call fail, and answers the experiment's id.
func startExperiment(t *testing.T, srv *brownouttest.Server) string {
	t.Helper()
	template := fis(t, srv, "POST", "/experimentTemplates", `{"clientToken":"a","description":"d","roleArn":"arn:aws:iam::000000000000:role/r","stopConditions":[{"source":"none"}],
		"actions":{"Break it":{"actionId":"localstack:generic:api-error","parameters":{"service":"kms"}}}}`)
	id := regexp.MustCompile(`EXT\w+`).FindString(template)
	started := fis(t, srv, "POST", "/experiments", `{"clientToken":"b","experimentTemplateId":"`+id+`"}`)
	return regexp.MustCompile(`EXP\w+`).FindString(started)
}

const throttle = `{"match":{"service":"dynamodb","operation":"ListTables"},"effect":{"kind":"throttle"}}`

func TestRulesAreMadeListedAndRemoved(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	status, header, answer := ask(t, srv, "POST", "/_brownout/rules", throttle)
	if status != 201 || !strings.Contains(answer, `"owner":"api"`) || !strings.Contains(answer, `"warnings":[]`) || header.Get("ETag") == "" {
		t.Fatalf("POST: %d %s", status, answer)
	}
	if got := must(t, srv, "GET", "/_brownout/rules", ""); !strings.Contains(got, `"note":"has never hit: no call has matched it"`) ||
		!strings.Contains(got, `"summary":"dynamodb.ListTables calls are throttled."`) || !strings.Contains(got, `"seed":`) {
		t.Errorf("GET: %s", got)
	}
	if listTables(t, srv) != 400 {
		t.Error("ListTables is not throttled")
	}
	if got := must(t, srv, "GET", "/_brownout/rules/rule-1", ""); !strings.Contains(got, `"hits":1,"misses":0`) || strings.Contains(got, "note") {
		t.Errorf("GET one: %s", got)
	}
	if got := must(t, srv, "DELETE", "/_brownout/rules/rule-1", ""); got != `{"removed":1}` {
		t.Errorf("DELETE: %s", got)
	}
	if listTables(t, srv) != 200 {
		t.Error("ListTables fails without a rule")
	}
	if status, _, answer := ask(t, srv, "DELETE", "/_brownout/rules/rule-1", ""); status != 404 || !strings.Contains(answer, `there is no rule \"rule-1\"`) {
		t.Errorf("DELETE again: %d %s", status, answer)
	}
}

func TestSeveralRulesAreMadeTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	status, _, answer := ask(t, srv, "POST", "/_brownout/rules", `{"rules":[`+throttle+`,{"match":{"service":"dynamodb","operation":"GetItme"},"effect":{"kind":"throttle"}}]}`)
	if status != 400 || !strings.Contains(answer, `"index":1`) || !strings.Contains(answer, `"field":"match.operation"`) || !strings.Contains(answer, "GetItem") {
		t.Errorf("POST: %d %s", status, answer)
	}
	if len(srv.Rules()) != 0 {
		t.Errorf("rules were made: %v", srv.Rules())
	}
	must(t, srv, "POST", "/_brownout/rules?owner=cli", `{"rules":[`+throttle+`,`+throttle+`]}`)
	if rules := srv.Rules(); len(rules) != 2 || rules[1].Owner != "cli" {
		t.Errorf("rules: %+v", rules)
	}
}

func TestWhatCannotWorkIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	for body, want := range map[string]string{
		`{`:                             `"field":`,
		`null`:                          `"errors":[`,
		`7`:                             `"errors":[`,
		`{"effect":{"kind":"throtle"}}`: `"field":"effect.kind"`,
		`{"efect":{}}`:                  `"field":"efect"`,
		`{"match":{"service":"dynamodbb"},"effect":{"kind":"hang"}}`: `"field":"match.service"`,
		`{"effect":{"kind":"error","code":"X","status":200}}`:        `"field":"effect.status"`,
		`{"effect":{"kind":"error","code":"X","status":"503"}}`:      `"field":"effect.status"`,
		`{"when":{"share":101},"effect":{"kind":"hang"}}`:            `"field":"when.share"`,
		`{"when":{"attempts":"x"},"effect":{"kind":"hang"}}`:         `"field":"when.attempts"`,
		`{"effect":{"kind":"delay","duration":"5 s"}}`:               `"field":"effect.duration"`,
		`{"effect":{"kind":"unprocessed-items"}}`:                    `"field":"match.service"`,
		`{"owner":"file","effect":{"kind":"hang"}}`:                  `"field":"owner"`,
		`{"owner":"EXP1/a","effect":{"kind":"hang"}}`:                `"field":"owner"`,
		`{"group":"chaos","effect":{"kind":"hang"}}`:                 `"field":"group"`,
		`{"id":"a/b","effect":{"kind":"hang"}}`:                      `"field":"id"`,
		`{"id":"schema","effect":{"kind":"hang"}}`:                   `"field":"id"`,
	} {
		if status, _, answer := ask(t, srv, "POST", "/_brownout/rules", body); status != 400 || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s, want %s", body, status, answer, want)
		}
	}
	if status, _, _ := ask(t, srv, "POST", "/_brownout/rules?owner=chaos", throttle); status != 400 {
		t.Errorf("owner chaos: %d", status)
	}
	if status, _, _ := ask(t, srv, "POST", "/_brownout/rules", strings.Repeat(" ", 5<<20)); status != 413 {
		t.Errorf("5 MiB: %d", status)
	}
	if len(srv.Rules()) != 0 {
		t.Errorf("rules were made: %v", srv.Rules())
	}
}

func TestAnUnknownCodeIsAWarning(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	answer := must(t, srv, "POST", "/_brownout/rules", `{"match":{"service":"dynamodb"},"effect":{"kind":"error","code":"Oops","status":500}}`)
	if !strings.Contains(answer, `"warnings":[{"index":0`) || !strings.Contains(answer, `"field":"effect.code"`) {
		t.Errorf("%s", answer)
	}
}

func TestRulesAreReplacedWhereTheyStand(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	if status, _, answer := ask(t, srv, "PUT", "/_brownout/rules/mine", throttle); status != 201 {
		t.Fatalf("PUT: %d %s", status, answer)
	}
	listTables(t, srv)
	if status, _, answer := ask(t, srv, "PUT", "/_brownout/rules/mine", strings.Replace(throttle, "throttle", "unavailable", 1)); status != 200 || !strings.Contains(answer, `"hits":1`) {
		t.Errorf("PUT again: %d %s", status, answer)
	}
	if status := listTables(t, srv); status != 503 {
		t.Errorf("ListTables: %d", status)
	}
	if status, _, answer := ask(t, srv, "PUT", "/_brownout/rules/mine", `{"id":"other",`+throttle[1:]); status != 400 {
		t.Errorf("another id: %d %s", status, answer)
	}
	if status, _, answer := ask(t, srv, "PUT", "/_brownout/rules/mine", `[]`); status != 400 {
		t.Errorf("no rule: %d %s", status, answer)
	}
	if status, _, answer := ask(t, srv, "POST", "/_brownout/rules", `{"id":"mine",`+throttle[1:]); status != 409 || !strings.Contains(answer, "PUT /_brownout/rules/mine") {
		t.Errorf("POST with its id: %d %s", status, answer)
	}

	// What was read can be put back: counters and seeds stay.
	before := must(t, srv, "GET", "/_brownout/rules", "")
	must(t, srv, "PUT", "/_brownout/rules", before)
	if after := must(t, srv, "GET", "/_brownout/rules", ""); !strings.Contains(after, `"hits":2`) {
		t.Errorf("after putting back:\n%s\nbefore:\n%s", after, before)
	}
	must(t, srv, "PUT", "/_brownout/rules", `[`+throttle+`]`)
	if rules := srv.Rules(); len(rules) != 1 || rules[0].ID == "mine" {
		t.Errorf("after PUT of another list: %+v", rules)
	}
}

func TestETags(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	must(t, srv, "PUT", "/_brownout/rules/mine", throttle, "If-None-Match: *")
	if status, _, _ := ask(t, srv, "PUT", "/_brownout/rules/mine", throttle, "If-None-Match: *"); status != 412 {
		t.Errorf("If-None-Match where it is: %d", status)
	}
	_, header, _ := ask(t, srv, "GET", "/_brownout/rules", "")
	list := header.Get("ETag")
	_, header, _ = ask(t, srv, "GET", "/_brownout/rules/mine", "")
	one := header.Get("ETag")
	listTables(t, srv)
	if _, header, _ = ask(t, srv, "GET", "/_brownout/rules", ""); header.Get("ETag") != list {
		t.Error("a hit changes the list's ETag")
	}
	must(t, srv, "PUT", "/_brownout/rules/mine", strings.Replace(throttle, "throttle", "hang", 1), "If-Match: "+one)
	for _, request := range []struct{ method, path, body, tag string }{
		{"PUT", "/_brownout/rules/mine", throttle, one},
		{"DELETE", "/_brownout/rules/mine", "", one},
		{"PUT", "/_brownout/rules/other", throttle, "*"},
		{"PUT", "/_brownout/rules", "[]", list},
		{"POST", "/_brownout/rules", throttle, list},
		{"DELETE", "/_brownout/rules", "", list},
	} {
		if status, _, answer := ask(t, srv, request.method, request.path, request.body, "If-Match: "+request.tag); status != 412 {
			t.Errorf("%s %s with a stale tag: %d %s", request.method, request.path, status, answer)
		}
	}
	if _, header, _ = ask(t, srv, "GET", "/_brownout/rules", ""); header.Get("ETag") == list {
		t.Error("another rule, the same ETag")
	}
	must(t, srv, "DELETE", "/_brownout/rules", "", `If-Match: "x", `+header.Get("ETag"))
	if len(srv.Rules()) != 0 {
		t.Errorf("rules are left: %v", srv.Rules())
	}
}

// TestOnlyRulesOfCommandLineAndAPIAreTouched: an experiment's rule answers 409 and names the experiment.
func TestOnlyRulesOfCommandLineAndAPIAreTouched(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	experiment := startExperiment(t, srv)
	must(t, srv, "POST", "/_localstack/chaos/faults", `[{"service":"s3"}]`)
	must(t, srv, "POST", "/_brownout/rules", throttle)
	must(t, srv, "POST", "/_brownout/rules?owner=cli", throttle)
	var listed struct{ Rules []fault.Status }
	if err := json.Unmarshal([]byte(must(t, srv, "GET", "/_brownout/rules", "")), &listed); err != nil {
		t.Fatal(err)
	}
	if len(listed.Rules) != 4 || listed.Rules[0].Owner != experiment+"/Break%20it" {
		t.Fatalf("rules: %+v", listed.Rules)
	}
	for _, rule := range listed.Rules[:2] {
		for _, method := range []string{"DELETE", "PUT"} {
			status, _, answer := ask(t, srv, method, "/_brownout/rules/"+strings.ReplaceAll(strings.ReplaceAll(rule.ID, "%", "%25"), "/", "%2F"), throttle)
			if want := map[bool]string{true: experiment, false: "Chaos API"}[rule.Owner != "chaos"]; status != 409 || !strings.Contains(answer, want) {
				t.Errorf("%s %s: %d %s, want 409 with %s", method, rule.ID, status, answer, want)
			}
		}
	}
	if status, _, answer := ask(t, srv, "POST", "/_brownout/rules", fmt.Sprintf(`{"id":"chaos-1",%s`, throttle[1:])); status != 409 {
		t.Errorf("POST of a chaos rule's id: %d %s", status, answer)
	}
	if got := must(t, srv, "DELETE", "/_brownout/rules", ""); got != `{"removed":2}` {
		t.Errorf("clear: %s", got)
	}
	if rules := srv.Rules(); len(rules) != 2 {
		t.Errorf("after clear: %+v", rules)
	}
	fis(t, srv, "DELETE", "/experiments/"+experiment, "")
	if rules := srv.Rules(); len(rules) != 1 {
		t.Errorf("after the experiment: %+v", rules)
	}
}

// TestDocumentedExamplesWork: every example of docs/reference/rules.md that is a rule, or several, is accepted.
func TestDocumentedExamplesWork(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/reference/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	srv := brownouttest.Start(t)
	examples := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(examples) < 4 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, example := range examples {
		if !strings.Contains(example[1], `"effect"`) {
			continue
		}
		if status, _, answer := ask(t, srv, "POST", "/_brownout/rules", example[1]); status != 201 {
			t.Errorf("%s\n%d %s", example[1], status, answer)
		}
	}
}

func TestSchemaIsPublished(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	status, header, answer := ask(t, srv, "GET", "/_brownout/rules/schema", "")
	if status != 200 || header.Get("Content-Type") != "application/schema+json" || !json.Valid([]byte(answer)) || !strings.Contains(answer, "unprocessed-items") {
		t.Errorf("%d %s", status, answer)
	}
}
