package dynamodb

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UntagResource", (*Service).untagResource) }

func (s *Service) untagResource(r *services.Request, in *UntagResourceInput) (*nothing, error) {
	if in.ResourceArn == nil {
		return nil, errNoTagged()
	}
	var c constraints
	c.required("tagKeys", in.TagKeys == nil)
	for i := range in.TagKeys {
		c.length(member("tagKeys", i), &in.TagKeys[i], 1, 128)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if len(in.TagKeys) == 0 {
		return nil, invalid("Atleast one Tag Key needs to be provided as Input.")
	}
	err := s.retag(r, in.ResourceArn, func(tags []Tag) []Tag {
		return slices.DeleteFunc(slices.Clone(tags), func(tag Tag) bool { return slices.Contains(in.TagKeys, *tag.Key) })
	})
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
