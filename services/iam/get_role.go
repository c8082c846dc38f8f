package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetRole", (*Service).getRole) }

func (s *Service) getRole(r *services.Request, in *GetRoleRequest) (*GetRoleResponse, error) {
	role, err := s.viewRole(r, *in.RoleName)
	if err != nil {
		return nil, err
	}
	return &GetRoleResponse{Role: role.shown()}, nil
}
