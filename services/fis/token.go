package fis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/brownoutdev/brownout/services"
)

// tokenRecord says what a client token made.
type tokenRecord struct {
	ID string
	// Request is the hash of the request: the same token with another request is a conflict.
	Request string
}

// usedToken is the id of what this token made before from the same request; empty when it is new.
func (s *Service) usedToken(ctx context.Context, key, request string) (id string, err error) {
	record, _, ok, err := load[tokenRecord](ctx, s.State, key)
	if err != nil || !ok {
		return "", err
	}
	if record.Request != request {
		return "", conflict("The client token was used before with a different request.")
	}
	return record.ID, nil
}

// tokenKey is where a client token of an operation is remembered. Tokens may be long and hold anything.
// A call without one gets one of its own, so that it is never taken for another.
func (s *Service) tokenKey(at scope, operation string, token *string) string {
	if token == nil {
		token = new(s.IDs.UUID())
	}
	return at.key(tokenKeys, operation, hash([]byte(*token)))
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func scopeOf(r *services.Request) scope { return scope{r.Call.Account, r.Call.Region} }
