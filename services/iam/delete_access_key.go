package iam

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "DeleteAccessKey", (*Service).deleteAccessKey) }

func (s *Service) deleteAccessKey(r *services.Request, in *DeleteAccessKeyRequest) (*nothing, error) {
	name, err := userName(r, in.UserName)
	if err != nil {
		return nil, err
	}
	err = s.changeUser(r, name, func(t *transaction, user *userRecord) error {
		if _, err := t.accessKey(user, *in.AccessKeyId); err != nil {
			return err
		}
		user.Keys = slices.DeleteFunc(user.Keys, func(id string) bool { return id == *in.AccessKeyId })
		return t.writer.Delete(s.key(keyLetter, *in.AccessKeyId))
	})
	if err == nil {
		s.Identities.Drop(*in.AccessKeyId)
	}
	return none(err)
}
