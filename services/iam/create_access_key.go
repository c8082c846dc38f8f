package iam

import (
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "CreateAccessKey", (*Service).createAccessKey) }

func (s *Service) createAccessKey(r *services.Request, in *CreateAccessKeyRequest) (*CreateAccessKeyResponse, error) {
	name, err := userName(r, in.UserName)
	if err != nil {
		return nil, err
	}
	var k *keyRecord
	var user *userRecord
	err = s.change(r, func(t *transaction) (err error) {
		if user, err = t.user(name); err != nil {
			return err
		}
		if len(user.Keys) >= mostKeys {
			return tooMany("AccessKeysPerUser", mostKeys)
		}
		k = &keyRecord{Account: t.account, Key: AccessKey{
			UserName: user.User.UserName, AccessKeyId: new(identity.AccessKey("LKIA", t.account, s.IDs.Uint64())),
			Status: new(active), SecretAccessKey: new(s.IDs.Base62(40)), CreateDate: &t.now,
		}}
		user.Keys = append(user.Keys, *k.Key.AccessKeyId)
		if err := t.putKey(k); err != nil {
			return err
		}
		return t.putUser(user)
	})
	if err != nil {
		return nil, err
	}
	s.learn(k, user)
	return &CreateAccessKeyResponse{AccessKey: &k.Key}, nil
}
