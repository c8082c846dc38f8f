package cloudwatch

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/brownoutdev/brownout/aws"
)

// token is what a NextToken holds: good for one list only, and saying what the page before ended with.
type token struct{ List, Of, After string }

// hashOf is a short name of what a list was asked for.
func hashOf(asked ...any) string {
	encoded, err := json.Marshal(asked)
	if err != nil {
		return "" // no member of an input can fail; a token that fits too much does no harm
	}
	sum := sha256.Sum256(encoded)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// read is where to go on after; empty: at the beginning.
func (t token) read(text *string, message string, refuse func(string, ...any) *aws.Error) (after string, err error) {
	if text == nil {
		return "", nil
	}
	var read token
	decoded, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil || json.Unmarshal(decoded, &read) != nil || read.List != t.List || read.Of != t.Of {
		return "", refuse("%s", message)
	}
	last, err := base64.RawURLEncoding.DecodeString(read.After)
	if err != nil {
		return "", refuse("%s", message)
	}
	return string(last), nil
}

func (t token) after(last string) *string {
	t.After = base64.RawURLEncoding.EncodeToString([]byte(last))
	encoded, err := json.Marshal(t)
	if err != nil {
		return nil
	}
	text := base64.RawURLEncoding.EncodeToString(encoded)
	return &text
}
