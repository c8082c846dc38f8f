package fis

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&table, "ListTagsForResource", (*Service).listTagsForResource) }

func (s *Service) listTagsForResource(r *services.Request, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	tags, err := s.changeTags(r, scopeOf(r), value(in.ResourceArn), func(map[string]string) (map[string]string, error) { return nil, nil })
	if err != nil {
		return nil, err
	}
	return &ListTagsForResourceResponse{Tags: tags}, nil
}
