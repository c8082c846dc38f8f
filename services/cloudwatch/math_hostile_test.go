package cloudwatch_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// Alarms are evaluated by the clock's timer, where nobody catches a panic: no expression may cause one,
// whatever data there are or are not.
func TestNoExpressionPanics(t *testing.T) {
	t.Parallel()
	w := start(t)
	begin := w.clock.Now().Truncate(time.Minute)
	w.must("PutMetricData", `{"Namespace": "App", "MetricData": [{"MetricName": "A", "Value": 0}, {"MetricName": "B", "Value": -1e100}]}`)
	w.clock.Advance(3 * time.Minute)
	w.must("PutMetricData", `{"Namespace": "App", "MetricData": [{"MetricName": "A", "Value": 5}]}`)
	stats := ""
	for i, name := range []string{"A", "B", "Nothing"} {
		stats += fmt.Sprintf(`{"Id": %q, "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "App", "MetricName": %q}, "Period": 60, "Stat": "Average"}}, `, string(rune('a'+i)), name)
	}
	random, alarms := rand.New(rand.NewPCG(1, 2)), 0
	for n := range 3000 {
		expression := someExpression(random, 3)
		_, refused := w.call("GetMetricData", fmt.Sprintf(`{"StartTime": %d, "EndTime": %d, "MetricDataQueries": [%s{"Id": "e", "Expression": %q}]}`,
			begin.Unix(), begin.Add(5*time.Minute).Unix(), stats, expression))
		if refused == nil && alarms < 100 {
			alarm := fmt.Sprintf(`{"AlarmName": "a%d", "EvaluationPeriods": %d, "Threshold": 0, "ComparisonOperator": "LessThanThreshold", "Metrics": [%s{"Id": "e", "Expression": %q}]}`,
				n%50, 1+n%3, stats, expression)
			if _, refused := w.call("PutMetricAlarm", alarm); refused == nil {
				alarms++
				w.clock.Advance(time.Minute)
			}
		}
	}
	if alarms < 20 {
		t.Errorf("only %d alarms could be made", alarms)
	}
}

func someExpression(random *rand.Rand, depth int) string {
	one := func() string { return someExpression(random, depth-1) }
	if depth == 0 || random.IntN(4) == 0 {
		return []string{"a", "b", "c", "1", "0", "-1", "1e308", "[a, b, c]", "METRICS()", "METRICS('c')", "[c]"}[random.IntN(11)]
	}
	switch random.IntN(5) {
	case 0, 1:
		names := []string{"ABS", "CEIL", "LOG", "LOG10", "SUM", "AVG", "MIN", "MAX", "STDDEV", "DATAPOINT_COUNT", "METRIC_COUNT", "PERIOD", "RATE",
			"DIFF", "DIFF_TIME", "RUNNING_SUM", "FIRST", "LAST", "REMOVE_EMPTY", "TIME_SERIES", "EPOCH", "MINUTE", "DAY", "MONTH"}
		return names[random.IntN(len(names))] + "(" + one() + ")"
	case 2:
		return "FILL(" + one() + ", " + []string{"REPEAT", "LINEAR", "0", one()}[random.IntN(4)] + ")"
	case 3:
		return "IF(" + one() + ", " + one() + []string{"", ", " + one()}[random.IntN(2)] + ")"
	}
	operators := []string{" + ", " - ", " * ", " / ", " ^ ", " > ", " == ", " AND ", " || "}
	return "(" + one() + operators[random.IntN(len(operators))] + one() + ")"
}
