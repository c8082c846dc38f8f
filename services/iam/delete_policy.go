package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeletePolicy", (*Service).deletePolicy) }

func (s *Service) deletePolicy(r *services.Request, in *DeletePolicyRequest) (*nothing, error) {
	if isAWSManaged(*in.PolicyArn) {
		return nil, refused("AccessDenied", 403, "User is not authorized to perform this operation on resource: policy %s", *in.PolicyArn)
	}
	return none(s.change(r, func(t *transaction) error {
		policy, err := t.policy(*in.PolicyArn)
		if err != nil {
			return err
		}
		u, err := t.uses()
		switch {
		case err != nil:
			return err
		case u.attached[*in.PolicyArn]+u.bounds[*in.PolicyArn] > 0:
			return inUse("Cannot delete a policy attached to entities.")
		case len(policy.Versions) > 1:
			return inUse("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return t.writer.Delete(t.key(policyLetter, *policy.Policy.PolicyName))
	}))
}
