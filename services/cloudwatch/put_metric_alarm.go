package cloudwatch

import (
	"context"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "PutMetricAlarm", (*Service).putMetricAlarm) }

func (s *Service) putMetricAlarm(r *services.Request, in *PutMetricAlarmInput) (*nothing, error) {
	if err := checkMetricAlarm(in); err != nil {
		return nil, err
	}
	enabled := in.ActionsEnabled == nil || *in.ActionsEnabled
	made := &alarm{Account: r.Call.Account, Region: r.Call.Region, Metric: &MetricAlarm{
		AlarmName: in.AlarmName, AlarmDescription: in.AlarmDescription, ActionsEnabled: &enabled,
		OKActions: orEmpty(in.OKActions), AlarmActions: orEmpty(in.AlarmActions), InsufficientDataActions: orEmpty(in.InsufficientDataActions),
		MetricName: in.MetricName, Namespace: in.Namespace, Statistic: in.Statistic, ExtendedStatistic: in.ExtendedStatistic,
		Dimensions: orEmpty(in.Dimensions), Period: in.Period, Unit: in.Unit, EvaluationPeriods: in.EvaluationPeriods,
		DatapointsToAlarm: in.DatapointsToAlarm, Threshold: in.Threshold, ComparisonOperator: in.ComparisonOperator,
		TreatMissingData: in.TreatMissingData, EvaluateLowSampleCountPercentile: in.EvaluateLowSampleCountPercentile, Metrics: in.Metrics,
	}}
	return s.putAlarm(r, made, in.Tags)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// putAlarm stores a new alarm, or one that takes the place of another and keeps its state and tags.
func (s *Service) putAlarm(ctx context.Context, made *alarm, tags []Tag) (*nothing, error) {
	told, err := s.replaceAlarm(ctx, made, tags)
	if err != nil {
		return nil, err
	}
	s.rearm()
	s.followers.tell(told)
	return &nothing{}, nil
}

func (s *Service) replaceAlarm(ctx context.Context, made *alarm, tags []Tag) ([]Transition, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now, arn := s.now(), made.arn()
	before := s.alarms[made.name()]
	if before != nil && before.kind() != made.kind() {
		return nil, invalid("An alarm of another type is named %s already: delete it first.", made.name().name)
	}
	first, reason := stateInsufficient, "Unchecked: Initial alarm creation"
	to := state{Value: &first, Reason: &reason, Updated: &now, Transitioned: &now}
	item, made := configured(made, now, "Create", "createdAlarm"), made
	made.Tags = tags
	if before != nil {
		to, made.Tags, made.HeldUntil = before.state(), before.Tags, before.HeldUntil
		item = configured(made, now, "Update", "updatedAlarm")
	}
	if made.Composite != nil {
		made.Composite.AlarmArn, made.Composite.AlarmConfigurationUpdatedTimestamp = &arn, &now
	} else {
		made.Metric.AlarmArn, made.Metric.AlarmConfigurationUpdatedTimestamp = &arn, &now
	}
	made = made.with(to)
	if made.Composite != nil {
		if err := s.checkRule(made); err != nil {
			return nil, err
		}
	}
	if err := s.apply(ctx, []change{{name: made.name(), alarm: made, items: []AlarmHistoryItem{item}}}); err != nil {
		return nil, err
	}
	if made.Composite == nil {
		return nil, nil
	}
	lookup := func(name alarmName) *alarm { return s.alarms[name] }
	value := made.compositeState(lookup)
	why := made.arn() + " was created and its alarm rule evaluates to " + value
	return s.transit(ctx, made, state{Value: &value, Reason: &why}, now)
}

func checkMetricAlarm(in *PutMetricAlarmInput) error {
	if in.EvaluationCriteria != nil || in.EvaluationInterval != nil {
		return notImplemented("alarms on PromQL (EvaluationCriteria, EvaluationInterval)")
	}
	if in.ThresholdMetricId != nil {
		return notImplemented("alarms on anomaly detection (ThresholdMetricId)")
	}
	if in.ComparisonOperator == nil {
		return invalid("ComparisonOperator must not be null")
	}
	if comparisons[*in.ComparisonOperator] == "" {
		return notImplemented("alarms on anomaly detection (%s)", *in.ComparisonOperator)
	}
	if in.EvaluationPeriods == nil {
		return invalid("EvaluationPeriods must not be null")
	}
	if in.Threshold == nil {
		return invalid("Threshold must not be null")
	}
	if f := *in.Threshold; f-f != 0 {
		return invalid("The value %s for parameter Threshold is invalid.", javaDouble(f))
	}
	if in.DatapointsToAlarm != nil && *in.DatapointsToAlarm > *in.EvaluationPeriods {
		return invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
	}
	if err := checkOption("TreatMissingData", in.TreatMissingData, "breaching", "notBreaching", "ignore", "missing"); err != nil {
		return err
	}
	if err := checkOption("EvaluateLowSampleCountPercentile", in.EvaluateLowSampleCountPercentile, "evaluate", "ignore"); err != nil {
		return err
	}
	if err := checkActions(in.AlarmActions, in.OKActions, in.InsufficientDataActions); err != nil {
		return err
	}
	if err := checkTags(in.Tags); err != nil {
		return err
	}
	if err := checkAlarmSource(in); err != nil {
		return err
	}
	return checkAlarmSpan(in)
}

func checkAlarmSource(in *PutMetricAlarmInput) error {
	if len(in.Metrics) > 0 {
		return checkAlarmMetrics(in)
	}
	for _, part := range []required{{"MetricName", in.MetricName == nil}, {"Namespace", in.Namespace == nil}, {"Period", in.Period == nil}} {
		if part.absent {
			return invalid("%s must not be null", part.name)
		}
	}
	switch {
	case in.Statistic == nil && in.ExtendedStatistic == nil:
		return invalid("Exactly one of Statistic and ExtendedStatistic must be specified.")
	case in.Statistic != nil && in.ExtendedStatistic != nil:
		return badCombination("The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.")
	case in.ExtendedStatistic != nil && !isExtended(*in.ExtendedStatistic):
		return invalid("The value %s for parameter ExtendedStatistic is not supported.", *in.ExtendedStatistic)
	case in.EvaluateLowSampleCountPercentile != nil && in.ExtendedStatistic == nil:
		return invalid("EvaluateLowSampleCountPercentile is for alarms on percentiles only.")
	}
	if err := checkDimensions("Dimensions", in.Dimensions); err != nil {
		return err
	}
	return checkAlarmPeriod(*in.Period)
}

func checkAlarmPeriod(period int64) error {
	if !isPeriod(period) || period < 10 {
		return invalid("Period must be 10, 20, 30 or a multiple of 60.")
	}
	return nil
}

func checkAlarmMetrics(in *PutMetricAlarmInput) error {
	for _, part := range []required{
		{"MetricName", in.MetricName == nil}, {"Namespace", in.Namespace == nil}, {"Period", in.Period == nil}, {"Statistic", in.Statistic == nil},
		{"ExtendedStatistic", in.ExtendedStatistic == nil}, {"Dimensions", len(in.Dimensions) == 0}, {"Unit", in.Unit == nil},
	} {
		if !part.absent {
			return badCombination("The parameters Metrics and %s are mutually exclusive and you have specified both.", part.name)
		}
	}
	if err := checkQueries(in.Metrics); err != nil {
		return err
	}
	returned := 0
	for i := range in.Metrics {
		q := &in.Metrics[i]
		if q.MetricStat != nil {
			if err := checkAlarmPeriod(value(q.MetricStat.Period)); err != nil {
				return err
			}
		}
		if q.ReturnData == nil || *q.ReturnData {
			returned++
		}
	}
	if returned != 1 {
		return invalid("Exactly one element of the metrics list should return data.")
	}
	return nil
}

// checkAlarmSpan holds an alarm to a day, or with periods of an hour and more to a week.
func checkAlarmSpan(in *PutMetricAlarmInput) error {
	length := int64((&MetricAlarm{Period: in.Period, Metrics: in.Metrics}).length().Seconds())
	switch {
	case length < 3600 && length**in.EvaluationPeriods > 86400:
		return invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).")
	case length >= 3600 && length**in.EvaluationPeriods > 7*86400:
		return invalid("Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).")
	}
	return nil
}

func checkOption(parameter string, given *string, options ...string) error {
	if given == nil || slices.Contains(options, *given) {
		return nil
	}
	last := len(options) - 1
	return invalid("Option %s is not supported. Supported options for parameter %s are %s and %s.",
		*given, parameter, strings.Join(options[:last], ", "), options[last])
}

// checkActions wants ARNs; nothing is said of what they name, since no action is carried out.
func checkActions(lists ...[]string) error {
	for _, actions := range lists {
		for _, action := range actions {
			if !strings.HasPrefix(action, "arn:") {
				return invalid("Invalid arn syntax: %s", action)
			}
		}
	}
	return nil
}
