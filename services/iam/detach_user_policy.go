package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DetachUserPolicy", (*Service).detachUserPolicy) }

func (s *Service) detachUserPolicy(r *services.Request, in *DetachUserPolicyRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(_ *transaction, user *userRecord) error { return user.detach(*in.PolicyArn) }))
}
