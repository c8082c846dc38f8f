package control_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
)

func TestLocalStackHealth(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	sameJSON(t, must(t, srv, "GET", "/_localstack/health?reload", ""),
		`{"services":`+servicesJSON(t, srv, "available")+`,"edition":"community","version":"brownouttest"}`)
	if status, _, answer := ask(t, srv, "HEAD", "/_localstack/health", ""); status != 200 || answer != "" {
		t.Errorf("HEAD: %d %q", status, answer)
	}
	sameJSON(t, must(t, srv, "PUT", "/_localstack/health", `{"features:initScripts":"initialized","services:s3":"running","x":1}`), `{"status":"OK"}`)
	must(t, srv, "PUT", "/_localstack/health", `{"features:persistence":"disabled"}`)
	var health map[string]any
	if err := json.Unmarshal([]byte(must(t, srv, "GET", "/_localstack/health", "")), &health); err != nil {
		t.Fatal(err)
	}
	if health["x"] != 1.0 || health["services"].(map[string]any)["s3"] != "running" || health["services"].(map[string]any)["dynamodb"] != "available" ||
		health["features"].(map[string]any)["initScripts"] != "initialized" || health["features"].(map[string]any)["persistence"] != "disabled" {
		t.Errorf("health: %v", health)
	}
	for _, body := range []string{``, `[]`, `{"x":"` + strings.Repeat("x", 70_000) + `"}`} {
		if status, _, answer := ask(t, srv, "PUT", "/_localstack/health", body); status != 400 {
			t.Errorf("PUT: %d %s", status, answer)
		}
	}
	for body, want := range map[string]int{``: 400, `{}`: 400, `{"action":"x"}`: 400, `[]`: 400, `{"action":"restart"}`: 501} {
		if status, _, answer := ask(t, srv, "POST", "/_localstack/health", body); status != want || want == 400 && answer != "invalid request" {
			t.Errorf("POST %s: %d %s", body, status, answer)
		}
	}
}

// servicesJSON is the object of all services of a server, each in this state.
func servicesJSON(t *testing.T, srv *brownouttest.Server, state string) string {
	t.Helper()
	var health struct{ Services map[string]string }
	if err := json.Unmarshal([]byte(must(t, srv, "GET", "/_brownout/health", "")), &health); err != nil {
		t.Fatal(err)
	}
	for name := range health.Services {
		health.Services[name] = state
	}
	text, err := json.Marshal(health.Services)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLocalStackSurfaces(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	var info map[string]any
	if err := json.Unmarshal([]byte(must(t, srv, "GET", "/_localstack/info", "")), &info); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"version", "edition", "is_license_activated", "session_id", "machine_id", "system", "is_docker", "server_time_utc", "uptime"} {
		if info[field] == nil {
			t.Errorf("info lacks %s: %v", field, info)
		}
	}
	sameJSON(t, must(t, srv, "GET", "/_localstack/init", ""), `{"completed":{"BOOT":true,"START":true,"READY":true,"SHUTDOWN":false},"scripts":[]}`)
	sameJSON(t, must(t, srv, "GET", "/_localstack/init/ready", ""), `{"completed":true,"scripts":[]}`)
	for path, want := range map[string]int{
		"/_localstack/init/nonsense": 404, "/_localstack/config": 501, "/_localstack/plugins": 501, "/_localstack/usage": 501,
		"/_localstack/diagnose": 501, "/_localstack/pods/mine": 501, "/_localstack/nonsense": 404, "/_brownout/nonsense": 404,
	} {
		if status, _, answer := ask(t, srv, "GET", path, ""); status != want {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
}

const createTable = `{"TableName":"Students","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],` +
	`"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`

// fill makes a table, an experiment, a rule and a journal.
func fill(t *testing.T, srv *brownouttest.Server) {
	t.Helper()
	if status, answer := call(t, srv, "DynamoDB_20120810.CreateTable", "us-east-1", createTable); status != http.StatusOK {
		t.Fatalf("CreateTable: %d %s", status, answer)
	}
	startExperiment(t, srv)
	must(t, srv, "POST", "/_brownout/rules", throttle)
}

// state is what is there of each thing that can be reset.
func state(t *testing.T, srv *brownouttest.Server) string {
	t.Helper()
	var there []string
	if !strings.Contains(fis(t, srv, "GET", "/experiments", ""), `"experiments":[]`) {
		there = append(there, "experiments")
	}
	for _, rule := range srv.Rules() {
		if rule.Owner == "api" {
			there = append(there, "rules")
		}
	}
	calls := len(srv.Calls())
	if _, answer := call(t, srv, "DynamoDB_20120810.DescribeTable", "us-east-1", `{"TableName":"Students"}`); !strings.Contains(answer, "ResourceNotFoundException") {
		there = append(there, "data")
	}
	if calls > 1 {
		there = append(there, "journal")
	}
	return strings.Join(there, " ")
}

func TestReset(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ path, body, left string }{
		{"/_brownout/reset", ``, ``},
		{"/_brownout/reset", `{}`, ``},
		{"/_brownout/reset?what=experiments,rules,data,journal", ``, ``},
		{"/_brownout/reset", `{"data":true,"rules":false}`, `experiments rules journal`},
		{"/_brownout/reset?what=rules", ``, `experiments data journal`},
		{"/_brownout/reset?what=experiments&what=data", ``, `rules journal`},
		{"/_brownout/reset", `{"journal":true}`, `experiments rules data`},
		{"/_localstack/state/reset", ``, `rules journal`},
		{"/_localstack/state/dynamodb/reset", ``, `experiments rules journal`},
		{"/_localstack/state/fis/reset", ``, `rules data journal`},
	} {
		t.Run(test.path+test.body, func(t *testing.T) {
			t.Parallel()
			srv := brownouttest.Start(t)
			fill(t, srv)
			must(t, srv, "POST", test.path, test.body)
			if left := state(t, srv); left != test.left {
				t.Errorf("left are: %s; want %s", left, test.left)
			}
		})
	}
	srv := brownouttest.Start(t)
	for path, body := range map[string]string{
		"/_brownout/reset": `{"date":true}`, "/_brownout/reset?what=all": ``, "/_brownout/reset?": `{"data":false}`, "/_brownout/reset?x": `[1]`,
	} {
		if status, _, answer := ask(t, srv, "POST", path, body); status != 400 || !strings.Contains(answer, `"errors"`) {
			t.Errorf("%s %s: %d %s", path, body, status, answer)
		}
	}
	if status, _, _ := ask(t, srv, "POST", "/_localstack/state/nonsense/reset", ""); status != 404 {
		t.Errorf("reset of nonsense: %d", status)
	}
}

// TestAResetRepeatsDraws: rules that are made again after a reset meet the same draws as on a new server.
func TestAResetRepeatsDraws(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	run := func() (outcomes string) {
		must(t, srv, "POST", "/_brownout/rules", `{"when":{"share":50,"attempts":"1-40"},`+throttle[1:])
		for range 64 {
			if listTables(t, srv) == 200 {
				outcomes += "."
			} else {
				outcomes += "x"
			}
		}
		must(t, srv, "POST", "/_brownout/reset", "")
		return outcomes
	}
	if first, second := run(), run(); first != second || !strings.Contains(first, "x.") {
		t.Errorf("%s\n%s", first, second)
	}
}
