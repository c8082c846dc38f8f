package cloudwatch

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetMetricStatistics", (*Service).getMetricStatistics) }

// mostDatapoints is how many data points GetMetricStatistics answers.
const mostDatapoints = 1440

func (s *Service) getMetricStatistics(r *services.Request, in *GetMetricStatisticsInput) (*GetMetricStatisticsOutput, error) {
	if err := checkGetMetricStatistics(in); err != nil {
		return nil, err
	}
	length := time.Duration(*in.Period) * time.Second
	from := roundedStart(*in.StartTime, length, s.now())
	name := newMetricName(r.Call.Account, r.Call.Region, *in.Namespace, *in.MetricName, in.Dimensions)
	periods, err := s.query(r, &name, value(in.Unit), true, from, in.EndTime.UTC(), length)
	if err != nil {
		return nil, err
	}
	out := &GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []Datapoint{}}
	for i := range periods {
		out.Datapoints = append(out.Datapoints, datapoint(&periods[i], in.Statistics, in.ExtendedStatistics))
	}
	return out, nil
}

// query is that of the metrics of whoever has them.
func (s *Service) query(ctx context.Context, name *metricName, unit string, perUnit bool, from, to time.Time, length time.Duration) ([]period, error) {
	if name.namespace == callsNamespace {
		return s.calls.query(name, unit, perUnit, from, to, length, s.now()), nil
	}
	return s.metrics.query(ctx, name, unit, perUnit, from, to, length)
}

// roundedStart is where the first period begins: at a multiple of the period for periods of less than
// a minute, at a whole minute otherwise, and at five minutes or an hour where that is long ago.
func roundedStart(start time.Time, length time.Duration, now time.Time) time.Time {
	step := time.Minute
	switch age := now.Sub(start); {
	case age > 63*24*time.Hour:
		step = time.Hour
	case age > 15*24*time.Hour:
		step = 5 * time.Minute
	case length < time.Minute:
		step = length
	}
	return start.UTC().Truncate(step)
}

func datapoint(p *period, statistics, extended []string) Datapoint {
	d := Datapoint{Timestamp: &p.at, Unit: &p.unit}
	for name, to := range map[string]**float64{
		"SampleCount": &d.SampleCount, "Average": &d.Average, "Sum": &d.Sum, "Minimum": &d.Minimum, "Maximum": &d.Maximum,
	} {
		if slices.Contains(statistics, name) {
			v, _ := plainStatistics[name](&p.bucket)
			*to = &v
		}
	}
	for _, name := range extended {
		statistic, ok := extendedStatistic(name)
		if !ok {
			continue
		}
		if v, ok := statistic(&p.bucket); ok {
			if d.ExtendedStatistics == nil {
				d.ExtendedStatistics = map[string]float64{}
			}
			d.ExtendedStatistics[name] = v
		}
	}
	return d
}

func checkGetMetricStatistics(in *GetMetricStatisticsInput) error {
	err := firstMissing(required{"Namespace", in.Namespace == nil}, required{"MetricName", in.MetricName == nil},
		required{"StartTime", in.StartTime == nil}, required{"EndTime", in.EndTime == nil}, required{"Period", in.Period == nil})
	if err != nil {
		return err
	}
	if err := checkNamespace(*in.Namespace); err != nil {
		return err
	}
	if err := checkName("MetricName", *in.MetricName, longestName); err != nil {
		return err
	}
	if err := checkDimensions("Dimensions", in.Dimensions); err != nil {
		return err
	}
	if len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0 {
		return badCombination("At least one of the parameters Statistics and ExtendedStatistics must be specified.")
	}
	for i, name := range in.Statistics {
		if plainStatistics[name] == nil {
			return badValue("The parameter %s must be a value in the set [ Average, Maximum, Minimum, SampleCount, Sum ].", member("Statistics", i))
		}
	}
	for _, name := range in.ExtendedStatistics {
		if !isExtended(name) {
			return badValue("The value %s for parameter ExtendedStatistics is not supported.", name)
		}
	}
	if in.Unit != nil && !slices.Contains(units, *in.Unit) {
		return badValue("The parameter Unit must be a value in the set [ %s ].", strings.Join(units, ", "))
	}
	if !isPeriod(*in.Period) {
		return badValue("The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.")
	}
	if !in.StartTime.Before(*in.EndTime) {
		return badValue("The parameter StartTime must be less than the parameter EndTime.")
	}
	if asked := int64(in.EndTime.Sub(*in.StartTime)/time.Second) / *in.Period; asked > mostDatapoints {
		return badCombination("You have requested up to %s datapoints, which exceeds the limit of %s. "+
			"You may reduce the datapoints requested by increasing Period, or decreasing the time range.", thousands(asked), thousands(mostDatapoints))
	}
	return nil
}

// isPeriod says whether CloudWatch knows periods of so many seconds.
func isPeriod(seconds int64) bool {
	return seconds > 0 && seconds <= 365*86400 && (seconds%60 == 0 || slices.Contains([]int64{1, 5, 10, 20, 30}, seconds))
}

// thousands writes a number as AWS's message does: 1,440.
func thousands(n int64) string {
	if n < 1000 {
		return javaInteger(n)
	}
	rest := javaInteger(n%1000 + 1000)
	return thousands(n/1000) + "," + rest[1:]
}
