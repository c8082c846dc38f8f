package cloudwatch

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The tables of AWS's documentation ("Configuring how CloudWatch alarms treat missing data"): the
// latest data point is on the right, X breaches, 0 does not, - is missing.
func TestMissingData(t *testing.T) {
	t.Parallel()
	const keep = ""
	for _, c := range []struct {
		m, n                                     int64
		points                                   string
		missing, ignore, breaching, notBreaching string
	}{
		{3, 3, "0 - X - X", stateOK, stateOK, stateOK, stateOK},
		{3, 3, "0 - - - -", stateOK, stateOK, stateOK, stateOK},
		{3, 3, "- - - - -", stateInsufficient, keep, stateAlarm, stateOK},
		{3, 3, "0 X X - X", stateAlarm, stateAlarm, stateAlarm, stateAlarm},
		{3, 3, "- - X - -", stateAlarm, keep, stateAlarm, stateOK},
		{2, 3, "0 - X - X", stateAlarm, stateAlarm, stateAlarm, stateAlarm},
		{2, 3, "0 0 X 0 X", stateAlarm, stateAlarm, stateAlarm, stateAlarm},
		{2, 3, "0 - X - -", stateOK, stateOK, stateAlarm, stateOK},
		{2, 3, "- - - - 0", stateOK, stateOK, stateAlarm, stateOK},
		{2, 3, "- - - X -", stateAlarm, keep, stateAlarm, stateOK},
		{1, 1, "- - X", stateAlarm, stateAlarm, stateAlarm, stateAlarm},
		{1, 1, "X - -", stateAlarm, stateAlarm, stateAlarm, stateAlarm},
		{1, 1, "X - 0", stateOK, stateOK, stateOK, stateOK},
		{3, 3, "- - - - X", keep, keep, stateAlarm, stateOK},
	} {
		for mode, want := range map[string]string{"": c.missing, "missing": c.missing, "ignore": c.ignore, "breaching": c.breaching, "notBreaching": c.notBreaching} {
			operator, threshold := "GreaterThanThreshold", 0.5
			a := &MetricAlarm{EvaluationPeriods: &c.n, DatapointsToAlarm: &c.m, Threshold: &threshold, ComparisonOperator: &operator}
			if mode != "" {
				a.TreatMissingData = &mode
			}
			if v := a.judge(drawn(c.points)); v.state != want {
				t.Errorf("%d of %d, %q, missing data %q: %q, want %q", c.m, c.n, c.points, mode, v.state, want)
			}
		}
	}
}

// drawn are points as a picture has them, the latest on the right.
func drawn(picture string) []point {
	marks := strings.Fields(picture)
	points := make([]point, len(marks))
	for i, mark := range marks {
		p := &points[len(marks)-1-i]
		p.at = time.Date(2026, 11, 22, 12, i, 0, 0, time.UTC)
		p.known = mark != "-"
		if mark == "X" {
			p.value = 1
		}
	}
	return points
}

// The texts are those of alarms seen on AWS.
func TestReasons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		m, n                      int64
		points, operator, missing string
		want                      string
	}{
		{0, 1, "X", "GreaterThanThreshold", "missing", "Threshold Crossed: 1 datapoint [1.0 (22/11/26 12:00:00)] was greater than the threshold (0.005)."},
		{0, 3, "X X X", "GreaterThanOrEqualToThreshold", "missing", "Threshold Crossed: 3 datapoints [1.0 (22/11/26 12:02:00), 1.0 (22/11/26 12:01:00), 1.0 (22/11/26 12:00:00)] were greater than or equal to the threshold (0.005)."},
		{3, 3, "X X X", "GreaterThanThreshold", "missing", "Threshold Crossed: 3 out of the last 3 datapoints [1.0 (22/11/26 12:02:00), 1.0 (22/11/26 12:01:00), 1.0 (22/11/26 12:00:00)] were greater than the threshold (0.005) (minimum 3 datapoints for OK -> ALARM transition)."},
		{3, 3, "X 0 0", "GreaterThanThreshold", "missing", "Threshold Crossed: 2 out of the last 3 datapoints [0.0 (22/11/26 12:02:00), 0.0 (22/11/26 12:01:00)] were not greater than the threshold (0.005) (minimum 1 datapoint for ALARM -> OK transition)."},
		{0, 1, "0", "GreaterThanThreshold", "missing", "Threshold Crossed: 1 datapoint [0.0 (22/11/26 12:00:00)] was not greater than the threshold (0.005)."},
		{0, 1, "-", "GreaterThanThreshold", "breaching", "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching]."},
		{0, 2, "- -", "GreaterThanThreshold", "notBreaching", "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching]."},
		{0, 8, "X - - - - - - -", "LessThanOrEqualToThreshold", "breaching", "Threshold Crossed: 1 datapoint [1.0 (22/11/26 12:00:00)] was not less than or equal to the threshold (0.005) and 7 missing datapoints were treated as [Breaching]."},
		{0, 5, "- - - - -", "GreaterThanThreshold", "missing", "Insufficient Data: 5 datapoints were unknown."},
		{0, 1, "-", "GreaterThanThreshold", "missing", "Insufficient Data: 1 datapoint was unknown."},
	} {
		threshold := 0.005
		a := &MetricAlarm{EvaluationPeriods: &c.n, Threshold: &threshold, ComparisonOperator: &c.operator, TreatMissingData: &c.missing}
		if c.m > 0 {
			a.DatapointsToAlarm = &c.m
		}
		v := a.judge(drawn(c.points))
		if got := a.reason(&v); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.points, got, c.want)
		}
	}
}

func TestJavaNumbers(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0.0", 1: "1.0", -2.5: "-2.5", 0.005: "0.005", 1e7: "1.0E7", 12345678: "1.2345678E7", 0.0005: "5.0E-4", 9999999: "9999999.0"} {
		if got := javaDouble(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	for n, want := range map[int64]string{7: "7", 1440: "1,440", 1000000: "1,000,000", 43005: "43,005"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	var b bucket
	for i := 1; i <= 100; i++ {
		b.add(float64(i), 1)
	}
	for name, want := range map[string]float64{
		"Average": 50.5, "Sum": 5050, "Minimum": 1, "Maximum": 100, "SampleCount": 100, "p50": 50, "p99": 99, "p99.9": 100, "p100": 100, "p0": 1,
		"tm90": 45.5, "tc90": 90, "ts90": 4095, "TM(10%:90%)": 50.5, "PR(:50)": 50, "TC(91:)": 10, "IQM": 50.5, "wm90": 49.95,
	} {
		statistic, ok := parseStatistic(name)
		if !ok {
			t.Errorf("%s is not known", name)
			continue
		}
		if got, _ := statistic(&b); fmt.Sprintf("%.3f", got) != fmt.Sprintf("%.3f", want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"", "p", "p101", "P50", "tm", "average", "TM(10%)", "pp9"} {
		if _, ok := parseStatistic(name); ok {
			t.Errorf("%q is known", name)
		}
	}
}

// Buckets come back as they were stored, and stay small however many values there are.
func TestBucketsRoundTrip(t *testing.T) {
	t.Parallel()
	var b bucket
	for i := range 10_000 {
		b.add(float64(i)+0.5, 2)
	}
	if len(b.values) > mostValues {
		t.Errorf("%d values", len(b.values))
	}
	read, err := readBucket(b.appendTo(nil))
	if err != nil {
		t.Fatal(err)
	}
	if read.count != 20_000 || read.min != 0.5 || read.max != 9999.5 || read.sum != b.sum || len(read.values) != len(b.values) {
		t.Errorf("%+v", read)
	}
	if p, _ := read.percentile(50); p < 4700 || p > 5300 {
		t.Errorf("the median is %v", p)
	}
}
