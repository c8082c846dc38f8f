package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/cloudwatch"
)

func TestRefusedMetricData(t *testing.T) {
	t.Parallel()
	w := start(t)
	now := w.clock.Now().Unix()
	for data, want := range map[string]string{
		`{}`:                  "MissingParameter: The parameter MetricData.member.1.MetricName is required.",
		`{"MetricName": "M"}`: "MissingParameter: The parameter MetricData.member.1.Value is required.",
		`{"MetricName": "M", "Value": 1, "Unit": "Furlongs"}`:                                                                                    "InvalidParameterValue: The parameter MetricData.member.1.Unit must be a value in the set [ Seconds, Microseconds, ",
		`{"MetricName": "M", "Value": 1, "Values": [1]}`:                                                                                         "InvalidParameterCombination: The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.",
		`{"MetricName": "M", "Value": 1, "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1, "Maximum": 1}}`:                           "InvalidParameterCombination: The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive and you have specified both.",
		`{"MetricName": "M", "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 2, "Maximum": 1}}`:                                       "InvalidParameterValue: The parameter MetricData.member.1.StatisticValues.Maximum must be greater than MetricData.member.1.StatisticValues.Minimum.",
		`{"MetricName": "M", "StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 1}}`:                                                     "MissingParameter: The parameter MetricData.member.1.StatisticValues.Maximum is required.",
		`{"MetricName": "M", "Values": [1, 2], "Counts": [1]}`:                                                                                   "InvalidParameterValue: The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.",
		`{"MetricName": "M", "Value": 1, "StorageResolution": 5}`:                                                                                "InvalidParameterValue: The parameter MetricData.member.1.StorageResolution must be 1 or 60.",
		`{"MetricName": "M", "Value": 1, "Dimensions": [{"Name": "D"}]}`:                                                                         "MissingParameter: The parameter MetricData.member.1.Dimensions.member.1.Value is required.",
		fmt.Sprintf(`{"MetricName": "M", "Value": 1, "Timestamp": %d}`, now-15*86400):                                                            "InvalidParameterValue: The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.",
		fmt.Sprintf(`{"MetricName": "M", "Value": 1, "Timestamp": %d}`, now+3*3600):                                                              "InvalidParameterValue: The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future.",
		`{"MetricName": "M", "Value": 3e200}`:                                                                                                    "InvalidParameterValue: The value 3.0E200 for parameter MetricData.member.1.Value is out of range: -2^360 to 2^360.",
		`{"MetricName": "M\u0000x", "Value": 3}`:                                                                                                 "InvalidParameterValue: The parameter MetricData.member.1.MetricName must not contain control characters.",
		`{"MetricName": "M", "Value": 1, "Dimensions": [` + strings.Repeat(`{"Name": "D", "Value": "V"},`, 30) + `{"Name": "D", "Value": "V"}]}`: "InvalidParameterValue: The parameter MetricData.member.1.Dimensions must contain no more than 30 elements.",
	} {
		_, err := w.call("PutMetricData", `{"Namespace": "App", "MetricData": [`+data+`]}`)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", data, err, want)
		}
	}
	w.wantRefused("PutMetricData", `{"MetricData": [{"MetricName": "M", "Value": 1}]}`, "MissingParameter", "The parameter Namespace is required.")
	w.wantRefused("PutMetricData", `{"Namespace": "AWS/EC2", "MetricData": [{"MetricName": "M", "Value": 1}]}`, "InvalidParameterValue", "The value AWS/EC2 for parameter Namespace is invalid.")
	if metrics := w.must("ListMetrics", "{}"); len(metrics["Metrics"].([]any)) != 0 {
		t.Errorf("refused data is there: %v", metrics)
	}
}

// values are those of one query of GetMetricData, the oldest first.
func (w *world) values(queries string, from, to time.Time) map[string]string {
	w.t.Helper()
	answer := w.must("GetMetricData", fmt.Sprintf(`{"StartTime": %d, "EndTime": %d, "ScanBy": "TimestampAscending", "MetricDataQueries": [%s]}`, from.Unix(), to.Unix(), queries))
	got := map[string]string{}
	for _, r := range answer["MetricDataResults"].([]any) {
		result := r.(map[string]any)
		got[result["Id"].(string)] += strings.Trim(fmt.Sprint(result["Values"]), "[]")
	}
	return got
}

func TestMetricMath(t *testing.T) {
	t.Parallel()
	w := start(t)
	begin := w.clock.Now().Truncate(time.Minute)
	for i, v := range []string{`{"MetricName": "A", "Value": 1}, {"MetricName": "B", "Value": 10}`, `{"MetricName": "A", "Value": 2}`, `{"MetricName": "A", "Value": 4}, {"MetricName": "B", "Value": 0}`} {
		if i > 0 {
			w.clock.Advance(time.Minute)
		}
		w.must("PutMetricData", `{"Namespace": "App", "MetricData": [`+v+`]}`)
	}
	stat := func(id, name string) string {
		return fmt.Sprintf(`{"Id": %q, "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "App", "MetricName": %q}, "Period": 60, "Stat": "Average"}}`, id, name)
	}
	for expression, want := range map[string]string{
		"a": "1 2 4", "b": "10 0", "a + b": "11 4", "a / b": "0.1", "-a ^ 2": "-1 -4 -16", "2 ^ 3 ^ 2 + 0 * a": "512 512 512", "(a + 1) * 2": "4 6 10",
		"a - SUM(a)": "-6 -5 -3", "AVG(METRICS())": "5.5 2 2", "SUM([a, b])": "11 2 4", "MAX(METRICS()) - MIN(METRICS())": "9 0 4",
		"FILL(b, 7)": "10 7 0", "FILL(b, REPEAT)": "10 10 0", "FILL(b, LINEAR)": "10 5 0", "FILL(METRICS('b'), 1)": "10 1 0", "IF(a > 1, a, 0)": "0 2 4",
		"IF(a >= 2 AND a != 4, 1)": "1", "IF(a == 1 || a == 4, b, 99)": "10 99 0", "RATE(a) * 60": "1 2", "DIFF(a)": "1 2", "RUNNING_SUM(a)": "1 3 7",
		"ABS(0 - a)": "1 2 4", "CEIL(a / 3)": "1 1 2", "FLOOR(a / 3)": "0 0 1", "METRIC_COUNT(METRICS()) * a": "2 4 8", "DATAPOINT_COUNT(b) * a": "2 4 8",
		"PERIOD(a) + 0 * a": "60 60 60", "TIME_SERIES(3)": "3 3 3", "a < 3": "1 1 0", "STDDEV([a, b])": "4.5 0 2", "LOG10(b)": "1", "FIRST([b, a])": "10 0",
		"REMOVE_EMPTY([a])": "1 2 4", "1e1 * a": "10 20 40", "YEAR(a) - YEAR(a)": "0 0 0",
	} {
		got := w.values(stat("a", "A")+","+stat("b", "B")+fmt.Sprintf(`, {"Id": "e", "Expression": %q}`, expression), begin, begin.Add(3*time.Minute))
		if got["e"] != want {
			t.Errorf("%s: %q, want %q", expression, got["e"], want)
		}
	}
	for expression, want := range map[string]string{
		"a +": "ValidationError: Error in expression 'e': Invalid syntax: the expression ends where an operand is expected", "a b": `ValidationError: Error in expression 'e': Invalid syntax at "b"`,
		"x": "ValidationError: Error in expression 'e': Undefined variable 'x'", "NOSUCH(a)": "ValidationError: Error in expression 'e': Unknown function NOSUCH",
		"SUM(a)": "ValidationError: Error in expression 'e': The expression must return a time series or an array of time series.", "e + 1": "ValidationError: Error in expression 'e': The expression refers to itself.",
		"SEARCH('x', 'Sum')": "NotImplemented: Brownout's CloudWatch does not carry out the metric math function SEARCH.", "SUM(a, b)": "ValidationError: Error in expression 'e': The function SUM does not take 2 arguments",
		strings.Repeat("(", 200): "ValidationError: Error in expression 'e': The expression nests more than 100 deep", "FILL(1, 2)": "ValidationError: Error in expression 'e': FILL: the first argument is no time series",
	} {
		code, text, _ := strings.Cut(want, ": ")
		w.wantRefused("GetMetricData", fmt.Sprintf(`{"StartTime": 1, "EndTime": 600, "MetricDataQueries": [%s, {"Id": "e", "Expression": %q}]}`, stat("a", "A"), expression), code, text)
	}
}

// GetMetricData pages by data points, and each comes once.
func TestGetMetricDataPages(t *testing.T) {
	t.Parallel()
	w := start(t)
	begin := w.clock.Now().Truncate(time.Minute)
	for i := range 5 {
		w.must("PutMetricData", fmt.Sprintf(`{"Namespace": "App", "MetricData": [{"MetricName": "A", "Value": %d}, {"MetricName": "B", "Value": %d}]}`, i, i+10))
		w.clock.Advance(time.Minute)
	}
	query := func(id, name string) string {
		return fmt.Sprintf(`{"Id": %q, "MetricStat": {"Metric": {"Namespace": "App", "MetricName": %q}, "Period": 60, "Stat": "Sum"}}`, id, name)
	}
	got, pages := map[string]string{}, 0
	for next := ""; ; pages++ {
		answer := w.must("GetMetricData", fmt.Sprintf(`{"StartTime": %d, "EndTime": %d, "MaxDatapoints": 3, "MetricDataQueries": [%s, %s, %s]%s}`,
			begin.Unix(), begin.Add(time.Hour).Unix(), query("a", "A"), query("none", "None"), query("b", "B"), next))
		for _, r := range answer["MetricDataResults"].([]any) {
			result := r.(map[string]any)
			got[result["Id"].(string)] += fmt.Sprint(result["Values"])
		}
		token, more := answer["NextToken"].(string)
		if !more {
			break
		}
		next = `, "NextToken": "` + token + `"`
	}
	if want := map[string]string{"a": "[4 3 2][1 0]", "none": "[]", "b": "[14][13 12 11][10]"}; fmt.Sprint(got) != fmt.Sprint(want) || pages != 3 {
		t.Errorf("%v on %d more pages, want %v", got, pages, want)
	}
	w.wantRefused("GetMetricData", fmt.Sprintf(`{"StartTime": 1, "EndTime": 2, "NextToken": "x", "MetricDataQueries": [%s]}`, query("a", "A")), "InvalidNextToken", "The parameter NextToken is invalid.")
}

// GetMetricStatistics keeps units apart, and refuses what is too much.
func TestGetMetricStatistics(t *testing.T) {
	t.Parallel()
	w := start(t)
	now := w.clock.Now().Unix()
	w.must("PutMetricData", `{"Namespace": "App", "MetricData": [{"MetricName": "A", "Value": 1, "Unit": "Seconds"}, {"MetricName": "A", "Values": [2, 4], "Counts": [3, 1]}]}`)
	ask := func(more string, period int) string {
		return fmt.Sprintf(`{"Namespace": "App", "MetricName": "A", "StartTime": %d, "EndTime": %d, "Period": %d%s}`, now-3600, now+60, period, more)
	}
	answer := w.must("GetMetricStatistics", ask(`, "Statistics": ["Average", "SampleCount"], "ExtendedStatistics": ["p50"]`, 3600))
	if got := fmt.Sprint(len(answer["Datapoints"].([]any))); got != "2" {
		t.Errorf("%s data points: %v", got, answer)
	}
	one := w.must("GetMetricStatistics", ask(`, "Statistics": ["Average"], "Unit": "None"`, 60))["Datapoints"].([]any)
	if len(one) != 1 || one[0].(map[string]any)["Average"] != 2.5 || one[0].(map[string]any)["Unit"] != "None" {
		t.Errorf("of one unit: %v", one)
	}
	w.wantRefused("GetMetricStatistics", ask(`, "Statistics": ["Average"]`, 1), "InvalidParameterCombination",
		"You have requested up to 3,660 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.")
	w.wantRefused("GetMetricStatistics", ask("", 60), "InvalidParameterCombination", "At least one of the parameters Statistics and ExtendedStatistics must be specified.")
	w.wantRefused("GetMetricStatistics", `{"Namespace": "App", "MetricName": "A"}`, "MissingParameter", "The parameter StartTime is required.")
}

// ListMetrics filters, and forgets metrics two weeks after their last data; then the store forgets them, too.
func TestListMetricsAndForget(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.must("PutMetricData", `{"Namespace": "App", "MetricData": [{"MetricName": "A", "Value": 1, "Dimensions": [{"Name": "D", "Value": "1"}]},
		{"MetricName": "A", "Value": 1}, {"MetricName": "B", "Value": 1, "StorageResolution": 1, "Dimensions": [{"Name": "E", "Value": "2"}, {"Name": "D", "Value": "2"}]}]}`)
	w.must("PutMetricData", `{"Namespace": "Application", "MetricData": [{"MetricName": "A", "Value": 1}]}`)
	count := func(filter string) int { return len(w.must("ListMetrics", filter)["Metrics"].([]any)) }
	for filter, want := range map[string]int{
		`{}`: 4, `{"Namespace": "App"}`: 3, `{"MetricName": "A"}`: 3, `{"Dimensions": [{"Name": "D"}]}`: 2, `{"Dimensions": [{"Name": "D", "Value": "2"}]}`: 1,
		`{"RecentlyActive": "PT3H"}`: 4, `{"Namespace": "None"}`: 0,
	} {
		if got := count(filter); got != want {
			t.Errorf("%s: %d, want %d", filter, got, want)
		}
	}
	w.clock.Advance(4 * time.Hour)
	if got := count(`{"RecentlyActive": "PT3H"}`); got != 0 {
		t.Errorf("%d metrics are recent", got)
	}
	if got := count(`{}`); got != 4 {
		t.Errorf("%d metrics after four hours", got)
	}
	w.clock.Advance(16 * 24 * time.Hour)
	if got := count(`{}`); got != 0 {
		t.Errorf("%d metrics after 16 days", got)
	}
	if n := storedKeys(t, w); n != 0 {
		t.Errorf("%d keys are left", n)
	}
}

func FuzzExpressions(f *testing.F) {
	for _, seed := range []string{"a + b", "SUM([a,b])", "IF(a>1, 'x', \"y\")", "-(a)^2", "FILL(METRICS('m'), LINEAR)", "((", "1e", "ALARM(x) AND NOT OK(\"y\")"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) { cloudwatch.Parse(text) })
}
