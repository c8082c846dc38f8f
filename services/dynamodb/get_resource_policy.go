package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetResourcePolicy", (*Service).getResourcePolicy) }

func (s *Service) getResourcePolicy(r *services.Request, in *GetResourcePolicyInput) (*GetResourcePolicyOutput, error) {
	named, err := policed(r.Call, in.ResourceArn, nil)
	if err != nil {
		return nil, err
	}
	policy, err := s.policy(named)
	if err != nil {
		return nil, err
	}
	if policy == nil {
		return nil, errNoPolicy(*in.ResourceArn)
	}
	return &GetResourcePolicyOutput{Policy: &policy.Text, RevisionId: &policy.Revision}, nil
}
