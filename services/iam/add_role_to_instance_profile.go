package iam

import "github.com/brownoutdev/brownout/services"

func init() {
	services.Add(&operations, "AddRoleToInstanceProfile", (*Service).addRoleToInstanceProfile)
}

func (s *Service) addRoleToInstanceProfile(r *services.Request, in *AddRoleToInstanceProfileRequest) (*nothing, error) {
	return none(s.change(r, func(t *transaction) error {
		profile, err := t.profile(*in.InstanceProfileName)
		if err != nil {
			return err
		}
		role, err := t.role(*in.RoleName)
		switch {
		case err != nil:
			return err
		case role.linked():
			return protected(*in.RoleName)
		case profile.Role != "":
			return tooMany("InstanceSessionsPerInstanceProfile", 1)
		}
		profile.Role = *in.RoleName
		return t.putProfile(profile)
	}))
}
