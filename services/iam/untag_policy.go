package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UntagPolicy", (*Service).untagPolicy) }

func (s *Service) untagPolicy(r *services.Request, in *UntagPolicyRequest) (*nothing, error) {
	return none(s.changePolicy(r, *in.PolicyArn, func(_ *transaction, policy *policyRecord) error {
		policy.Policy.Tags = dropTags(policy.Policy.Tags, in.TagKeys)
		return nil
	}))
}
