package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "DeleteUserPermissionsBoundary", (*Service).deleteUserPermissionsBoundary)
}

func (s *Service) deleteUserPermissionsBoundary(r *services.Request, in *DeleteUserPermissionsBoundaryRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(_ *transaction, user *userRecord) error {
		if user.User.PermissionsBoundary == nil {
			return noSuch("User %s does not have a permissions boundary.", *in.UserName)
		}
		user.User.PermissionsBoundary = nil
		return nil
	}))
}
