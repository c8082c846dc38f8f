package cloudwatch

import (
	"slices"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "PutCompositeAlarm", (*Service).putCompositeAlarm) }

func (s *Service) putCompositeAlarm(r *services.Request, in *PutCompositeAlarmInput) (*nothing, error) {
	if err := checkActions(in.AlarmActions, in.OKActions, in.InsufficientDataActions); err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	enabled := in.ActionsEnabled == nil || *in.ActionsEnabled
	made := &alarm{Account: r.Call.Account, Region: r.Call.Region, Composite: &CompositeAlarm{
		AlarmName: in.AlarmName, AlarmDescription: in.AlarmDescription, AlarmRule: in.AlarmRule, ActionsEnabled: &enabled,
		OKActions: orEmpty(in.OKActions), AlarmActions: orEmpty(in.AlarmActions), InsufficientDataActions: orEmpty(in.InsufficientDataActions),
		ActionsSuppressor: in.ActionsSuppressor, ActionsSuppressorWaitPeriod: in.ActionsSuppressorWaitPeriod,
		ActionsSuppressorExtensionPeriod: in.ActionsSuppressorExtensionPeriod,
	}}
	return s.putAlarm(r, made, in.Tags)
}

// checkRule wants alarms that exist, and no cycle. The mutex is held.
func (s *Service) checkRule(a *alarm) error {
	parsed, err := parseRule(value(a.Composite.AlarmRule))
	if refused, ok := err.(*aws.Error); ok {
		return refused
	}
	if err != nil {
		return invalid("AlarmRule is invalid: %s.", err)
	}
	for _, name := range parsed.names {
		other := s.alarmByARN(a.Account, a.Region, name)
		if other == nil && name != a.name().name && name != a.arn() {
			return invalid("Could not save the composite alarm as alarms [%s] in the alarm rule do not exist.", name)
		}
		if name == a.name().name || name == a.arn() || s.leadsTo(other, a.name(), nil) {
			return invalid("Could not save the composite alarm as the alarm rule has a cycle: %s.", name)
		}
	}
	return nil
}

// leadsTo says whether a composite alarm's rule speaks of another alarm, itself or through others.
func (s *Service) leadsTo(from *alarm, to alarmName, path []alarmName) bool {
	if from == nil || from.Composite == nil || slices.Contains(path, from.name()) {
		return false
	}
	for _, child := range s.childrenOf(from) {
		if child.name() == to || s.leadsTo(child, to, append(path, from.name())) {
			return true
		}
	}
	return false
}

// childrenOf are the alarms of a composite alarm's rule. The mutex is held.
func (s *Service) childrenOf(a *alarm) []*alarm {
	parsed, err := parseRule(value(a.Composite.AlarmRule))
	if err != nil {
		return nil
	}
	var children []*alarm
	for _, name := range parsed.names {
		if child := s.alarmByARN(a.Account, a.Region, name); child != nil {
			children = append(children, child)
		}
	}
	return children
}
