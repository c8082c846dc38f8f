package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListPolicyTags", (*Service).listPolicyTags) }

func (s *Service) listPolicyTags(r *services.Request, in *ListPolicyTagsRequest) (*ListPolicyTagsResponse, error) {
	var tags []Tag
	err := s.view(r, func(t *transaction) error {
		if isAWSManaged(*in.PolicyArn) {
			return nil
		}
		policy, err := t.policy(*in.PolicyArn)
		if err == nil {
			tags = policy.Policy.Tags
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListPolicyTagsResponse{}
	out.Tags, out.IsTruncated, out.Marker, err = pageTags(tags, in.Marker, in.MaxItems)
	return out, err
}
