package sts

import (
	"time"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetSessionToken", (*Service).getSessionToken) }

// sessionOfUser is how long sessions of users last unless they say otherwise; those of an account's root
// last an hour at most, but who has no user here is not held to that.
const sessionOfUser = 12 * time.Hour

func (s *Service) getSessionToken(r *services.Request, in *GetSessionTokenRequest) (*GetSessionTokenResponse, error) {
	if r.Caller.Session != "" {
		return nil, accessDenied("GetSessionToken")
	}
	credentials, err := s.issue(r, r.Caller, duration(in.DurationSeconds, sessionOfUser), "")
	if err != nil {
		return nil, err
	}
	return &GetSessionTokenResponse{Credentials: credentials}, nil
}
