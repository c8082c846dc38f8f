package fis

import (
	"maps"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&table, "TagResource", (*Service).tagResource) }

func (s *Service) tagResource(r *services.Request, in *TagResourceRequest) (*TagResourceResponse, error) {
	v := s.validator(nil)
	v.tags(in.Tags)
	if err := first(v.problems); err != nil {
		return nil, err
	}
	_, err := s.changeTags(r, scopeOf(r), value(in.ResourceArn), func(tags map[string]string) (map[string]string, error) {
		maps.Copy(tags, in.Tags)
		if len(tags) > maxTags {
			return nil, invalid("The resource would have %d tags. A resource can have %d at most.", len(tags), maxTags)
		}
		return tags, nil
	})
	if err != nil {
		return nil, err
	}
	return &TagResourceResponse{}, nil
}
