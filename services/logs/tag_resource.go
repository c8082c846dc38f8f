package logs

import (
	"maps"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "TagResource", (*Service).tagResource) }

func (s *Service) tagResource(r *services.Request, in *TagResourceRequest) (*nothing, error) {
	id, err := taggable(r.Call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if err := s.retag(r, id, func(tags map[string]string) { maps.Copy(tags, in.Tags) }); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
