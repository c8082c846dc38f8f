package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UpdateAssumeRolePolicy", (*Service).updateAssumeRolePolicy) }

func (s *Service) updateAssumeRolePolicy(r *services.Request, in *UpdateAssumeRolePolicyRequest) (*nothing, error) {
	if err := checkTrust(*in.PolicyDocument); err != nil {
		return nil, err
	}
	if size(*in.PolicyDocument) > mostTrust {
		return nil, tooMany("ACLSizePerRole", mostTrust)
	}
	return none(s.changeRole(r, *in.RoleName, func(_ *transaction, role *roleRecord) error {
		role.Role.AssumeRolePolicyDocument = in.PolicyDocument
		return nil
	}))
}
