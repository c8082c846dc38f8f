package dynamodb

import (
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() {
	services.Add(&operations, "DescribeContinuousBackups", (*Service).describeContinuousBackups)
}

const (
	mostRecoveryDays = 35
	// recoveryDelay is how far behind the present the latest restorable time is.
	recoveryDelay = 5 * time.Minute
)

func (s *Service) describeContinuousBackups(r *services.Request, in *DescribeContinuousBackupsInput) (*DescribeContinuousBackupsOutput, error) {
	var c constraints
	c.controlTable(in.TableName)
	if err := c.err(); err != nil {
		return nil, err
	}
	t, err := s.backedUp(r.Call, *in.TableName)
	if err != nil {
		return nil, err
	}
	return &DescribeContinuousBackupsOutput{ContinuousBackupsDescription: t.state.Load().descriptor.PointInTime.describe(s.now())}, nil
}

// describe shows point-in-time recovery: nil is a table that never had any.
func (p *pointInTime) describe(now time.Time) *ContinuousBackupsDescription {
	recovery := &PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: new("DISABLED")}
	if p != nil && p.Enabled {
		earliest, latest := p.Since, now.Add(-recoveryDelay)
		if oldest := now.AddDate(0, 0, -int(p.Days)); earliest.Before(oldest) {
			earliest = oldest
		}
		if latest.Before(earliest) {
			latest = earliest
		}
		recovery = &PointInTimeRecoveryDescription{
			PointInTimeRecoveryStatus: new("ENABLED"), RecoveryPeriodInDays: &p.Days,
			EarliestRestorableDateTime: &earliest, LatestRestorableDateTime: &latest,
		}
	}
	return &ContinuousBackupsDescription{ContinuousBackupsStatus: new("ENABLED"), PointInTimeRecoveryDescription: recovery}
}
