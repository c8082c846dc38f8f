package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UpdateRole", (*Service).updateRole) }

func (s *Service) updateRole(r *services.Request, in *UpdateRoleRequest) (*UpdateRoleResponse, error) {
	err := s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error {
		if in.Description != nil {
			role.Role.Description = in.Description
		}
		if in.MaxSessionDuration != nil {
			role.Role.MaxSessionDuration = in.MaxSessionDuration
		}
		return nil
	})
	return &UpdateRoleResponse{}, err
}
