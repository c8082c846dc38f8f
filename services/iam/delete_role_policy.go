package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteRolePolicy", (*Service).deleteRolePolicy) }

func (s *Service) deleteRolePolicy(r *services.Request, in *DeleteRolePolicyRequest) (*nothing, error) {
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error {
		if _, ok := role.Inline[*in.PolicyName]; !ok {
			return noSuch("The role policy with name %s cannot be found.", *in.PolicyName)
		}
		delete(role.Inline, *in.PolicyName)
		return nil
	}))
}
