package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetRolePolicy", (*Service).getRolePolicy) }

func (s *Service) getRolePolicy(r *services.Request, in *GetRolePolicyRequest) (*GetRolePolicyResponse, error) {
	role, err := s.viewRole(r, *in.RoleName)
	if err != nil {
		return nil, err
	}
	document, ok := role.Inline[*in.PolicyName]
	if !ok {
		return nil, noSuch("The role policy with name %s cannot be found.", *in.PolicyName)
	}
	return &GetRolePolicyResponse{RoleName: in.RoleName, PolicyName: in.PolicyName, PolicyDocument: escaped(document)}, nil
}
