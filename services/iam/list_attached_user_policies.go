package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "ListAttachedUserPolicies", (*Service).listAttachedUserPolicies)
}

func (s *Service) listAttachedUserPolicies(r *services.Request, in *ListAttachedUserPoliciesRequest) (*ListAttachedUserPoliciesResponse, error) {
	user, err := s.viewUser(r, *in.UserName)
	if err != nil {
		return nil, err
	}
	out := &ListAttachedUserPoliciesResponse{}
	out.AttachedPolicies, out.IsTruncated, out.Marker, err = page(user.attached(in.PathPrefix), func(p *AttachedPolicy) string { return *p.PolicyArn }, in.Marker, in.MaxItems)
	return out, err
}
