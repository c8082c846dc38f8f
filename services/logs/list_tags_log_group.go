package logs

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListTagsLogGroup", (*Service).listTagsLogGroup) }

func (s *Service) listTagsLogGroup(r *services.Request, in *ListTagsLogGroupRequest) (*ListTagsLogGroupResponse, error) {
	tags, err := s.tagsOf(groupOf(r.Call, in.LogGroupName))
	if err != nil {
		return nil, err
	}
	return &ListTagsLogGroupResponse{Tags: tags}, nil
}
