package logs

import (
	"maps"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "TagLogGroup", (*Service).tagLogGroup) }

func (s *Service) tagLogGroup(r *services.Request, in *TagLogGroupRequest) (*nothing, error) {
	if err := s.retag(r, groupOf(r.Call, in.LogGroupName), func(tags map[string]string) { maps.Copy(tags, in.Tags) }); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
