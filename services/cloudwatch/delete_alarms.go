package cloudwatch

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteAlarms", (*Service).deleteAlarms) }

// deleteAlarms deletes all or none. Names that are nobody's are no error, as on AWS.
func (s *Service) deleteAlarms(r *services.Request, in *DeleteAlarmsInput) (*nothing, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var changes []change
	composites, seen := 0, map[string]bool{}
	for _, name := range in.AlarmNames {
		a := s.alarms[alarmName{r.Call.Account, r.Call.Region, name}]
		if a == nil || seen[name] {
			continue
		}
		seen[name] = true
		if a.Composite != nil {
			composites++
		}
		changes = append(changes, change{name: a.name(), items: []AlarmHistoryItem{configured(a, s.now(), "Delete", "deletedAlarm")}})
	}
	if composites > 0 && len(changes) > 1 {
		return nil, invalid("A composite alarm must be deleted alone.")
	}
	if err := s.apply(r, changes); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
