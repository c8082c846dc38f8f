package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "SetDefaultPolicyVersion", (*Service).setDefaultPolicyVersion) }

func (s *Service) setDefaultPolicyVersion(r *services.Request, in *SetDefaultPolicyVersionRequest) (*nothing, error) {
	return none(s.changePolicy(r, *in.PolicyArn, func(t *transaction, policy *policyRecord) error {
		if _, err := policy.version(*in.VersionId); err != nil {
			return err
		}
		policy.setDefault(*in.VersionId, t.now)
		return nil
	}))
}
