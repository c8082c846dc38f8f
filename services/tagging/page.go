package tagging

import (
	"encoding/base64"
	"strings"
)

// page cuts what comes after the token: size elements at most. name orders them, list says what was asked
// for: a token is good for that only. The last page's token is empty, as AWS has it.
func page[T any](list string, all []T, name func(*T) string, token *string, size int) (elements []T, next *string, err error) {
	elements = all
	if token != nil && *token != "" {
		said, err := base64.RawURLEncoding.DecodeString(*token)
		of, after, ok := strings.Cut(string(said), "\n")
		if err != nil || !ok || of != list {
			return nil, nil, invalid("The pagination token is not one that this operation has given for these parameters.")
		}
		for len(elements) > 0 && name(&elements[0]) <= after {
			elements = elements[1:]
		}
	}
	next = new("")
	if len(elements) > size {
		elements = elements[:size]
		next = new(base64.RawURLEncoding.EncodeToString([]byte(list + "\n" + name(&elements[size-1]))))
	}
	return elements, next, nil
}
