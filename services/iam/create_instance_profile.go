package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "CreateInstanceProfile", (*Service).createInstanceProfile) }

func (s *Service) createInstanceProfile(r *services.Request, in *CreateInstanceProfileRequest) (*CreateInstanceProfileResponse, error) {
	path, err := checkPath(in.Path)
	if err != nil {
		return nil, err
	}
	tags, err := setTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	var shown *InstanceProfile
	err = s.change(r, func(t *transaction) error {
		_, taken, err := read[profileRecord](t, t.key(profileLetter, *in.InstanceProfileName))
		if err != nil {
			return err
		}
		if taken {
			return exists("Instance Profile %s already exists.", *in.InstanceProfileName)
		}
		profile := &profileRecord{InstanceProfile: InstanceProfile{
			Path: &path, InstanceProfileName: in.InstanceProfileName, InstanceProfileId: new(t.uniqueID("AIPA")),
			Arn: new(t.arn("instance-profile" + path + *in.InstanceProfileName)), CreateDate: &t.now, Tags: tags,
		}}
		if shown, err = t.shown(profile); err != nil {
			return err
		}
		return t.putProfile(profile)
	})
	return &CreateInstanceProfileResponse{InstanceProfile: shown}, err
}
