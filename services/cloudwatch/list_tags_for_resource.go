package cloudwatch

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListTagsForResource", (*Service).listTagsForResource) }

func (s *Service) listTagsForResource(r *services.Request, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	a, err := s.tagged(r.Call, *in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceOutput{Tags: orEmpty(a.Tags)}, nil
}
