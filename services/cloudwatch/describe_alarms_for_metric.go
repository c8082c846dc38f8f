package cloudwatch

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "DescribeAlarmsForMetric", (*Service).describeAlarmsForMetric)
}

func (s *Service) describeAlarmsForMetric(r *services.Request, in *DescribeAlarmsForMetricInput) (*DescribeAlarmsForMetricOutput, error) {
	if in.Statistic != nil && in.ExtendedStatistic != nil {
		return nil, badCombination("The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.")
	}
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	asked := newMetricName("", "", *in.Namespace, *in.MetricName, in.Dimensions)
	out := &DescribeAlarmsForMetricOutput{MetricAlarms: []MetricAlarm{}}
	for _, a := range s.of(r.Call) {
		if a.Metric != nil && in.isWatchedBy(a.Metric, asked.key()) {
			out.MetricAlarms = append(out.MetricAlarms, *a.Metric)
		}
	}
	return out, nil
}

// isWatchedBy judges an alarm on the metric itself, or one whose expression uses it.
func (in *DescribeAlarmsForMetricInput) isWatchedBy(a *MetricAlarm, key string) bool {
	same := func(asked, has *string) bool { return asked == nil || value(asked) == value(has) }
	if len(a.Metrics) == 0 {
		name := newMetricName("", "", value(a.Namespace), value(a.MetricName), a.Dimensions)
		return name.key() == key && same(in.Statistic, a.Statistic) && same(in.ExtendedStatistic, a.ExtendedStatistic) &&
			same(in.Unit, a.Unit) && (in.Period == nil || *in.Period == value(a.Period))
	}
	return slices.ContainsFunc(a.Metrics, func(q MetricDataQuery) bool {
		if q.MetricStat == nil {
			return false
		}
		m := q.MetricStat
		name := newMetricName("", "", value(m.Metric.Namespace), value(m.Metric.MetricName), m.Metric.Dimensions)
		return name.key() == key && same(in.Statistic, m.Stat) && same(in.ExtendedStatistic, m.Stat) && same(in.Unit, m.Unit) &&
			(in.Period == nil || *in.Period == value(m.Period))
	})
}
