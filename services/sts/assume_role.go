package sts

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "AssumeRole", (*Service).assumeRole) }

const (
	sessionOfRole = time.Hour
	longestChain  = time.Hour
)

func (s *Service) assumeRole(r *services.Request, in *AssumeRoleRequest) (*AssumeRoleResponse, error) {
	size, err := checkSession(in.Policy, in.PolicyArns, in.Tags)
	if err != nil {
		return nil, err
	}
	lasts := duration(in.DurationSeconds, sessionOfRole)
	if r.Caller.Session != "" && lasts > longestChain {
		return nil, invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	source, err := s.sourceIdentity(r, in.SourceIdentity)
	if err != nil {
		return nil, err
	}
	p, err := s.roleSession(r, *in.RoleArn, *in.RoleSessionName, lasts)
	if err != nil {
		return nil, err
	}
	credentials, err := s.issue(r, p, lasts, source)
	if err != nil {
		return nil, err
	}
	out := &AssumeRoleResponse{Credentials: credentials, AssumedRoleUser: assumedBy(p), PackedPolicySize: size}
	if source != "" {
		out.SourceIdentity = &source
	}
	return out, nil
}

// sourceIdentity is what was asked for, or what the caller's own session has: that cannot be changed.
func (s *Service) sourceIdentity(r *services.Request, asked *string) (string, error) {
	has := ""
	if r.Caller.Session != "" {
		kept, err := s.session(r.Caller.AccessKey)
		if err != nil {
			return "", err
		}
		if kept != nil {
			has = kept.SourceIdentity
		}
	}
	switch {
	case asked == nil:
		return has, nil
	case has != "" && has != *asked:
		return "", refused("AccessDenied", "The source identity of a session cannot be changed: it is %s", has)
	}
	return *asked, nil
}

// roleSession is the principal of a new session of a role, which must not last longer than the role allows.
func (s *Service) roleSession(ctx context.Context, arn, session string, lasts time.Duration) (identity.Principal, error) {
	if _, ok := identity.AssumedRole("", arn, session, ""); !ok {
		return identity.Principal{}, invalid("%s is invalid", arn)
	}
	id := unknownRoleID(arn)
	if s.Role != nil {
		role, ok, err := s.Role(ctx, arn)
		if err != nil {
			return identity.Principal{}, err
		}
		if ok && lasts > role.MaxSessionDuration {
			return identity.Principal{}, invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
		}
		if ok {
			id = role.ID
		}
	}
	p, _ := identity.AssumedRole("", arn, session, id)
	return p, nil
}

// unknownRoleID is the id of a role that nobody has created here: the same each time.
func unknownRoleID(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return "AROA" + strings.TrimRight(base32.StdEncoding.EncodeToString(sum[:]), "=")[:17]
}

func assumedBy(p identity.Principal) *AssumedRoleUser {
	return &AssumedRoleUser{AssumedRoleId: &p.ID, Arn: &p.ARN}
}
