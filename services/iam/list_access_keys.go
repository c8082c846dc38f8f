package iam

import (
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "ListAccessKeys", (*Service).listAccessKeys) }

func (s *Service) listAccessKeys(r *services.Request, in *ListAccessKeysRequest) (*ListAccessKeysResponse, error) {
	name, err := userName(r, in.UserName)
	if err != nil {
		return nil, err
	}
	var keys []AccessKeyMetadata
	err = s.view(r, func(t *transaction) error {
		user, err := t.user(name)
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(slices.Values(user.Keys)) {
			k, err := t.accessKey(user, id)
			if err != nil {
				return err
			}
			keys = append(keys, AccessKeyMetadata{UserName: k.Key.UserName, AccessKeyId: k.Key.AccessKeyId, Status: k.Key.Status, CreateDate: k.Key.CreateDate})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &ListAccessKeysResponse{}
	out.AccessKeyMetadata, out.IsTruncated, out.Marker, err = page(keys, func(k *AccessKeyMetadata) string { return *k.AccessKeyId }, in.Marker, in.MaxItems)
	return out, err
}
