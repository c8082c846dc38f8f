package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UpdateRoleDescription", (*Service).updateRoleDescription) }

func (s *Service) updateRoleDescription(r *services.Request, in *UpdateRoleDescriptionRequest) (*UpdateRoleDescriptionResponse, error) {
	var role *roleRecord
	err := s.change(r, func(t *transaction) (err error) {
		if role, err = t.role(*in.RoleName); err != nil {
			return err
		}
		role.Role.Description = in.Description
		return t.putRole(role)
	})
	if err != nil {
		return nil, err
	}
	return &UpdateRoleDescriptionResponse{Role: role.shown()}, nil
}
