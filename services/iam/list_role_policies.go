package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListRolePolicies", (*Service).listRolePolicies) }

func (s *Service) listRolePolicies(r *services.Request, in *ListRolePoliciesRequest) (*ListRolePoliciesResponse, error) {
	role, err := s.viewRole(r, *in.RoleName)
	if err != nil {
		return nil, err
	}
	out := &ListRolePoliciesResponse{}
	out.PolicyNames, out.IsTruncated, out.Marker, err = page(role.names(), func(name *string) string { return *name }, in.Marker, in.MaxItems)
	return out, err
}
