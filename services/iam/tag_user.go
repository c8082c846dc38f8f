package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "TagUser", (*Service).tagUser) }

func (s *Service) tagUser(r *services.Request, in *TagUserRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(_ *transaction, user *userRecord) (err error) {
		user.User.Tags, err = setTags(user.User.Tags, in.Tags)
		return err
	}))
}
