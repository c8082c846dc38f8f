package iam

import "encoding/base64"

// defaultPage is how many a list answers when the caller does not say.
const defaultPage = 100

// page cuts the elements after the marker. name tells them apart and orders them, as they are.
func page[T any](all []T, name func(*T) string, marker *string, most *int64) (elements []T, truncated *bool, next *string, err error) {
	if marker != nil {
		after, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil {
			return nil, nil, nil, invalid("Invalid Marker.")
		}
		for len(all) > 0 && name(&all[0]) <= string(after) {
			all = all[1:]
		}
	}
	size := defaultPage
	if most != nil {
		size = int(*most)
	}
	truncated = new(len(all) > size)
	if *truncated {
		all = all[:size]
		next = new(base64.RawURLEncoding.EncodeToString([]byte(name(&all[size-1]))))
	}
	if all == nil {
		all = []T{} // an empty list is there
	}
	return all, truncated, next, nil
}
