package cloudwatch

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DisableAlarmActions", (*Service).disableAlarmActions) }

func (s *Service) disableAlarmActions(r *services.Request, in *DisableAlarmActionsInput) (*nothing, error) {
	return s.enableActions(r, r.Call, in.AlarmNames, false)
}
