package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DescribeTimeToLive", (*Service).describeTimeToLive) }

func (s *Service) describeTimeToLive(r *services.Request, in *DescribeTimeToLiveInput) (*DescribeTimeToLiveOutput, error) {
	t, err := s.named(r, in.TableName)
	if err != nil {
		return nil, err
	}
	return &DescribeTimeToLiveOutput{TimeToLiveDescription: t.state.Load().descriptor.TimeToLive.describe()}, nil
}

// describe shows TTL. Changes take effect at once: ENABLING and DISABLING are not seen.
func (l *timeToLive) describe() *TimeToLiveDescription {
	if l == nil || !l.Enabled {
		return &TimeToLiveDescription{TimeToLiveStatus: new("DISABLED")}
	}
	return &TimeToLiveDescription{TimeToLiveStatus: new("ENABLED"), AttributeName: new(l.Attribute)}
}
