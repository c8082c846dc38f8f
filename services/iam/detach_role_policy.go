package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DetachRolePolicy", (*Service).detachRolePolicy) }

func (s *Service) detachRolePolicy(r *services.Request, in *DetachRolePolicyRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error { return role.detach(*in.PolicyArn) }))
}
