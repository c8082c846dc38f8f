package iam

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DeletePolicyVersion", (*Service).deletePolicyVersion) }

func (s *Service) deletePolicyVersion(r *services.Request, in *DeletePolicyVersionRequest) (*nothing, error) {
	return none(s.changePolicy(r, *in.PolicyArn, func(_ *transaction, policy *policyRecord) error {
		version, err := policy.version(*in.VersionId)
		if err != nil {
			return err
		}
		if *version.IsDefaultVersion {
			return inUse("Cannot delete the default version of a policy.")
		}
		policy.Versions = slices.DeleteFunc(policy.Versions, func(v PolicyVersion) bool { return *v.VersionId == *in.VersionId })
		return nil
	}))
}
