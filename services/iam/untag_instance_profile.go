package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UntagInstanceProfile", (*Service).untagInstanceProfile) }

func (s *Service) untagInstanceProfile(r *services.Request, in *UntagInstanceProfileRequest) (*nothing, error) {
	return none(s.changeProfile(r, *in.InstanceProfileName, func(profile *InstanceProfile) error {
		profile.Tags = dropTags(profile.Tags, in.TagKeys)
		return nil
	}))
}
