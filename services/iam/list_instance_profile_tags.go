package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListInstanceProfileTags", (*Service).listInstanceProfileTags) }

func (s *Service) listInstanceProfileTags(r *services.Request, in *ListInstanceProfileTagsRequest) (*ListInstanceProfileTagsResponse, error) {
	var tags []Tag
	err := s.view(r, func(t *transaction) error {
		profile, err := t.profile(*in.InstanceProfileName)
		if err == nil {
			tags = profile.InstanceProfile.Tags
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListInstanceProfileTagsResponse{}
	out.Tags, out.IsTruncated, out.Marker, err = pageTags(tags, in.Marker, in.MaxItems)
	return out, err
}
