package logs

import (
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UntagResource", (*Service).untagResource) }

func (s *Service) untagResource(r *services.Request, in *UntagResourceRequest) (*nothing, error) {
	id, err := taggable(r.Call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if err := s.untag(r, id, in.TagKeys); err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
