package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteUserPolicy", (*Service).deleteUserPolicy) }

func (s *Service) deleteUserPolicy(r *services.Request, in *DeleteUserPolicyRequest) (*nothing, error) {
	return none(s.changeUser(r, *in.UserName, func(_ *transaction, user *userRecord) error {
		if _, ok := user.Inline[*in.PolicyName]; !ok {
			return noSuch("The user policy with name %s cannot be found.", *in.PolicyName)
		}
		delete(user.Inline, *in.PolicyName)
		return nil
	}))
}
