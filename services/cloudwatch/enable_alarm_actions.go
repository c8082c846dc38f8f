package cloudwatch

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "EnableAlarmActions", (*Service).enableAlarmActions) }

func (s *Service) enableAlarmActions(r *services.Request, in *EnableAlarmActionsInput) (*nothing, error) {
	return s.enableActions(r, r.Call, in.AlarmNames, true)
}

// enableActions stores whether alarms may act. Names that are nobody's are no error.
func (s *Service) enableActions(ctx context.Context, call *aws.Call, names []string, enabled bool) (*nothing, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var changes []change
	for _, name := range names {
		a := s.alarms[alarmName{call.Account, call.Region, name}]
		if a == nil {
			continue
		}
		changed := a.with(a.state())
		if changed.Composite != nil {
			changed.Composite.ActionsEnabled = &enabled
		} else {
			changed.Metric.ActionsEnabled = &enabled
		}
		changes = append(changes, change{name: a.name(), alarm: changed, items: []AlarmHistoryItem{configured(changed, s.now(), "Update", "updatedAlarm")}})
	}
	if err := s.apply(ctx, changes); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
