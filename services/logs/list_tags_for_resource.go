package logs

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListTagsForResource", (*Service).listTagsForResource) }

func (s *Service) listTagsForResource(r *services.Request, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	id, err := taggable(r.Call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags, err := s.tagsOf(id)
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceResponse{Tags: tags}, nil
}
