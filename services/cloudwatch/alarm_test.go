package cloudwatch_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services/cloudwatch"
)

// alarmOn is an alarm that goes off when App/Load is above 10, with further members.
func alarmOn(name string, more string) string {
	return `{"AlarmName": "` + name + `", "Namespace": "App", "MetricName": "Load", "Statistic": "Maximum", "Threshold": 10,
		"ComparisonOperator": "GreaterThanThreshold"` + more + `}`
}

// An alarm begins without data, follows its metric minute by minute, and its history tells of it.
func TestLifeOfAnAlarm(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.must("PutMetricAlarm", alarmOn("load", `, "Period": 60, "EvaluationPeriods": 1`))
	if a := w.alarm("load"); a["StateReason"] != "Unchecked: Initial alarm creation" || a["StateValue"] != "INSUFFICIENT_DATA" {
		t.Errorf("a new alarm is %v", a)
	}
	w.put("Load", 5)
	w.clock.Advance(time.Minute)
	w.wantState("load", "OK")
	w.put("Load", 50)
	w.clock.Advance(time.Minute)
	w.wantState("load", "ALARM")
	if reason := w.alarm("load")["StateReason"].(string); !strings.HasPrefix(reason, "Threshold Crossed: 1 datapoint [50.0 (") {
		t.Error(reason)
	}
	w.clock.Advance(10 * time.Minute)
	w.wantState("load", "INSUFFICIENT_DATA")
	w.must("DeleteAlarms", `{"AlarmNames": ["load", "never was"]}`)
	want := []string{
		`Alarm "load" deleted`, "Alarm updated from ALARM to INSUFFICIENT_DATA", "Alarm updated from OK to ALARM",
		"Alarm updated from INSUFFICIENT_DATA to OK", `Alarm "load" created`,
	}
	var got []string
	page := `{"AlarmName": "load", "MaxRecords": 2`
	for next := ""; ; {
		answer := w.must("DescribeAlarmHistory", page+next+"}")
		for _, item := range answer["AlarmHistoryItems"].([]any) {
			got = append(got, item.(map[string]any)["HistorySummary"].(string))
		}
		token, more := answer["NextToken"].(string)
		if !more {
			break
		}
		next = `, "NextToken": "` + token + `"`
	}
	if !slices.Equal(got, want) {
		t.Errorf("history\n%q, want\n%q", got, want)
	}
}

// A state that SetAlarmState has set lasts a period, then the metric counts again.
func TestSetAlarmStateLastsAPeriod(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.must("PutMetricAlarm", alarmOn("load", `, "Period": 60, "EvaluationPeriods": 1, "TreatMissingData": "notBreaching"`))
	w.clock.Advance(time.Minute)
	w.wantState("load", "OK")
	w.clock.Advance(30 * time.Second)
	w.must("SetAlarmState", `{"AlarmName": "load", "StateValue": "ALARM", "StateReason": "a drill", "StateReasonData": "{}"}`)
	w.clock.Advance(31 * time.Second) // an evaluation, but less than a period later
	w.wantState("load", "ALARM")
	w.clock.Advance(time.Minute)
	w.wantState("load", "OK")
	w.wantRefused("SetAlarmState", `{"AlarmName": "nobody's", "StateValue": "OK", "StateReason": ""}`, "ResourceNotFound", "Unknown")
	w.wantRefused("SetAlarmState", `{"AlarmName": "load", "StateValue": "OK", "StateReason": "", "StateReasonData": "no JSON"}`, "InvalidFormat", "Unknown")
}

// Alarms with short periods see data of high resolution, every ten seconds.
func TestShortPeriods(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.must("PutMetricAlarm", alarmOn("fast", `, "Period": 10, "EvaluationPeriods": 3, "DatapointsToAlarm": 2`))
	var states []string
	for _, load := range []float64{1, 20, 1, 20, 20, 1, 1} {
		w.put("Load", load)
		w.clock.Advance(10 * time.Second)
		states = append(states, w.alarm("fast")["StateValue"].(string))
	}
	want := []string{"OK", "OK", "OK", "ALARM", "ALARM", "ALARM", "OK"}
	if !slices.Equal(states, want) {
		t.Errorf("%v, want %v", states, want)
	}
}

// An alarm on an expression, one on a percentile, and one on what was put as statistics only.
func TestExpressionsAndPercentiles(t *testing.T) {
	t.Parallel()
	w := start(t)
	stat := func(id, name string) string {
		return fmt.Sprintf(`{"Id": %q, "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "App", "MetricName": %q}, "Period": 60, "Stat": "Sum"}}`, id, name)
	}
	w.must("PutMetricAlarm", `{"AlarmName": "share", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold", "Metrics": [`+
		stat("errors", "Errors")+","+stat("calls", "Calls")+`, {"Id": "share", "Expression": "100 * errors / calls"}]}`)
	w.must("PutMetricAlarm", `{"AlarmName": "tail", "Namespace": "App", "MetricName": "Load", "ExtendedStatistic": "p99", "Period": 60, "Threshold": 10,
		"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}`)
	w.must("PutMetricAlarm", `{"AlarmName": "few", "Namespace": "App", "MetricName": "Load", "ExtendedStatistic": "p99", "Period": 60, "Threshold": 10,
		"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "EvaluateLowSampleCountPercentile": "ignore"}`)
	w.must("PutMetricData", `{"Namespace": "App", "MetricData": [{"MetricName": "Errors", "Value": 6},
		{"MetricName": "Calls", "StatisticValues": {"SampleCount": 2, "Sum": 100, "Minimum": 40, "Maximum": 60}},
		{"MetricName": "Load", "Values": [1, 20], "Counts": [90, 10]}]}`)
	w.clock.Advance(time.Minute)
	w.wantState("share", "ALARM")
	w.wantState("tail", "ALARM")
	w.wantState("few", "INSUFFICIENT_DATA")
}

// Composite alarms follow their alarms at once, and each other.
func TestCompositeAlarms(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, name := range []string{"a", "b"} {
		w.must("PutMetricAlarm", alarmOn(name, `, "Period": 60, "EvaluationPeriods": 1, "TreatMissingData": "ignore"`))
	}
	w.must("PutCompositeAlarm", `{"AlarmName": "both", "AlarmRule": "ALARM(a) AND ALARM(\"b\")"}`)
	w.must("PutCompositeAlarm", `{"AlarmName": "top", "AlarmRule": "(ALARM(both) OR FALSE) AND NOT OK(arn:aws:cloudwatch:us-east-1:000000000000:alarm:a)"}`)
	w.wantState("top", "OK")
	set := func(name, state string) {
		w.must("SetAlarmState", `{"AlarmName": "`+name+`", "StateValue": "`+state+`", "StateReason": "because"}`)
	}
	set("a", "ALARM")
	w.wantState("both", "OK")
	set("b", "ALARM")
	w.wantState("both", "ALARM")
	w.wantState("top", "ALARM")
	set("a", "OK")
	w.wantState("top", "OK")
	for rule, message := range map[string]string{
		"ALARM(":          "AlarmRule is invalid: a closing parenthesis is missing.",
		"ALARM(a) OR":     `AlarmRule is invalid: unexpected "".`,
		"alarm(a)":        `AlarmRule is invalid: unexpected "alarm(a)".`,
		"ALARM(nobody's)": "Could not save the composite alarm as alarms [nobody's] in the alarm rule do not exist.",
		"ALARM(top)":      "Could not save the composite alarm as the alarm rule has a cycle: top.",
	} {
		w.wantRefused("PutCompositeAlarm", `{"AlarmName": "both", "AlarmRule": "`+rule+`"}`, "ValidationError", message)
	}
	children := w.must("DescribeAlarms", `{"ChildrenOfAlarmName": "both"}`)
	if n := len(children["MetricAlarms"].([]any)); n != 2 {
		t.Errorf("%d children", n)
	}
	parents := w.must("DescribeAlarms", `{"ParentsOfAlarmName": "both"}`)
	if n := len(parents["CompositeAlarms"].([]any)); n != 1 {
		t.Errorf("%d parents", n)
	}
}

// Whoever follows is told of each transition, in order, at its time, before Advance goes on.
func TestFollow(t *testing.T) {
	t.Parallel()
	w := start(t)
	var mutex sync.Mutex
	var told []string
	begin := w.clock.Now().Truncate(time.Minute)
	stop := w.made.Follow(func(tr cloudwatch.Transition) {
		mutex.Lock()
		defer mutex.Unlock()
		told = append(told, fmt.Sprintf("%s %s->%s +%v", tr.Name, tr.From, tr.To, tr.At.Sub(begin).Truncate(time.Second)))
		w.alarm(tr.Name) // may ask
	})
	w.must("PutMetricAlarm", alarmOn("load", `, "Period": 60, "EvaluationPeriods": 1`))
	w.put("Load", 20)
	w.clock.Advance(10 * time.Minute)
	stop()
	w.must("SetAlarmState", `{"AlarmName": "load", "StateValue": "OK", "StateReason": "not told"}`)
	mutex.Lock()
	defer mutex.Unlock()
	want := []string{"load INSUFFICIENT_DATA->ALARM +1m0s", "load ALARM->INSUFFICIENT_DATA +4m0s"}
	if !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}

// What was acknowledged is there after a restart: metrics, alarms with their states, tags, history.
func TestRestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	w := startOn(t, openDisk(t, folder))
	w.must("PutMetricAlarm", alarmOn("load", `, "Period": 60, "EvaluationPeriods": 1, "Tags": [{"Key": "team", "Value": "x"}]`))
	w.put("Load", 20)
	w.clock.Advance(time.Minute)
	w.wantState("load", "ALARM")
	w.put("Load", 30)
	w.restart(folder)
	w.wantState("load", "ALARM")
	tags := w.must("ListTagsForResource", `{"ResourceARN": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:load"}`)
	if fmt.Sprint(tags["Tags"]) != "[map[Key:team Value:x]]" {
		t.Errorf("tags %v", tags)
	}
	if n := len(w.must("DescribeAlarmHistory", "{}")["AlarmHistoryItems"].([]any)); n != 2 {
		t.Errorf("%d items of history", n)
	}
	if n := len(w.must("ListMetrics", `{"Namespace": "App"}`)["Metrics"].([]any)); n != 1 {
		t.Errorf("%d metrics", n)
	}
	w.clock.Advance(10 * time.Minute) // evaluation goes on
	w.wantState("load", "INSUFFICIENT_DATA")
	if err := w.made.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.restart(folder)
	if alarms := w.must("DescribeAlarms", "{}"); len(alarms["MetricAlarms"].([]any)) != 0 {
		t.Errorf("after a reset: %v", alarms)
	}
}

// The calls that the gateway has answered are metrics, by the second for two minutes and by the minute for hours.
func TestAlarmOnCalls(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.must("PutMetricAlarm", `{"AlarmName": "errors", "Namespace": "Brownout", "MetricName": "ErrorRate", "Dimensions": [{"Name": "Service", "Value": "dynamodb"}],
		"Statistic": "Average", "Period": 10, "EvaluationPeriods": 1, "Threshold": 50, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}`)
	for i := range 10 {
		status := 200
		if i < 6 {
			status = 500
		}
		w.journal.Add(&journal.Record{Service: "dynamodb", Operation: "GetItem", Region: "eu-west-1", Status: status, InjectedError: i < 3, Total: time.Duration(i+1) * time.Millisecond})
	}
	w.journal.Add(&journal.Record{Service: "s3", Operation: "GetObject", Region: "eu-west-1", Status: 200, Total: time.Second})
	begin := w.clock.Now().Truncate(time.Minute)
	w.clock.Advance(10 * time.Second)
	w.wantState("errors", "ALARM")
	w.clock.Advance(5 * time.Minute)
	w.wantState("errors", "OK")
	for metric, want := range map[string]string{
		`"MetricName": "Calls", "Dimensions": []`:                                                                                       "11",
		`"MetricName": "Calls", "Dimensions": [{"Name": "Service", "Value": "s3"}]`:                                                     "1",
		`"MetricName": "Errors", "Dimensions": [{"Name": "Region", "Value": "eu-west-1"}]`:                                              "6",
		`"MetricName": "InjectedErrors"`:                                                                                                "3",
		`"MetricName": "Duration", "Dimensions": [{"Name": "Service", "Value": "dynamodb"}, {"Name": "Operation", "Value": "GetItem"}]`: "55",
		`"MetricName": "Calls", "Dimensions": [{"Name": "Color", "Value": "red"}]`:                                                      "",
	} {
		answer := w.must("GetMetricStatistics", fmt.Sprintf(`{"Namespace": "Brownout", %s, "StartTime": %d, "EndTime": %d, "Period": 60, "Statistics": ["Sum"]}`,
			metric, begin.Unix(), begin.Add(time.Minute).Unix()))
		got := ""
		for _, d := range answer["Datapoints"].([]any) {
			got += fmt.Sprint(d.(map[string]any)["Sum"])
		}
		if got != want {
			t.Errorf("%s: %q, want %q", metric, got, want)
		}
	}
	names := map[string]bool{}
	for _, m := range w.must("ListMetrics", `{"Namespace": "Brownout"}`)["Metrics"].([]any) {
		names[m.(map[string]any)["MetricName"].(string)] = true
	}
	if len(names) != 7 {
		t.Errorf("metrics of calls: %v", names)
	}
}

func TestRefusedAlarms(t *testing.T) {
	t.Parallel()
	w := start(t)
	for more, message := range map[string]string{
		`, "EvaluationPeriods": 1`:                                                              "ValidationError: Period must not be null",
		`, "Period": 45, "EvaluationPeriods": 1`:                                                "ValidationError: Period must be 10, 20, 30 or a multiple of 60.",
		`, "Period": 60`:                                                                        "ValidationError: EvaluationPeriods must not be null",
		`, "Period": 60, "EvaluationPeriods": 1441`:                                             "ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
		`, "Period": 60, "EvaluationPeriods": 1, "TreatMissingData": "never"`:                   "ValidationError: Option never is not supported. Supported options for parameter TreatMissingData are breaching, notBreaching, ignore and missing.",
		`, "Period": 60, "EvaluationPeriods": 1, "AlarmActions": ["topic"]`:                     "ValidationError: Invalid arn syntax: topic",
		`, "Period": 60, "EvaluationPeriods": 1, "ExtendedStatistic": "p90"`:                    "InvalidParameterCombination: The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.",
		`, "Period": 60, "EvaluationPeriods": 1, "ThresholdMetricId": "band"`:                   "NotImplemented: Brownout's CloudWatch does not carry out alarms on anomaly detection (ThresholdMetricId).",
		`, "Period": 60, "EvaluationPeriods": 0`:                                                "ValidationError: 1 validation error detected: Value '0' at 'evaluationPeriods' failed to satisfy constraint: Member must have value greater than or equal to 1",
		`, "Period": 60, "EvaluationPeriods": 1, "Metrics": [{"Id": "m1", "Expression": "1+"}]`: "InvalidParameterCombination: The parameters Metrics and MetricName are mutually exclusive and you have specified both.",
	} {
		code, text, _ := strings.Cut(message, ": ")
		w.wantRefused("PutMetricAlarm", alarmOn("bad", more), code, text)
	}
	if alarms := w.must("DescribeAlarms", "{}"); len(alarms["MetricAlarms"].([]any)) != 0 {
		t.Errorf("refused alarms are there: %v", alarms)
	}
}

// DescribeAlarms pages by ones, filters, and keeps accounts apart.
func TestDescribeAlarms(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, name := range []string{"c", "a", "b"} {
		w.must("PutMetricAlarm", alarmOn(name, `, "Period": 60, "EvaluationPeriods": 1, "OKActions": ["arn:aws:sns:us-east-1:1:`+name+`"]`))
	}
	names := func(answer map[string]any) (all []string) {
		for _, a := range answer["MetricAlarms"].([]any) {
			all = append(all, a.(map[string]any)["AlarmName"].(string))
		}
		return all
	}
	var paged []string
	for next := ""; ; {
		answer := w.must("DescribeAlarms", `{"MaxRecords": 1`+next+`}`)
		paged = append(paged, names(answer)...)
		token, more := answer["NextToken"].(string)
		if !more {
			break
		}
		encoded, err := json.Marshal(token)
		if err != nil {
			t.Fatal(err)
		}
		next = `, "NextToken": ` + string(encoded)
	}
	if !slices.Equal(paged, []string{"a", "b", "c"}) {
		t.Errorf("by ones: %v", paged)
	}
	for filter, want := range map[string]string{
		`{"AlarmNamePrefix": "b"}`: "[b]", `{"AlarmNames": ["c", "a", "x"]}`: "[a c]", `{"StateValue": "OK"}`: "[]",
		`{"ActionPrefix": "arn:aws:sns:us-east-1:1:b"}`: "[b]", `{"AlarmTypes": ["CompositeAlarm"]}`: "[]",
	} {
		if got := fmt.Sprint(names(w.must("DescribeAlarms", filter))); got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
	if n := len(w.must("DescribeAlarmsForMetric", `{"Namespace": "App", "MetricName": "Load", "Statistic": "Maximum"}`)["MetricAlarms"].([]any)); n != 3 {
		t.Errorf("%d alarms for the metric", n)
	}
	w.must("DisableAlarmActions", `{"AlarmNames": ["a"]}`)
	if w.alarm("a")["ActionsEnabled"] != false || w.alarm("b")["ActionsEnabled"] != true {
		t.Error("actions are not disabled of a alone")
	}
	w.account = "111111111111"
	if got := names(w.must("DescribeAlarms", "{}")); len(got) != 0 {
		t.Errorf("another account sees %v", got)
	}
}
