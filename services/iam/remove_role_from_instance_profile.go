package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "RemoveRoleFromInstanceProfile", (*Service).removeRoleFromInstanceProfile)
}

func (s *Service) removeRoleFromInstanceProfile(r *services.Request, in *RemoveRoleFromInstanceProfileRequest) (*nothing, error) {
	return none(s.change(r, func(t *transaction) error {
		profile, err := t.profile(*in.InstanceProfileName)
		if err != nil {
			return err
		}
		if profile.Role != *in.RoleName {
			return noSuch("Role with name %s is not in instance profile %s.", *in.RoleName, *in.InstanceProfileName)
		}
		profile.Role = ""
		return t.putProfile(profile)
	}))
}
