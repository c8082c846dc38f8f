package tagging

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UntagResources", (*Service).untagResources) }

func (s *Service) untagResources(r *services.Request, in *UntagResourcesInput) (*UntagResourcesOutput, error) {
	a := s.asking(r)
	failed, err := a.each(in.ResourceARNList, func(h holder, arn string) error { return h.untag(a, arn, in.TagKeys) })
	return &UntagResourcesOutput{FailedResourcesMap: failed}, err
}
