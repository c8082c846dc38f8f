package iam

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListUsers", (*Service).listUsers) }

func (s *Service) listUsers(r *services.Request, in *ListUsersRequest) (*ListUsersResponse, error) {
	var users []User
	err := s.view(r, func(t *transaction) error {
		return each(t, t.key(userLetter, ""), func(user *userRecord) error {
			if hasPrefix(user.User.Path, in.PathPrefix) {
				user.User.Tags, user.User.PermissionsBoundary = nil, nil
				users = append(users, user.User)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	out := &ListUsersResponse{}
	out.Users, out.IsTruncated, out.Marker, err = page(users, func(u *User) string { return strings.ToLower(*u.UserName) }, in.Marker, in.MaxItems)
	return out, err
}
