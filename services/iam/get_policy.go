package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetPolicy", (*Service).getPolicy) }

func (s *Service) getPolicy(r *services.Request, in *GetPolicyRequest) (*GetPolicyResponse, error) {
	var shown *Policy
	err := s.view(r, func(t *transaction) error {
		policy := awsManaged(*in.PolicyArn)
		if !isAWSManaged(*in.PolicyArn) {
			own, err := t.policy(*in.PolicyArn)
			if err != nil {
				return err
			}
			policy = own.Policy
		}
		u, err := t.uses()
		shown = u.shown(policy)
		return err
	})
	return &GetPolicyResponse{Policy: shown}, err
}
