package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListRoleTags", (*Service).listRoleTags) }

func (s *Service) listRoleTags(r *services.Request, in *ListRoleTagsRequest) (*ListRoleTagsResponse, error) {
	role, err := s.viewRole(r, *in.RoleName)
	if err != nil {
		return nil, err
	}
	out := &ListRoleTagsResponse{}
	out.Tags, out.IsTruncated, out.Marker, err = pageTags(role.Role.Tags, in.Marker, in.MaxItems)
	return out, err
}
