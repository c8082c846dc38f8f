package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "PutRolePolicy", (*Service).putRolePolicy) }

func (s *Service) putRolePolicy(r *services.Request, in *PutRolePolicyRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error {
		return role.setInline(*in.PolicyName, *in.PolicyDocument, "role "+*in.RoleName, mostInlineOfRole)
	}))
}
