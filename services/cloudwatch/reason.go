package cloudwatch

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

var comparisons = map[string]string{
	"GreaterThanOrEqualToThreshold": "greater than or equal to", "GreaterThanThreshold": "greater than",
	"LessThanThreshold": "less than", "LessThanOrEqualToThreshold": "less than or equal to",
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// reason says why an alarm is in a state, in AWS's words.
func (a *MetricAlarm) reason(v *verdict) string {
	m, n := a.wanted()
	if v.state == stateInsufficient {
		return fmt.Sprintf("Insufficient Data: %d %s unknown.", v.gaps, plural(v.gaps, "datapoint was", "datapoints were"))
	}
	treated := ""
	if missing := value(a.TreatMissingData); v.gaps > 0 && (missing == "breaching" || missing == "notBreaching") {
		treated = fmt.Sprintf(" and %d missing %s treated as [%s]", v.gaps, plural(v.gaps, "datapoint was", "datapoints were"),
			map[string]string{"breaching": "Breaching", "notBreaching": "NonBreaching"}[missing])
	}
	if len(v.looked) == 0 {
		return fmt.Sprintf("Threshold Crossed: no datapoints were received for %d %s%s.", n, plural(n, "period", "periods"), treated)
	}
	var shown []string
	for _, p := range v.looked {
		if breaches(value(a.ComparisonOperator), p.value, value(a.Threshold)) == (v.state == stateAlarm) {
			shown = append(shown, javaDouble(p.value)+" ("+p.at.Format("02/01/06 15:04:05")+")")
		}
	}
	least, direction := m, "OK -> ALARM"
	not := ""
	if v.state == stateOK {
		least, direction, not = n-m+1, "ALARM -> OK", "not "
	}
	count := fmt.Sprintf("%d %s", len(shown), plural(len(shown), "datapoint", "datapoints"))
	end := "."
	if a.DatapointsToAlarm != nil {
		count = fmt.Sprintf("%d out of the last %d datapoints", len(shown), n)
		end = fmt.Sprintf(" (minimum %d %s for %s transition).", least, plural(least, "datapoint", "datapoints"), direction)
	}
	return fmt.Sprintf("Threshold Crossed: %s [%s] %s %s%s the threshold (%s)%s%s", count, strings.Join(shown, ", "),
		plural(len(shown), "was", "were"), not, comparisons[value(a.ComparisonOperator)], javaDouble(value(a.Threshold)), treated, end)
}

// timeInData is how times stand in reason data.
const timeInData = "2006-01-02T15:04:05.000-0700"

type evaluated struct {
	Timestamp   string      `json:"timestamp"`
	SampleCount *javaNumber `json:"sampleCount,omitempty"`
	Value       *javaNumber `json:"value,omitempty"`
}

// reasonData is the same as JSON. Oldest data points come first in recentDatapoints, latest first in evaluatedDatapoints.
func (a *MetricAlarm) reasonData(v *verdict, points []point, now time.Time) string {
	data := struct {
		Version   string       `json:"version"`
		QueryDate string       `json:"queryDate"`
		StartDate string       `json:"startDate,omitempty"`
		Unit      string       `json:"unit,omitempty"`
		Statistic string       `json:"statistic,omitempty"`
		Period    int64        `json:"period"`
		Recent    []javaNumber `json:"recentDatapoints"`
		Threshold javaNumber   `json:"threshold"`
		Evaluated []evaluated  `json:"evaluatedDatapoints"`
	}{
		Version: "1.0", QueryDate: now.Format(timeInData), Unit: value(a.Unit), Period: int64(a.length() / time.Second), Recent: []javaNumber{},
		Statistic: value(a.Statistic) + value(a.ExtendedStatistic), Threshold: javaNumber(value(a.Threshold)), Evaluated: []evaluated{},
	}
	if last := len(v.looked) - 1; last >= 0 {
		data.StartDate = v.looked[last].at.Format(timeInData)
		for i := range v.looked {
			data.Recent = append(data.Recent, javaNumber(v.looked[last-i].value))
		}
	}
	_, n := a.wanted()
	for _, p := range points[:min(n, len(points))] {
		one := evaluated{Timestamp: p.at.Format(timeInData)}
		if p.known {
			known, samples := javaNumber(p.value), javaNumber(p.samples)
			one.Value = &known
			if samples > 0 {
				one.SampleCount = &samples
			}
		}
		data.Evaluated = append(data.Evaluated, one)
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		return ""
	}
	return string(encoded)
}
