package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/clock"
)

const (
	faultsPath  = "/_localstack/chaos/faults"
	effectsPath = "/_localstack/chaos/effects"
)

// sameJSON compares two JSON texts.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Errorf("%s: %v", got, err)
		return
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Error(diff)
	}
}

// TestFaultRulesAnswerTheWholeArray: each step answers the array as it is then, and leaves it there.
func TestFaultRulesAnswerTheWholeArray(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	const (
		kms  = `{"service":"kms","region":"us-east-1","probability":0.1}`
		sqs  = `{"service":"sqs"}`
		half = `{"service":"sqs","probability":0.5}`
	)
	for i, step := range []struct{ method, body, want string }{
		{"GET", ``, `[]`},
		{"POST", `[` + kms + `]`, `[` + kms + `]`},
		{"GET", ``, `[` + kms + `]`},
		{"PATCH", `[` + sqs + `,` + half + `]`, `[` + kms + `,` + sqs + `,` + half + `]`},
		{"PATCH", `[` + sqs + `]`, `[` + kms + `,` + sqs + `,` + half + `]`}, // each rule is there once
		{"DELETE", `[{"service":"lambda"}]`, `[` + kms + `,` + sqs + `,` + half + `]`},
		{"DELETE", `[{"region":"us-east-1","probability":0.10,"service":"kms"}]`, `[` + sqs + `,` + half + `]`},
		{"DELETE", `[` + sqs + `]`, `[` + half + `]`}, // the one with another probability stays
		{"DELETE", `[]`, `[` + half + `]`},
		{"POST", `[{}]`, `[{}]`},
		{"POST", `[]`, `[]`},
	} {
		if got := must(t, srv, step.method, faultsPath, step.body); got != step.want {
			sameJSON(t, got, step.want)
			t.Errorf("step %d: %s %s", i, step.method, step.body)
		}
		sameJSON(t, must(t, srv, "GET", faultsPath, ""), step.want)
	}
}

func TestFaultRulesAreValidated(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	must(t, srv, "POST", faultsPath, `[{"service":"kms"}]`)
	for _, body := range []string{
		``, `{}`, `null`, `7`, `[7]`, `[null]`, `[[]]`, `[{}`,
		`[{"region":"us-*"}]`, `[{"region":""}]`, `[{"region":null}]`, `[{"service":"s*"}]`, `[{"service":7}]`, `[{"operation":"Get*"}]`,
		`[{"operation":"ListObjectsV2"}]`, // as LocalStack's pattern has it
		`[{"probability":1.1}]`, `[{"probability":-0.1}]`, `[{"probability":"1"}]`, `[{"description":7}]`,
		`[{"description":"` + strings.Repeat("ä", 8193) + `"}]`,
		`[{"error":7}]`, `[{"error":{"statusCode":399}}]`, `[{"error":{"statusCode":600}}]`, `[{"error":{"statusCode":500.5}}]`,
		`[{"error":{"statusCode":"500"}}]`, `[{"error":{"code":""}}]`, `[{"error":{"code":"Not found"}}]`, `[{"error":{"message":"x"}}]`,
		`[{"servcie":"kms"}]`, `[{"Service":"kms"}]`, `[{},{}]`, `[{"probability":1},{"probability":1.0}]`,
		`[{"service":"kmss"}]`, `[{"service":"dynamodb","operation":"GetItme"}]`,
	} {
		for _, method := range []string{"POST", "PATCH", "DELETE"} {
			if method == "DELETE" && (strings.Contains(body, "kmss") || strings.Contains(body, "GetItme")) {
				continue // nothing is made
			}
			if status, _, answer := ask(t, srv, method, faultsPath, body); status != 400 || !strings.Contains(answer, `"message"`) {
				t.Errorf("%s %s: %d %s", method, body, status, answer)
			}
		}
	}
	sameJSON(t, must(t, srv, "GET", faultsPath, ""), `[{"service":"kms"}]`)
	for _, body := range []string{
		`[{"description":"` + strings.Repeat("ä", 8192) + `"}]`, `[{"error":{}}]`, `[{"error":{"statusCode":400}}]`, `[{"error":{"statusCode":599,"code":"X1"}}]`,
		`[{"probability":0},{"probability":1}]`, `[{"region":"us-east-1"}]`, `[{"region":"anything"}]`,
	} {
		must(t, srv, "POST", faultsPath, body)
	}
	if status, _, _ := ask(t, srv, "PUT", faultsPath, "[]"); status != 404 {
		t.Errorf("PUT: %d", status)
	}
}

// TestFaultRulesFailCalls: the defaults, the region, and every protocol's own form.
func TestFaultRulesFailCalls(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	must(t, srv, "POST", faultsPath, `[{}]`)
	status, answer := call(t, srv, "DynamoDB_20120810.ListTables", "eu-west-1", "{}")
	if status != 503 || !strings.Contains(answer, "ServiceUnavailableException") || !strings.Contains(answer, "Service 'dynamodb' not accessible due to an outage") {
		t.Errorf("ListTables: %d %s", status, answer)
	}
	if status, answer := call(t, srv, "TrentService.ListKeys", "us-east-1", "{}"); status != 503 || !strings.Contains(answer, "Service 'kms' not accessible") {
		t.Errorf("ListKeys: %d %s", status, answer)
	}
	status, _, answer = ask(t, srv, "POST", "/", "Action=ListQueues&Version=2012-11-05", "Content-Type: application/x-www-form-urlencoded",
		"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0")
	if status != 503 || !strings.Contains(answer, "<Message>Service &#39;sqs&#39; not accessible") && !strings.Contains(answer, "<Message>Service 'sqs' not accessible") {
		t.Errorf("ListQueues: %d %s", status, answer)
	}
	fis(t, srv, "GET", "/experiments", "") // FIS stays reachable
	must(t, srv, "POST", faultsPath, `[{"service":"dynamodb","region":"us-east-1","operation":"ListTables","error":{"statusCode":500,"code":"SomethingWentWrong"}}]`)
	if status, answer := call(t, srv, "DynamoDB_20120810.ListTables", "us-east-1", "{}"); status != 500 || !strings.Contains(answer, "SomethingWentWrong") {
		t.Errorf("ListTables: %d %s", status, answer)
	}
	if status, answer := call(t, srv, "DynamoDB_20120810.ListTables", "us-west-2", "{}"); status != 200 {
		t.Errorf("ListTables elsewhere: %d %s", status, answer)
	}
	must(t, srv, "POST", faultsPath, `[]`)
	if status := listTables(t, srv); status != 200 {
		t.Errorf("ListTables after []: %d", status)
	}
}

// TestTheFirstFaultRuleThatMatchesDecides, whatever its draw.
func TestTheFirstFaultRuleThatMatchesDecides(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	must(t, srv, "POST", faultsPath, `[{"service":"dynamodb","probability":0},{}]`)
	if status := listTables(t, srv); status != 200 {
		t.Errorf("a rule that misses falls through to a later one: %d", status)
	}
	if status, _ := call(t, srv, "TrentService.ListKeys", "us-east-1", "{}"); status != 503 {
		t.Errorf("the second rule does not hit kms: %d", status)
	}
	must(t, srv, "POST", faultsPath, `[{"error":{"statusCode":500}},{"service":"dynamodb"}]`)
	if status := listTables(t, srv); status != 500 {
		t.Errorf("not the first rule decides: %d", status)
	}
}

// TestAnEmptyArrayRemovesOnlyChaosRules, and a clean start removes the array, too.
func TestAnEmptyArrayRemovesOnlyChaosRules(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	startExperiment(t, srv)
	must(t, srv, "POST", "/_brownout/rules", throttle)
	must(t, srv, "POST", faultsPath, `[{"service":"kms"}]`)
	must(t, srv, "POST", effectsPath, `{"latency":1}`)
	must(t, srv, "POST", faultsPath, `[]`)
	var owners []string
	for _, rule := range srv.Rules() {
		owners = append(owners, rule.Owner[:3])
	}
	if diff := cmp.Diff([]string{"EXP", "api", "cha"}, owners); diff != "" {
		t.Error(diff)
	}
	must(t, srv, "POST", faultsPath, `[{"service":"kms"}]`)
	must(t, srv, "POST", "/_brownout/reset", `{"rules":true}`)
	sameJSON(t, must(t, srv, "GET", faultsPath, ""), `[]`)
	sameJSON(t, must(t, srv, "GET", effectsPath, ""), `{"latency":0}`)
}

func TestNetworkEffects(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	sameJSON(t, must(t, srv, "GET", effectsPath, ""), `{"latency":0}`)
	sameJSON(t, must(t, srv, "POST", effectsPath, `{"latency":120}`), `{"latency":120}`)
	began := clock.Real{}.Now()
	if status := listTables(t, srv); status != 200 {
		t.Errorf("ListTables: %d", status)
	}
	if took := (clock.Real{}).Now().Sub(began); took < 120*time.Millisecond {
		t.Errorf("ListTables took %v", took)
	}
	for _, body := range []string{``, `[]`, `{}`, `null`, `{"latency":-1}`, `{"latency":"5"}`, `{"latency":1.5}`, `{"latency":1e12}`, `{"latency":1,"jitter":1}`} {
		if status, _, answer := ask(t, srv, "POST", effectsPath, body); status != 400 {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	sameJSON(t, must(t, srv, "GET", effectsPath, ""), `{"latency":120}`)
	sameJSON(t, must(t, srv, "POST", effectsPath, `{"latency":0}`), `{"latency":0}`)
	if len(srv.Rules()) != 0 {
		t.Errorf("rules are left: %v", srv.Rules())
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		if status, _, _ := ask(t, srv, method, effectsPath, `{"latency":1}`); status != http.StatusNotFound {
			t.Errorf("%s: %d", method, status)
		}
	}
}

// TestFaultRulesKeepTheirCountersWhenOthersCome.
func TestFaultRulesKeepTheirCountersWhenOthersCome(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	must(t, srv, "POST", faultsPath, `[{"service":"dynamodb"}]`)
	listTables(t, srv)
	must(t, srv, "PATCH", faultsPath, `[{"service":"kms"}]`)
	if rules := srv.Rules(); len(rules) != 2 || rules[0].Hits != 1 || rules[0].Group != rules[1].Group {
		t.Errorf("rules: %s", fmt.Sprint(rules))
	}
}
