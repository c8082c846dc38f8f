package iam

import (
	"slices"
	"time"

	"github.com/brownoutdev/brownout/identity"
)

// keyRecord is an access key as it is stored.
type keyRecord struct {
	Account string
	Key     AccessKey
}

const (
	active   = "Active"
	mostKeys = 2
)

// learn lets the directory know whose the key is.
func (s *Service) learn(k *keyRecord, user *userRecord) {
	s.Identities.Learn(identity.Principal{
		AccessKey: *k.Key.AccessKeyId, Account: k.Account, ARN: *user.User.Arn, ID: *user.User.UserId,
	}, time.Time{})
}

// accessKey is one of a user's access keys, or AWS's error that it does not exist.
func (t *transaction) accessKey(user *userRecord, id string) (*keyRecord, error) {
	if slices.Contains(user.Keys, id) {
		if k, ok, err := read[keyRecord](t, t.service.key(keyLetter, id)); ok || err != nil {
			return k, err
		}
	}
	return nil, noSuch("The Access Key with id %s cannot be found.", id)
}

func (t *transaction) putKey(k *keyRecord) error {
	return t.put(t.service.key(keyLetter, *k.Key.AccessKeyId), k)
}
