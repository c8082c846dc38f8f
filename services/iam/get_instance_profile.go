package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "GetInstanceProfile", (*Service).getInstanceProfile) }

func (s *Service) getInstanceProfile(r *services.Request, in *GetInstanceProfileRequest) (*GetInstanceProfileResponse, error) {
	var shown *InstanceProfile
	err := s.view(r, func(t *transaction) error {
		profile, err := t.profile(*in.InstanceProfileName)
		if err != nil {
			return err
		}
		shown, err = t.shown(profile)
		return err
	})
	return &GetInstanceProfileResponse{InstanceProfile: shown}, err
}
