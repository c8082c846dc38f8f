package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "AttachRolePolicy", (*Service).attachRolePolicy) }

func (s *Service) attachRolePolicy(r *services.Request, in *AttachRolePolicyRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(t *transaction, role *roleRecord) error {
		return role.attach(t, *in.PolicyArn, "PoliciesPerRole")
	}))
}
