package iam

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "UpdateUser", (*Service).updateUser) }

func (s *Service) updateUser(r *services.Request, in *UpdateUserRequest) (*nothing, error) {
	var path string
	if in.NewPath != nil {
		checked, err := checkPath(in.NewPath)
		if err != nil {
			return nil, err
		}
		path = checked
	}
	var keys []*keyRecord
	var user *userRecord
	err := s.change(r, func(t *transaction) (err error) {
		if user, err = t.user(*in.UserName); err != nil {
			return err
		}
		if in.NewUserName != nil {
			_, taken, err := read[userRecord](t, t.key(userLetter, *in.NewUserName))
			if err != nil {
				return err
			}
			if taken && !strings.EqualFold(*in.NewUserName, *in.UserName) {
				return exists("User with name %s already exists.", *in.NewUserName)
			}
			if err := t.writer.Delete(t.key(userLetter, *in.UserName)); err != nil {
				return err
			}
			user.User.UserName = in.NewUserName
		}
		if in.NewPath != nil {
			user.User.Path = &path
		}
		user.User.Arn = new(t.arn("user" + *user.User.Path + *user.User.UserName))
		for _, id := range user.Keys {
			k, err := t.accessKey(user, id)
			if err != nil {
				return err
			}
			k.Key.UserName = user.User.UserName
			if err := t.putKey(k); err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return t.putUser(user)
	})
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		s.learn(k, user)
	}
	return &nothing{}, nil
}
