package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "ListAttachedRolePolicies", (*Service).listAttachedRolePolicies)
}

func (s *Service) listAttachedRolePolicies(r *services.Request, in *ListAttachedRolePoliciesRequest) (*ListAttachedRolePoliciesResponse, error) {
	role, err := s.viewRole(r, *in.RoleName)
	if err != nil {
		return nil, err
	}
	out := &ListAttachedRolePoliciesResponse{}
	out.AttachedPolicies, out.IsTruncated, out.Marker, err = page(role.attached(in.PathPrefix), func(p *AttachedPolicy) string { return *p.PolicyArn }, in.Marker, in.MaxItems)
	return out, err
}
