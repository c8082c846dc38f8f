package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "UpdateContinuousBackups", (*Service).updateContinuousBackups)
}

// updateContinuousBackups keeps the setting; tables cannot be restored to a point in time.
func (s *Service) updateContinuousBackups(r *services.Request, in *UpdateContinuousBackupsInput) (*UpdateContinuousBackupsOutput, error) {
	var c constraints
	c.controlTable(in.TableName)
	spec := in.PointInTimeRecoverySpecification
	c.required("pointInTimeRecoverySpecification", spec == nil)
	if spec != nil {
		c.required("pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled", spec.PointInTimeRecoveryEnabled == nil)
		c.atLeast("pointInTimeRecoverySpecification.recoveryPeriodInDays", spec.RecoveryPeriodInDays, 1)
		c.atMost("pointInTimeRecoverySpecification.recoveryPeriodInDays", spec.RecoveryPeriodInDays, mostRecoveryDays)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if !*spec.PointInTimeRecoveryEnabled && spec.RecoveryPeriodInDays != nil {
		return nil, invalid("Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.")
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	t, err := s.backedUp(r.Call, *in.TableName)
	if err != nil {
		return nil, err
	}
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return nil, err
	}
	d.PointInTime = d.PointInTime.changed(spec, s)
	if _, err := s.change(r, t, d); err != nil {
		return nil, err
	}
	return &UpdateContinuousBackupsOutput{ContinuousBackupsDescription: d.PointInTime.describe(s.now())}, nil
}

func (p *pointInTime) changed(spec *PointInTimeRecoverySpecification, s *Service) *pointInTime {
	next := pointInTime{Enabled: *spec.PointInTimeRecoveryEnabled, Since: s.now(), Days: mostRecoveryDays}
	if p != nil && p.Enabled && next.Enabled {
		next.Since, next.Days = p.Since, p.Days
	}
	if spec.RecoveryPeriodInDays != nil {
		next.Days = *spec.RecoveryPeriodInDays
	}
	return &next
}
