package cloudwatch

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UntagResource", (*Service).untagResource) }

func (s *Service) untagResource(r *services.Request, in *UntagResourceInput) (*UntagResourceOutput, error) {
	err := s.retag(r, r.Call, *in.ResourceARN, func(tags []Tag) []Tag {
		return slices.DeleteFunc(tags, func(t Tag) bool { return slices.Contains(in.TagKeys, value(t.Key)) })
	})
	if err != nil {
		return nil, err
	}
	return &UntagResourceOutput{}, nil
}
