package logs

import "encoding/base64"

// onPage is how many a list answers when the caller does not say.
const onPage = 50

// nextPage cuts a list that is ordered by key, descending or not: what comes after the token, limit (50
// unless given) at most, and the token for the rest.
func nextPage[T any](all []T, key func(*T) string, descending bool, limit *int64, token *string) (page []T, next *string, err error) {
	most := onPage
	if limit != nil {
		most = int(*limit)
	}
	if token != nil {
		after, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil {
			return nil, nil, invalid("The specified nextToken is invalid.")
		}
		i := 0
		for i < len(all) && (!descending && key(&all[i]) <= string(after) || descending && key(&all[i]) >= string(after)) {
			i++
		}
		all = all[i:]
	}
	if len(all) > most {
		text := base64.RawURLEncoding.EncodeToString([]byte(key(&all[most-1])))
		next, all = &text, all[:most]
	}
	return all, next, nil
}
