package iam

import (
	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetPolicyVersion", (*Service).getPolicyVersion) }

func (s *Service) getPolicyVersion(r *services.Request, in *GetPolicyVersionRequest) (*GetPolicyVersionResponse, error) {
	if isAWSManaged(*in.PolicyArn) {
		return nil, aws.NotImplemented("Brownout does not have the documents of AWS's managed policies (" + *in.PolicyArn + ").")
	}
	var shown PolicyVersion
	err := s.view(r, func(t *transaction) error {
		policy, err := t.policy(*in.PolicyArn)
		if err != nil {
			return err
		}
		version, err := policy.version(*in.VersionId)
		if err != nil {
			return err
		}
		shown = *version
		shown.Document = escaped(*version.Document)
		return nil
	})
	return &GetPolicyVersionResponse{PolicyVersion: &shown}, err
}
