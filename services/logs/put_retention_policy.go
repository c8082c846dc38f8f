package logs

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "PutRetentionPolicy", (*Service).putRetentionPolicy) }

var retentions = []int64{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func (s *Service) putRetentionPolicy(r *services.Request, in *PutRetentionPolicyRequest) (*nothing, error) {
	if !slices.Contains(retentions, *in.RetentionInDays) {
		return nil, invalid("1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: %s",
			*in.RetentionInDays, listed(retentions))
	}
	err := s.changeGroup(r, groupOf(r.Call, in.LogGroupName), func(_ store.Writer, of *group) error {
		of.Retention = *in.RetentionInDays
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
