package iam

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "UpdateAccessKey", (*Service).updateAccessKey) }

func (s *Service) updateAccessKey(r *services.Request, in *UpdateAccessKeyRequest) (*nothing, error) {
	name, err := userName(r, in.UserName)
	if err != nil {
		return nil, err
	}
	if *in.Status != active && *in.Status != "Inactive" {
		return nil, invalid("Status %s is not valid: it is Active or Inactive.", *in.Status)
	}
	return none(s.change(r, func(t *transaction) error {
		user, err := t.user(name)
		if err != nil {
			return err
		}
		k, err := t.accessKey(user, *in.AccessKeyId)
		if err != nil {
			return err
		}
		k.Key.Status = in.Status
		return t.putKey(k)
	}))
}
