package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "ListUserPolicies", (*Service).listUserPolicies) }

func (s *Service) listUserPolicies(r *services.Request, in *ListUserPoliciesRequest) (*ListUserPoliciesResponse, error) {
	user, err := s.viewUser(r, *in.UserName)
	if err != nil {
		return nil, err
	}
	out := &ListUserPoliciesResponse{}
	out.PolicyNames, out.IsTruncated, out.Marker, err = page(user.names(), func(name *string) string { return *name }, in.Marker, in.MaxItems)
	return out, err
}
