package cloudwatch

import (
	"context"
	"time"
)

// beyond is how many periods more than its evaluation periods an alarm looks back, so that late data
// and gaps do not decide: AWS does so, too, and does not say how far.
const beyond = 2

// point is a period that an alarm looks at, the latest first.
type point struct {
	at      time.Time
	value   float64
	samples float64
	// known is false for missing data.
	known bool
	// thin: there are too few samples for the percentile that is asked for.
	thin bool
}

func (a *MetricAlarm) wanted() (m, n int) {
	n = int(value(a.EvaluationPeriods))
	m = n
	if a.DatapointsToAlarm != nil {
		m = int(*a.DatapointsToAlarm)
	}
	return m, n
}

// length is the alarm's period: of an expression the longest of its metrics'.
func (a *MetricAlarm) length() time.Duration {
	if len(a.Metrics) == 0 {
		return time.Duration(value(a.Period)) * time.Second
	}
	for i := range a.Metrics {
		if a.Metrics[i].ReturnData == nil || *a.Metrics[i].ReturnData {
			return periodOf(a.Metrics, i)
		}
	}
	return time.Minute
}

// interval is how often an alarm is evaluated: once a period, but at least once a minute.
func (a *MetricAlarm) interval() time.Duration { return min(a.length(), time.Minute) }

// points are the periods that end at now's whole interval, the latest first.
func (s *Service) points(ctx context.Context, a *alarm, now time.Time) ([]point, error) {
	_, n := a.Metric.wanted()
	length, count := a.Metric.length(), n+beyond
	end := now.Truncate(a.Metric.interval())
	from := end.Add(-time.Duration(count) * length)
	points := make([]point, count)
	for i := range points {
		points[i].at = end.Add(-time.Duration(i+1) * length)
	}
	place := func(at time.Time) *point { return &points[count-1-int(at.Sub(from)/length)] }
	if len(a.Metric.Metrics) > 0 {
		results, err := s.evaluate(ctx, a.Account, a.Region, a.Metric.Metrics, func(time.Duration) (time.Time, time.Time) { return from, end })
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			for at, v := range r.series.values {
				if p := place(at); !p.known {
					p.value, p.known = v, true
				}
			}
		}
		return points, nil
	}
	name := newMetricName(a.Account, a.Region, value(a.Metric.Namespace), value(a.Metric.MetricName), a.Metric.Dimensions)
	periods, err := s.query(ctx, &name, value(a.Metric.Unit), false, from, end, length)
	if err != nil {
		return nil, err
	}
	text := value(a.Metric.Statistic) + value(a.Metric.ExtendedStatistic)
	statistic, _ := parseStatistic(text) // checked when it was put
	for i := range periods {
		p := place(periods[i].at)
		p.value, p.known = statistic(&periods[i].bucket)
		p.samples = periods[i].bucket.count
		p.thin = isThin(text, p.samples)
	}
	return points, nil
}

// isThin says whether a percentile of so few samples means little, as AWS reckons: less than
// 10/(1-p) samples for the median and above, less than 10/p below.
func isThin(statistic string, samples float64) bool {
	p, ok := percentileOf(statistic)
	if !ok {
		return false
	}
	if p /= 100; p >= 0.5 {
		p = 1 - p
	}
	return p > 0 && samples < 10/p
}

func breaches(operator string, v, threshold float64) bool {
	switch operator {
	case "GreaterThanOrEqualToThreshold":
		return v >= threshold
	case "GreaterThanThreshold":
		return v > threshold
	case "LessThanThreshold":
		return v < threshold
	}
	return v <= threshold
}

// verdict is what an evaluation has found.
type verdict struct {
	// state is empty when the alarm keeps the one it has.
	state string
	// looked are the points that counted, the latest first; gaps is how many were missing beside them.
	looked []point
	gaps   int
}

// judge decides, as AWS documents it, from points with the latest first: the latest data points that
// are there count, as many as there are evaluation periods; missing ones only where those are too few.
func (a *MetricAlarm) judge(points []point) verdict {
	m, n := a.wanted()
	var v verdict
	breaching, eldest := 0, 0
	for i, p := range points {
		if !p.known {
			continue
		}
		if len(v.looked) == n {
			break
		}
		v.looked = append(v.looked, p)
		if p.thin && value(a.EvaluateLowSampleCountPercentile) == "ignore" {
			return verdict{}
		}
		if breaches(value(a.ComparisonOperator), p.value, value(a.Threshold)) {
			breaching++
			eldest = i + 1
		}
	}
	v.gaps = n - len(v.looked)
	v.state = a.decide(m, breaching, len(v.looked), v.gaps, eldest)
	return v
}

// decide is the table of AWS's documentation. eldest is how many periods ago the oldest breaching data point began.
func (a *MetricAlarm) decide(m, breaching, known, gaps, eldest int) string {
	missing := value(a.TreatMissingData)
	switch {
	case breaching >= m, missing == "breaching" && breaching+gaps >= m:
		return stateAlarm
	case gaps == 0, missing == "breaching", missing == "notBreaching":
		return stateOK
	case known > breaching:
		return stateOK
	case missing == "ignore":
		return ""
	case known == 0:
		return stateInsufficient
	// Only breaching data points, and too few of them: an alarm when the oldest has been followed by
	// nothing better for as long as it takes to alarm; else it is too early to say.
	case eldest >= m:
		return stateAlarm
	}
	return ""
}
