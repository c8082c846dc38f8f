package cloudwatch

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DescribeAlarms", (*Service).describeAlarms) }

const (
	alarmsOnPage   = 50
	mostAlarmNames = 100
)

func (s *Service) describeAlarms(r *services.Request, in *DescribeAlarmsInput) (*DescribeAlarmsOutput, error) {
	if err := checkDescribeAlarms(in); err != nil {
		return nil, err
	}
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	asked := *in
	asked.MaxRecords, asked.NextToken = nil, nil
	page := token{List: "DescribeAlarms", Of: hashOf(asked)}
	after, err := page.read(in.NextToken, "The parameter NextToken is invalid.", badToken)
	if err != nil {
		return nil, err
	}
	chosen, err := s.relatives(r, in)
	if err != nil {
		return nil, err
	}
	size := alarmsOnPage
	if in.MaxRecords != nil {
		size = int(*in.MaxRecords)
	}
	out := &DescribeAlarmsOutput{CompositeAlarms: []CompositeAlarm{}, MetricAlarms: []MetricAlarm{}}
	last := ""
	for _, a := range chosen {
		name := a.name().name
		if name <= after && in.NextToken != nil || !in.matches(a) {
			continue
		}
		if len(out.MetricAlarms)+len(out.CompositeAlarms) == size {
			out.NextToken = page.after(last)
			break
		}
		last = name
		if a.Composite != nil {
			out.CompositeAlarms = append(out.CompositeAlarms, *a.Composite)
		} else {
			out.MetricAlarms = append(out.MetricAlarms, *a.Metric)
		}
	}
	return out, nil
}

func checkDescribeAlarms(in *DescribeAlarmsInput) error {
	if len(in.AlarmNames) > 0 && in.AlarmNamePrefix != nil {
		return badCombination("The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.")
	}
	for _, kind := range in.AlarmTypes {
		if kind == "LogAlarm" {
			return notImplemented("alarms of type %s", kind)
		}
	}
	related := 0
	for _, name := range []*string{in.ChildrenOfAlarmName, in.ParentsOfAlarmName} {
		if name != nil {
			related++
		}
	}
	if related == 2 || related == 1 && (len(in.AlarmNames) > 0 || in.AlarmNamePrefix != nil || in.StateValue != nil || in.ActionPrefix != nil || len(in.AlarmTypes) > 0) {
		return invalid("ChildrenOfAlarmName and ParentsOfAlarmName must be the only filter of a request.")
	}
	return nil
}

// relatives are the alarms that a request is about: an alarm's children or parents, or all. The mutex is held.
func (s *Service) relatives(r *services.Request, in *DescribeAlarmsInput) ([]*alarm, error) {
	switch {
	case in.ChildrenOfAlarmName != nil:
		a := s.alarmByARN(r.Call.Account, r.Call.Region, *in.ChildrenOfAlarmName)
		if a == nil || a.Composite == nil {
			return nil, nil
		}
		children := s.childrenOf(a)
		slices.SortFunc(children, func(a, b *alarm) int { return strings.Compare(a.name().name, b.name().name) })
		return children, nil
	case in.ParentsOfAlarmName != nil:
		child := s.alarmByARN(r.Call.Account, r.Call.Region, *in.ParentsOfAlarmName)
		return slices.DeleteFunc(s.of(r.Call), func(a *alarm) bool {
			return child == nil || a.Composite == nil || !slices.Contains(s.childrenOf(a), child)
		}), nil
	}
	return s.of(r.Call), nil
}

// matches judges one alarm. Without types, metric alarms alone are meant, unless relatives are asked for.
func (in *DescribeAlarmsInput) matches(a *alarm) bool {
	name := a.name().name
	kinds := in.AlarmTypes
	if len(kinds) == 0 && in.ChildrenOfAlarmName == nil && in.ParentsOfAlarmName == nil {
		kinds = []string{"MetricAlarm"}
	}
	actions := actionsOf(a)
	switch {
	case len(kinds) > 0 && !slices.Contains(kinds, a.kind()),
		len(in.AlarmNames) > 0 && !slices.Contains(in.AlarmNames, name),
		!strings.HasPrefix(name, value(in.AlarmNamePrefix)),
		in.StateValue != nil && *in.StateValue != value(a.state().Value),
		in.ActionPrefix != nil && !slices.ContainsFunc(actions, func(action string) bool { return strings.HasPrefix(action, *in.ActionPrefix) }):
		return false
	}
	return true
}

func actionsOf(a *alarm) []string {
	if c := a.Composite; c != nil {
		return slices.Concat(c.OKActions, c.AlarmActions, c.InsufficientDataActions)
	}
	return slices.Concat(a.Metric.OKActions, a.Metric.AlarmActions, a.Metric.InsufficientDataActions)
}
