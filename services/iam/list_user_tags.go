package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListUserTags", (*Service).listUserTags) }

func (s *Service) listUserTags(r *services.Request, in *ListUserTagsRequest) (*ListUserTagsResponse, error) {
	user, err := s.viewUser(r, *in.UserName)
	if err != nil {
		return nil, err
	}
	out := &ListUserTagsResponse{}
	out.Tags, out.IsTruncated, out.Marker, err = pageTags(user.User.Tags, in.Marker, in.MaxItems)
	return out, err
}
