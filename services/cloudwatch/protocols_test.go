package cloudwatch_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/brownoutdev/brownout/brownouttest"
)

const signed = "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"

// send sends a request as some client does, and answers status, head and body.
func send(t *testing.T, s *brownouttest.Server, path, body string, head map[string]string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", signed)
	for name, v := range head {
		r.Header.Set(name, v)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(answer)
}

// Clients of the query protocol, of JSON and of CBOR share one CloudWatch, and each gets errors in its own form.
func TestThreeProtocols(t *testing.T) {
	t.Parallel()
	s := brownouttest.Start(t)
	now := s.Clock.Now().UTC()

	form := url.Values{
		"Action": {"PutMetricData"}, "Version": {"2010-08-01"}, "Namespace": {"App"}, "MetricData.member.1.MetricName": {"Load"},
		"MetricData.member.1.Value": {"1.5"}, "MetricData.member.1.Timestamp": {now.Format(time.RFC3339)},
		"MetricData.member.1.Dimensions.member.1.Name": {"Host"}, "MetricData.member.1.Dimensions.member.1.Value": {"a"},
	}
	query := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if status, _, body := send(t, s, "/", form.Encode(), query); status != 200 || !strings.Contains(body, "<PutMetricDataResponse") {
		t.Fatalf("query: %d %s", status, body)
	}
	form.Set("MetricData.member.1.Unit", "Furlongs")
	status, _, body := send(t, s, "/", form.Encode(), query)
	var failure struct {
		Type    string `xml:"Error>Type"`
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	if err := xml.Unmarshal([]byte(body), &failure); err != nil || status != 400 || failure.Type != "Sender" || failure.Code != "InvalidParameterValue" ||
		!strings.HasPrefix(failure.Message, "The parameter MetricData.member.1.Unit must be a value in the set [ Seconds, ") {
		t.Errorf("query: %d %s (%v)", status, body, err)
	}

	json := map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "GraniteServiceVersion20100801.ListMetrics"}
	want := `{"Metrics":[{"Namespace":"App","MetricName":"Load","Dimensions":[{"Name":"Host","Value":"a"}]}]}`
	if status, _, body := send(t, s, "/", `{"Namespace": "App"}`, json); status != 200 || body != want {
		t.Errorf("JSON: %d %s", status, body)
	}
	json["X-Amz-Target"] = "GraniteServiceVersion20100801.SetAlarmState"
	status, head, body := send(t, s, "/", `{"AlarmName": "none", "StateValue": "OK", "StateReason": ""}`, json)
	if status != 404 || !strings.Contains(body, "ResourceNotFound") || head.Get("x-amzn-query-error") != "ResourceNotFound;Sender" {
		t.Errorf("JSON: %d %v %s", status, head, body)
	}

	packed, err := cbor.Marshal(map[string]any{
		"Namespace": "App", "MetricName": "Load", "Dimensions": []any{map[string]any{"Name": "Host", "Value": "a"}}, "Period": 60, "Statistics": []string{"Sum"},
		"StartTime": cbor.Tag{Number: 1, Content: now.Add(-time.Hour).Unix()}, "EndTime": cbor.Tag{Number: 1, Content: now.Add(time.Hour).Unix()},
	})
	if err != nil {
		t.Fatal(err)
	}
	rpc := map[string]string{"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor", "Accept": "application/cbor"}
	status, _, body = send(t, s, "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics", string(packed), rpc)
	var answer struct {
		Label      string
		Datapoints []struct {
			Sum       float64
			Unit      string
			Timestamp time.Time
		}
	}
	if err := cbor.Unmarshal([]byte(body), &answer); err != nil || status != 200 || answer.Label != "Load" || len(answer.Datapoints) != 1 ||
		answer.Datapoints[0].Sum != 1.5 || answer.Datapoints[0].Unit != "None" || !answer.Datapoints[0].Timestamp.Equal(now.Truncate(time.Minute)) {
		t.Errorf("CBOR: %d %q %+v (%v)", status, body, answer, err)
	}
	status, head, _ = send(t, s, "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics", "\xa0", rpc)
	if status != 400 || !strings.HasPrefix(head.Get("x-amzn-query-error"), "MissingParameter") {
		t.Errorf("CBOR: %d %v", status, head)
	}
}

// An alarm sees the calls that the server itself has answered.
func TestAlarmOnOwnCalls(t *testing.T) {
	t.Parallel()
	s := brownouttest.Start(t)
	json := func(operation, body string) string {
		t.Helper()
		status, _, answer := send(t, s, "/", body, map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "GraniteServiceVersion20100801." + operation})
		if status != 200 {
			t.Fatalf("%s: %d %s", operation, status, answer)
		}
		return answer
	}
	json("PutMetricAlarm", `{"AlarmName": "own", "Namespace": "Brownout", "MetricName": "Calls", "Dimensions": [{"Name": "Service", "Value": "cloudwatch"}],
		"Statistic": "Sum", "Period": 10, "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}`)
	state := func() string {
		answer := json("DescribeAlarms", `{"AlarmNames": ["own"]}`)
		for _, state := range []string{"ALARM", "OK", "INSUFFICIENT_DATA"} {
			if strings.Contains(answer, fmt.Sprintf(`"StateValue":%q`, state)) {
				return state
			}
		}
		return answer
	}
	s.Clock.Advance(10 * time.Second)
	if got := state(); got != "ALARM" {
		t.Errorf("ten seconds after a call the alarm is %s", got)
	}
	s.Clock.Advance(time.Minute) // no calls in the last 50 seconds
	if got := state(); got != "OK" {
		t.Errorf("a minute later it is %s", got)
	}
}
