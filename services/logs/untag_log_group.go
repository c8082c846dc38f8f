package logs

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UntagLogGroup", (*Service).untagLogGroup) }

func (s *Service) untagLogGroup(r *services.Request, in *UntagLogGroupRequest) (*nothing, error) {
	if err := s.untag(r, groupOf(r.Call, in.LogGroupName), in.Tags); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
