package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "ListInstanceProfilesForRole", (*Service).listInstanceProfilesForRole)
}

func (s *Service) listInstanceProfilesForRole(r *services.Request, in *ListInstanceProfilesForRoleRequest) (*ListInstanceProfilesForRoleResponse, error) {
	var profiles []InstanceProfile
	err := s.view(r, func(t *transaction) error {
		_, err := t.role(*in.RoleName)
		if err == nil {
			profiles, err = t.profiles(func(p *profileRecord) bool { return p.Role == *in.RoleName })
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListInstanceProfilesForRoleResponse{}
	out.InstanceProfiles, out.IsTruncated, out.Marker, err = page(profiles, profileOrder, in.Marker, in.MaxItems)
	return out, err
}
