package server

import (
	"context"

	"github.com/brownoutdev/brownout/gateway"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/iam"
	"github.com/brownoutdev/brownout/services/sts"
)

var (
	iamPrefix = []byte("iam/")
	stsPrefix = []byte("sts/")
)

// identityParts are the services that know who callers are.
type identityParts struct {
	users    *iam.Service
	sessions *sts.Service
}

func (s *Server) buildIdentity(ids *random.Source) (p identityParts, err error) {
	p.users, err = iam.New(iam.Config{Store: s.store, Prefix: iamPrefix, Clock: s.clock, IDs: ids, Identities: s.identities})
	if err != nil {
		return p, err
	}
	p.sessions, err = sts.New(sts.Config{
		Store: s.store, Prefix: stsPrefix, Clock: s.clock, IDs: ids, Identities: s.identities,
		Role: func(ctx context.Context, arn string) (sts.Role, bool, error) {
			id, longest, ok, err := p.users.Role(ctx, arn)
			return sts.Role{ID: id, MaxSessionDuration: longest}, ok, err
		},
	})
	return p, err
}

func (p identityParts) bind() []*services.Service {
	return []*services.Service{p.users.Bind(), p.sessions.Bind()}
}

// credentials judge signatures; nil: nobody does.
func (s *Server) credentials() gateway.Credentials {
	if !s.config.StrictAuth {
		return nil
	}
	return func(accessKey string) (identity.Credential, bool, error) {
		if secret, ok := s.config.Credentials[accessKey]; ok {
			return identity.Credential{Secret: secret}, true, nil
		}
		return s.parts.identities.credential(accessKey)
	}
}

// credential is what an access key signs with, when it is one of IAM's or of STS's.
func (p identityParts) credential(accessKey string) (identity.Credential, bool, error) {
	c, ok, err := p.sessions.Credential(accessKey)
	if ok || err != nil {
		return c, ok, err
	}
	return p.users.Credential(accessKey)
}
