package iam

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListPolicyVersions", (*Service).listPolicyVersions) }

func (s *Service) listPolicyVersions(r *services.Request, in *ListPolicyVersionsRequest) (*ListPolicyVersionsResponse, error) {
	var versions []PolicyVersion
	err := s.view(r, func(t *transaction) error {
		if isAWSManaged(*in.PolicyArn) {
			policy := awsManaged(*in.PolicyArn)
			versions = []PolicyVersion{{VersionId: policy.DefaultVersionId, IsDefaultVersion: new(true), CreateDate: policy.CreateDate}}
			return nil
		}
		policy, err := t.policy(*in.PolicyArn)
		if err != nil {
			return err
		}
		for _, v := range slices.Backward(policy.Versions) { // the newest first
			v.Document = nil
			versions = append(versions, v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &ListPolicyVersionsResponse{}
	out.Versions, out.IsTruncated, out.Marker, err = page(versions, newestFirst, in.Marker, in.MaxItems)
	return out, err
}

// newestFirst is a text that orders versions so: "v12" is newer than "v9".
func newestFirst(v *PolicyVersion) string {
	number, err := strconv.Atoi((*v.VersionId)[1:])
	if err != nil {
		return *v.VersionId // never: they are ours
	}
	return fmt.Sprintf("%010d", 1<<30-number)
}
