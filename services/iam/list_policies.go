package iam

import (
	"cmp"
	"maps"
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListPolicies", (*Service).listPolicies) }

func (s *Service) listPolicies(r *services.Request, in *ListPoliciesRequest) (*ListPoliciesResponse, error) {
	var policies []Policy
	err := s.view(r, func(t *transaction) error {
		u, err := t.uses()
		if err != nil {
			return err
		}
		take := func(p Policy) {
			shown := u.shown(p)
			shown.Tags, shown.Description = nil, nil
			used := *shown.AttachmentCount
			if value(in.PolicyUsageFilter) == "PermissionsBoundary" {
				used = *shown.PermissionsBoundaryUsageCount
			}
			if hasPrefix(p.Path, in.PathPrefix) && (used > 0 || in.OnlyAttached == nil || !*in.OnlyAttached) {
				policies = append(policies, *shown)
			}
		}
		if value(in.Scope) != "Local" { // of AWS's own, those that are in use: which there are besides is not known
			for _, arn := range slices.Sorted(maps.Keys(u.all())) {
				if isAWSManaged(arn) {
					take(awsManaged(arn))
				}
			}
		}
		if value(in.Scope) == "AWS" {
			return nil
		}
		return each(t, t.key(policyLetter, ""), func(p *policyRecord) error {
			take(p.Policy)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(policies, func(a, b Policy) int { return cmp.Compare(*a.Arn, *b.Arn) })
	out := &ListPoliciesResponse{}
	out.Policies, out.IsTruncated, out.Marker, err = page(policies, func(p *Policy) string { return *p.Arn }, in.Marker, in.MaxItems)
	return out, err
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// all are the ARNs of all policies that are used.
func (u uses) all() map[string]bool {
	all := map[string]bool{}
	for arn := range u.attached {
		all[arn] = true
	}
	for arn := range u.bounds {
		all[arn] = true
	}
	return all
}
