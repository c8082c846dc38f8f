package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "CreateUser", (*Service).createUser) }

func (s *Service) createUser(r *services.Request, in *CreateUserRequest) (*CreateUserResponse, error) {
	path, err := checkPath(in.Path)
	if err != nil {
		return nil, err
	}
	tags, err := setTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	var user *userRecord
	err = s.change(r, func(t *transaction) error {
		if err := t.checkBoundary(in.PermissionsBoundary); err != nil {
			return err
		}
		_, taken, err := read[userRecord](t, t.key(userLetter, *in.UserName))
		if err != nil {
			return err
		}
		if taken {
			return exists("User with name %s already exists.", *in.UserName)
		}
		user = &userRecord{User: User{
			Path: &path, UserName: in.UserName, UserId: new(t.uniqueID("AIDA")), Arn: new(t.arn("user" + path + *in.UserName)), CreateDate: &t.now, Tags: tags,
		}}
		if in.PermissionsBoundary != nil {
			user.User.PermissionsBoundary = boundary(*in.PermissionsBoundary)
		}
		return t.putUser(user)
	})
	if err != nil {
		return nil, err
	}
	return &CreateUserResponse{User: &user.User}, nil
}
