package iam

import "github.com/brownoutdev/brownout/services"

// profileRecord is an instance profile as it is stored; its role is kept by name.
type profileRecord struct {
	InstanceProfile InstanceProfile
	Role            string `json:",omitempty"`
}

func (t *transaction) profile(name string) (*profileRecord, error) {
	profile, ok, err := read[profileRecord](t, t.key(profileLetter, name))
	if err != nil {
		return nil, err
	}
	if !ok || *profile.InstanceProfile.InstanceProfileName != name {
		return nil, noSuch("Instance Profile %s cannot be found.", name)
	}
	return profile, nil
}

func (t *transaction) putProfile(profile *profileRecord) error {
	return t.put(t.key(profileLetter, *profile.InstanceProfile.InstanceProfileName), profile)
}

// changeProfile changes one profile.
func (s *Service) changeProfile(r *services.Request, name string, fn func(*InstanceProfile) error) error {
	return s.change(r, func(t *transaction) error {
		profile, err := t.profile(name)
		if err != nil {
			return err
		}
		if err := fn(&profile.InstanceProfile); err != nil {
			return err
		}
		return t.putProfile(profile)
	})
}

// shown is the profile with its role.
func (t *transaction) shown(profile *profileRecord) (*InstanceProfile, error) {
	shown := profile.InstanceProfile
	shown.Roles = []Role{}
	if profile.Role != "" {
		role, err := t.role(profile.Role)
		if err != nil {
			return nil, err
		}
		shown.Roles = append(shown.Roles, role.listed())
	}
	return &shown, nil
}

// profiles are the account's instance profiles that fit, in the order of their names.
func (t *transaction) profiles(fits func(*profileRecord) bool) (all []InstanceProfile, err error) {
	err = each(t, t.key(profileLetter, ""), func(p *profileRecord) error {
		if !fits(p) {
			return nil
		}
		shown, err := t.shown(p)
		if err != nil {
			return err
		}
		shown.Tags = nil // lists do not have them
		all = append(all, *shown)
		return nil
	})
	return all, err
}
