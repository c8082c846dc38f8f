package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UntagUser", (*Service).untagUser) }

func (s *Service) untagUser(r *services.Request, in *UntagUserRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(_ *transaction, user *userRecord) error {
		user.User.Tags = dropTags(user.User.Tags, in.TagKeys)
		return nil
	}))
}
