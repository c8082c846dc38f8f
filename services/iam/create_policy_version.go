package iam

import (
	"strconv"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "CreatePolicyVersion", (*Service).createPolicyVersion) }

func (s *Service) createPolicyVersion(r *services.Request, in *CreatePolicyVersionRequest) (*CreatePolicyVersionResponse, error) {
	if err := checkManaged(*in.PolicyDocument); err != nil {
		return nil, err
	}
	var made PolicyVersion
	err := s.changePolicy(r, *in.PolicyArn, func(t *transaction, policy *policyRecord) error {
		if len(policy.Versions) >= mostVersions {
			return refused("LimitExceeded", 409, "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
		}
		policy.Last++
		made = PolicyVersion{VersionId: new("v" + strconv.Itoa(policy.Last)), IsDefaultVersion: new(false), CreateDate: &t.now}
		kept := made
		kept.Document = in.PolicyDocument
		policy.Versions = append(policy.Versions, kept)
		policy.Policy.UpdateDate = &t.now
		if in.SetAsDefault != nil && *in.SetAsDefault {
			policy.setDefault(*made.VersionId, t.now)
			made.IsDefaultVersion = new(true)
		}
		return nil
	})
	return &CreatePolicyVersionResponse{PolicyVersion: &made}, err
}
