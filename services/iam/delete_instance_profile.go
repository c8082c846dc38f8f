package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DeleteInstanceProfile", (*Service).deleteInstanceProfile) }

func (s *Service) deleteInstanceProfile(r *services.Request, in *DeleteInstanceProfileRequest) (*nothing, error) {
	return none(s.change(r, func(t *transaction) error {
		profile, err := t.profile(*in.InstanceProfileName)
		if err != nil {
			return err
		}
		if profile.Role != "" {
			return inUse("Cannot delete entity, must remove roles from instance profile first.")
		}
		return t.writer.Delete(t.key(profileLetter, *in.InstanceProfileName))
	}))
}
