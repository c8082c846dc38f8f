package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "PutUserPermissionsBoundary", (*Service).putUserPermissionsBoundary)
}

func (s *Service) putUserPermissionsBoundary(r *services.Request, in *PutUserPermissionsBoundaryRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(t *transaction, user *userRecord) error {
		user.User.PermissionsBoundary = boundary(*in.PermissionsBoundary)
		return t.checkBoundary(in.PermissionsBoundary)
	}))
}
