package fis

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
)

// defaultPage is how many a list answers when the caller does not say.
const defaultPage = 100

// listed is an element of a list in its order: that of creation.
type listed[T any] struct {
	created time.Time
	id      string
	summary T
}

// position is what a nextToken holds: the last element of the page before. What is made or deleted
// between two pages neither repeats nor hides others.
type position struct {
	List    string // the operation and what it was asked for: a token is good for that only
	Created time.Time
	ID      string
}

// page cuts the elements after the token, maxResults at most, and the token for those that follow.
func page[T any](list string, all []listed[T], maxResults *int64, token *string) (summaries []T, next *string, err error) {
	slices.SortFunc(all, func(a, b listed[T]) int {
		return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
	})
	if token != nil {
		var after position
		text, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil || json.Unmarshal(text, &after) != nil || after.List != list {
			return nil, nil, invalid("The value of nextToken is not a token that this list has given.")
		}
		all = slices.DeleteFunc(all, func(e listed[T]) bool {
			return cmp.Or(e.created.Compare(after.Created), cmp.Compare(e.id, after.ID)) <= 0
		})
	}
	size := defaultPage
	if maxResults != nil {
		size = int(*maxResults)
	}
	if len(all) > size {
		last := all[size-1]
		text := base64.RawURLEncoding.EncodeToString(encode(position{list, last.created, last.id}))
		next = &text
		all = all[:size]
	}
	summaries = make([]T, len(all))
	for i, e := range all {
		summaries[i] = e.summary
	}
	return summaries, next, nil
}
