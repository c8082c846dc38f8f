package cloudwatch

import (
	"encoding/json"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "SetAlarmState", (*Service).setAlarmState) }

// setAlarmState sets a state that lasts until the alarm's next evaluation, at least one period later.
func (s *Service) setAlarmState(r *services.Request, in *SetAlarmStateInput) (*nothing, error) {
	if in.StateReasonData != nil && !json.Valid([]byte(*in.StateReasonData)) {
		return nil, refused("InvalidFormatFault", "InvalidFormat", "Unknown")
	}
	told, err := func() ([]Transition, error) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		a := s.alarms[alarmName{r.Call.Account, r.Call.Region, *in.AlarmName}]
		if a == nil {
			return nil, alarmNotFound()
		}
		now := s.now()
		if a.Metric != nil {
			held := *a
			held.HeldUntil = now.Add(a.Metric.length())
			a = &held
		}
		return s.transit(r, a, state{Value: in.StateValue, Reason: in.StateReason, Data: in.StateReasonData}, now)
	}()
	if err != nil {
		return nil, err
	}
	s.followers.tell(told)
	return &nothing{}, nil
}
