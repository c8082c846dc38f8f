package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "TagInstanceProfile", (*Service).tagInstanceProfile) }

func (s *Service) tagInstanceProfile(r *services.Request, in *TagInstanceProfileRequest) (*nothing, error) {
	return none(s.changeProfile(r, *in.InstanceProfileName, func(profile *InstanceProfile) (err error) {
		profile.Tags, err = setTags(profile.Tags, in.Tags)
		return err
	}))
}
