package brownouttest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/protocol"
)

type doc = aws.Document

// ask makes a call of any service.
func ask(t *testing.T, srv *brownouttest.Server, service, operation string, in doc) (doc, error) {
	t.Helper()
	s := catalog.Lookup(service)
	op := s.Operation(operation)
	codec := protocol.For(s.Protocols[0])
	request, err := codec.EncodeRequest(srv.URL, op, in)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0", s.SigningName))
	response, err := http.DefaultClient.Do(request.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := doc{}
	return out, codec.DecodeResponse(response, body, op, &out)
}

func mustAsk(t *testing.T, srv *brownouttest.Server, service, operation string, in doc) doc {
	t.Helper()
	out, err := ask(t, srv, service, operation, in)
	if err != nil {
		t.Fatalf("%s %s: %v", service, operation, err)
	}
	return out
}

// at is what stands below member names and list indices.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			d, _ := v.(doc)
			v = d[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func steer(t *testing.T, srv *brownouttest.Server, method, path, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %d %s", path, err, response.StatusCode, text)
	}
	return string(text)
}

func begin(t *testing.T, srv *brownouttest.Server, template doc) (id string, state any) {
	t.Helper()
	template["clientToken"], template["description"], template["roleArn"] = t.Name(), "a test", "arn:aws:iam::000000000000:role/Experiments"
	made := mustAsk(t, srv, "fis", "CreateExperimentTemplate", template)
	out := mustAsk(t, srv, "fis", "StartExperiment", doc{"clientToken": "t", "experimentTemplateId": at(made, "experimentTemplate", "id")})
	id, _ = at(out, "experiment", "id").(string)
	return id, at(out, "experiment", "state", "status")
}

func wait(duration string) doc {
	return doc{"actionId": "aws:fis:wait", "parameters": doc{"duration": duration}}
}

// until waits for a status of an experiment.
func until(t *testing.T, srv *brownouttest.Server, id, status string) doc {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		out := mustAsk(t, srv, "fis", "GetExperiment", doc{"id": id})
		if at(out, "experiment", "state", "status") == status {
			return out
		}
		if time.Now().After(deadline) {
			t.Fatalf("experiment %v, want %s", out, status)
		}
		steer(t, srv, http.MethodPost, "/_brownout/clock", `{"advance":"1s"}`)
	}
}

// With no upstream at all: an alarm of the embedded CloudWatch stops an experiment, whose log is in the
// embedded CloudWatch Logs.
func TestAlarmOfOursStopsAnExperiment(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	mustAsk(t, srv, "logs", "CreateLogGroup", doc{"logGroupName": "experiments"})
	mustAsk(t, srv, "cloudwatch", "PutMetricAlarm", doc{
		"AlarmName": "errors", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": int64(60), "EvaluationPeriods": int64(1),
		"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "ignore",
	})
	alarms := mustAsk(t, srv, "cloudwatch", "DescribeAlarms", doc{})
	id, state := begin(t, srv, doc{
		"actions":        doc{"a": wait("PT1H")},
		"stopConditions": []any{doc{"source": "aws:cloudwatch:alarm", "value": at(alarms, "MetricAlarms", 0, "AlarmArn")}},
		"logConfiguration": doc{"logSchemaVersion": int64(2), "cloudWatchLogsConfiguration": doc{
			"logGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:experiments:*",
		}},
	})
	if state != "running" && state != "initiating" {
		t.Errorf("it is %v", state)
	}
	until(t, srv, id, "running")
	mustAsk(t, srv, "cloudwatch", "SetAlarmState", doc{"AlarmName": "errors", "StateValue": "ALARM", "StateReason": "a drill"})
	out := until(t, srv, id, "stopped")
	if reason := at(out, "experiment", "state", "reason"); reason != "Experiment halted by stop condition." {
		t.Errorf("reason %v", reason)
	}
	var kinds []string
	for deadline := time.Now().Add(time.Minute); len(kinds) < 4 && time.Now().Before(deadline); {
		kinds = nil
		log := mustAsk(t, srv, "logs", "GetLogEvents", doc{"logGroupName": "experiments", "logStreamName": "/aws/fis/" + id, "startFromHead": true})
		events, _ := log["events"].([]any)
		for _, event := range events {
			var record struct {
				LogType string `json:"log_type"`
			}
			if err := json.Unmarshal([]byte(at(event, "message").(string)), &record); err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, record.LogType)
		}
	}
	if got := strings.Join(kinds, " "); got != "experiment-start action-start action-end experiment-end" {
		t.Errorf("log %s", got)
	}
	if text := steer(t, srv, http.MethodGet, "/_brownout/experiments/"+id+"/log", ""); strings.Count(text, `"event"`) != 4 || strings.Count(text, `"log"`) != 4 {
		t.Errorf("the log that is kept: %s", text)
	}
}

// What applications see of an outage stops it.
func TestSignalStopsAnExperiment(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	id, _ := begin(t, srv, doc{
		"actions": doc{"a": doc{"actionId": "localstack:generic:api-error", "parameters": doc{"service": "dynamodb", "duration": "PT1H"}}},
		"stopConditions": []any{
			doc{"source": "brownout:calls", "value": "service=dynamodb error-rate>50% for 3s"},
		},
	})
	until(t, srv, id, "running")
	for deadline := time.Now().Add(time.Minute); ; {
		for range 5 {
			_, _ = ask(t, srv, "dynamodb", "ListTables", doc{}) // fails until the experiment is stopped
		}
		steer(t, srv, http.MethodPost, "/_brownout/clock", `{"advance":"1s"}`)
		out := mustAsk(t, srv, "fis", "GetExperiment", doc{"id": id})
		if at(out, "experiment", "state", "status") == "stopped" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("experiment %v", out)
		}
	}
	mustAsk(t, srv, "dynamodb", "ListTables", doc{})
}

// Roles are found by their tags in the embedded IAM, tables by theirs in the embedded DynamoDB.
func TestTargetsOfOurs(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	blue := []any{doc{"Key": "app", "Value": "blue"}}
	for _, name := range []string{"Blue", "Green"} {
		role := doc{"RoleName": name, "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`}
		if name == "Blue" {
			role["Tags"] = blue
		}
		mustAsk(t, srv, "iam", "CreateRole", role)
	}
	mustCall(t, srv, "CreateTable", createTable)
	mustAsk(t, srv, "dynamodb", "TagResource", doc{"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/Students", "Tags": blue})
	id, _ := begin(t, srv, doc{
		"targets": doc{
			"roles": doc{"resourceType": "aws:iam:role", "resourceTags": doc{"app": "blue"}, "selectionMode": "ALL"},
			"tables": doc{"resourceType": "aws:dynamodb:global-table", "selectionMode": "ALL",
				"resourceArns": []any{"arn:aws:dynamodb:us-east-1:000000000000:table/Students"}},
		},
		"actions": doc{
			"throttle": doc{"actionId": "aws:fis:inject-api-throttle-error", "targets": doc{"Roles": "roles"}, "parameters": doc{
				"service": "ec2", "operations": "DescribeInstances", "percentage": "100", "duration": "PT5M",
			}},
			"pause": doc{"actionId": "aws:dynamodb:global-table-pause-replication", "targets": doc{"Tables": "tables"}, "parameters": doc{"duration": "PT5M"}},
		},
		"stopConditions": []any{doc{"source": "none"}},
	})
	until(t, srv, id, "running")
	out := mustAsk(t, srv, "fis", "ListExperimentResolvedTargets", doc{"experimentId": id})
	if got := fmt.Sprint(at(out, "resolvedTargets", 0, "targetInformation", "arn"), " ", at(out, "resolvedTargets", 1, "targetInformation", "arn")); got !=
		"arn:aws:iam::000000000000:role/Blue arn:aws:dynamodb:us-east-1:000000000000:table/Students" {
		t.Errorf("resolved %v", out)
	}
	steer(t, srv, http.MethodPost, "/_brownout/clock", `{"advance":"6m"}`)
	until(t, srv, id, "completed")
}
