package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "PutUserPolicy", (*Service).putUserPolicy) }

func (s *Service) putUserPolicy(r *services.Request, in *PutUserPolicyRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(_ *transaction, user *userRecord) error {
		return user.setInline(*in.PolicyName, *in.PolicyDocument, "user "+*in.UserName, mostInlineOfUser)
	}))
}
