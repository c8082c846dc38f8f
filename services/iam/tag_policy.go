package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "TagPolicy", (*Service).tagPolicy) }

func (s *Service) tagPolicy(r *services.Request, in *TagPolicyRequest) (*nothing, error) {
	return none(s.changePolicy(r, *in.PolicyArn, func(_ *transaction, policy *policyRecord) (err error) {
		policy.Policy.Tags, err = setTags(policy.Policy.Tags, in.Tags)
		return err
	}))
}
