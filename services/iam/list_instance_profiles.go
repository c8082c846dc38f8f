package iam

import (
	"strings"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListInstanceProfiles", (*Service).listInstanceProfiles) }

func (s *Service) listInstanceProfiles(r *services.Request, in *ListInstanceProfilesRequest) (*ListInstanceProfilesResponse, error) {
	var profiles []InstanceProfile
	err := s.view(r, func(t *transaction) (err error) {
		profiles, err = t.profiles(func(p *profileRecord) bool { return hasPrefix(p.InstanceProfile.Path, in.PathPrefix) })
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListInstanceProfilesResponse{}
	out.InstanceProfiles, out.IsTruncated, out.Marker, err = page(profiles, profileOrder, in.Marker, in.MaxItems)
	return out, err
}

func profileOrder(p *InstanceProfile) string { return strings.ToLower(*p.InstanceProfileName) }
