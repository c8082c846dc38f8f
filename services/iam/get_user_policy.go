package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetUserPolicy", (*Service).getUserPolicy) }

func (s *Service) getUserPolicy(r *services.Request, in *GetUserPolicyRequest) (*GetUserPolicyResponse, error) {
	user, err := s.viewUser(r, *in.UserName)
	if err != nil {
		return nil, err
	}
	document, ok := user.Inline[*in.PolicyName]
	if !ok {
		return nil, noSuch("The user policy with name %s cannot be found.", *in.PolicyName)
	}
	return &GetUserPolicyResponse{UserName: in.UserName, PolicyName: in.PolicyName, PolicyDocument: escaped(document)}, nil
}
