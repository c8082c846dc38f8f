package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "CreatePolicy", (*Service).createPolicy) }

func (s *Service) createPolicy(r *services.Request, in *CreatePolicyRequest) (*CreatePolicyResponse, error) {
	path, err := checkPath(in.Path)
	if err != nil {
		return nil, err
	}
	if err := checkManaged(*in.PolicyDocument); err != nil {
		return nil, err
	}
	tags, err := setTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	var policy *policyRecord
	err = s.change(r, func(t *transaction) error {
		_, taken, err := read[policyRecord](t, t.key(policyLetter, *in.PolicyName))
		if err != nil {
			return err
		}
		if taken {
			return exists("A policy called %s already exists. Duplicate names are not allowed.", *in.PolicyName)
		}
		policy = &policyRecord{
			Policy: Policy{
				PolicyName: in.PolicyName, PolicyId: new(t.uniqueID("ANPA")), Arn: new(t.arn("policy" + path + *in.PolicyName)), Path: &path,
				IsAttachable: new(true), Description: in.Description, CreateDate: &t.now, Tags: tags,
			},
			Versions: []PolicyVersion{{Document: in.PolicyDocument, VersionId: new("v1"), CreateDate: &t.now}},
			Last:     1,
		}
		policy.setDefault("v1", t.now)
		return t.putPolicy(policy)
	})
	if err != nil {
		return nil, err
	}
	shown := uses{}.shown(policy.Policy)
	shown.Description = nil // AWS does not give it back here
	return &CreatePolicyResponse{Policy: shown}, nil
}

// checkManaged judges a document that is to be a version of a managed policy.
func checkManaged(document string) error {
	if err := checkPolicy(document); err != nil {
		return err
	}
	if size(document) > mostPolicy {
		return tooMany("PolicySize", mostPolicy)
	}
	return nil
}
