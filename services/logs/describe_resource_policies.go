package logs

import (
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

func init() {
	services.Add(&operations, "DescribeResourcePolicies", (*Service).describeResourcePolicies)
}

func (s *Service) describeResourcePolicies(r *services.Request, in *DescribeResourcePoliciesRequest) (*DescribeResourcePoliciesResponse, error) {
	if in.ResourceArn != nil || value(in.PolicyScope) == "RESOURCE" {
		return nil, notImplemented("resource policies of a single resource (resourceArn, policyScope RESOURCE)")
	}
	var all []policy
	err := s.store.View(r, func(reader store.Reader) error {
		return reader.Scan(store.Prefix(s.key('p', r.Call.Account, r.Call.Region)), func(_, stored []byte) (bool, error) {
			p, err := read[policy](got(stored), nil, groupNotFound)
			if err != nil {
				return false, err
			}
			all = append(all, *p)
			return true, nil
		})
	})
	if err != nil {
		return nil, err
	}
	all, next, err := nextPage(all, func(p *policy) string { return p.Name }, false, in.Limit, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &DescribeResourcePoliciesResponse{ResourcePolicies: []ResourcePolicy{}, NextToken: next}
	for i := range all {
		out.ResourcePolicies = append(out.ResourcePolicies, all[i].shape())
	}
	return out, nil
}
