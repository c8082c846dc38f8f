package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "AttachUserPolicy", (*Service).attachUserPolicy) }

func (s *Service) attachUserPolicy(r *services.Request, in *AttachUserPolicyRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(t *transaction, user *userRecord) error {
		return user.attach(t, *in.PolicyArn, "PoliciesPerUser")
	}))
}
