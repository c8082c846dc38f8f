package cloudwatch

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "TagResource", (*Service).tagResource) }

func (s *Service) tagResource(r *services.Request, in *TagResourceInput) (*TagResourceOutput, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	err := s.retag(r, r.Call, *in.ResourceARN, func(tags []Tag) []Tag {
		for _, tag := range in.Tags {
			if i := slices.IndexFunc(tags, func(t Tag) bool { return value(t.Key) == value(tag.Key) }); i >= 0 {
				tags[i] = tag
			} else {
				tags = append(tags, tag)
			}
		}
		return tags
	})
	if err != nil {
		return nil, err
	}
	return &TagResourceOutput{}, nil
}
