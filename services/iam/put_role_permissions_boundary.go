package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "PutRolePermissionsBoundary", (*Service).putRolePermissionsBoundary)
}

func (s *Service) putRolePermissionsBoundary(r *services.Request, in *PutRolePermissionsBoundaryRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(t *transaction, role *roleRecord) error {
		role.Role.PermissionsBoundary = boundary(*in.PermissionsBoundary)
		return t.checkBoundary(in.PermissionsBoundary)
	}))
}
