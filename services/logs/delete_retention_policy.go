package logs

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() { services.Add(&operations, "DeleteRetentionPolicy", (*Service).deleteRetentionPolicy) }

func (s *Service) deleteRetentionPolicy(r *services.Request, in *DeleteRetentionPolicyRequest) (*nothing, error) {
	err := s.changeGroup(r, groupOf(r.Call, in.LogGroupName), func(_ store.Writer, of *group) error {
		of.Retention = 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
