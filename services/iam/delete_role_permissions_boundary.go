package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "DeleteRolePermissionsBoundary", (*Service).deleteRolePermissionsBoundary)
}

func (s *Service) deleteRolePermissionsBoundary(r *services.Request, in *DeleteRolePermissionsBoundaryRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error {
		if role.Role.PermissionsBoundary == nil {
			return noSuch("Role %s does not have a permissions boundary.", *in.RoleName)
		}
		role.Role.PermissionsBoundary = nil
		return nil
	}))
}
