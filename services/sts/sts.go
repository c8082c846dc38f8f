// Package sts is the AWS Security Token Service: its API, a file per operation.
//
// # What is stored
//
// All keys begin with the service's prefix, then one letter:
//
//	s ACCESSKEY              a session: JSON, see record
//	x TIME ACCESSKEY         the same sessions in the order in which they expire (8 bytes, big-endian, Unix seconds)
//
// A session is stored before its credentials are answered, so whoever has them is known for as long as they
// are good, also after a restart. What has expired is deleted bit by bit as new sessions come.
//
// Roles need not exist and trust policies are not asked: whoever asks for a role gets it.
package sts

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// operations is filled by the init functions of the operations' files.
var operations = services.Table[*Service]{Check: services.QueryConstraints()}

// Role is what STS asks IAM about a role.
type Role struct {
	// ID is the role's unique id ("AROA...").
	ID string
	// MaxSessionDuration is how long its sessions may be.
	MaxSessionDuration time.Duration
}

// Config is what a Service is made from. All fields but Role must be set.
type Config struct {
	// Store holds the sessions; the Service does not close it.
	Store store.Store
	// Prefix begins every key that the Service writes.
	Prefix []byte
	// Clock says when sessions expire.
	Clock clock.Clock
	IDs   *random.Source
	// Identities learns whose the credentials are.
	Identities *identity.Directory
	// Role finds a role; nil, or ok false: nothing is known of it, which is no hindrance.
	Role func(ctx context.Context, arn string) (role Role, ok bool, err error)
}

// Service answers the STS API. It is safe for concurrent use.
type Service struct{ Config }

// New makes a service, and the directory know the sessions that the store holds.
func New(c Config) (*Service, error) {
	s := &Service{c}
	now := s.Clock.Now()
	return s, s.Store.View(context.Background(), func(r store.Reader) error {
		return r.Scan(store.Prefix(s.key('s')), func(_, value []byte) (bool, error) {
			var kept record
			if err := json.Unmarshal(value, &kept); err != nil {
				return false, err
			}
			if now.Before(kept.Expires) {
				s.Identities.Learn(kept.Principal, kept.Expires)
			}
			return true, nil
		})
	})
}

// Bind is the service as the gateway routes to it.
func (s *Service) Bind() *services.Service {
	bound := operations.Bind("sts", s)
	bound.Reset = s.Reset
	return bound
}

// Reset ends all sessions of all accounts.
func (s *Service) Reset(ctx context.Context) error {
	var keys []string
	all := store.Prefix(s.Prefix)
	err := s.Store.Update(ctx, [][]byte{s.Prefix}, func(w store.Writer) error {
		sessions := s.key('s')
		err := w.Scan(store.Prefix(sessions), func(key, _ []byte) (bool, error) {
			keys = append(keys, string(key[len(sessions):]))
			return true, nil
		})
		if err != nil {
			return err
		}
		return w.DeleteRange(all.Start, all.End)
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		s.Identities.Drop(key)
	}
	return nil
}

// record is a session as it is stored.
type record struct {
	Principal identity.Principal
	Secret    string
	Token     string
	Expires   time.Time
	// SourceIdentity goes along when the session assumes another role.
	SourceIdentity string `json:",omitempty"`
}

func (s *Service) key(letter byte, rest ...string) []byte {
	key := append(append([]byte(nil), s.Prefix...), letter)
	for _, part := range rest {
		key = append(key, part...)
	}
	return key
}

func (s *Service) expiryKey(at time.Time, accessKey string) []byte {
	var seconds [8]byte
	binary.BigEndian.PutUint64(seconds[:], uint64(max(0, at.Unix())))
	return s.key('x', string(seconds[:]), accessKey)
}

// issue makes credentials for a principal, whose access key it sets, and stores them.
func (s *Service) issue(ctx context.Context, p identity.Principal, lasts time.Duration, sourceIdentity string) (*Credentials, error) {
	p.AccessKey = identity.AccessKey("LSIA", p.Account, s.IDs.Uint64())
	kept := record{
		Principal: p, Secret: s.IDs.Base62(40), Token: s.token(), SourceIdentity: sourceIdentity,
		Expires: s.Clock.Now().Add(lasts).Truncate(time.Second).UTC(),
	}
	value, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, [][]byte{s.Prefix}, func(w store.Writer) error {
		if err := s.sweep(w); err != nil {
			return err
		}
		if err := w.Set(s.expiryKey(kept.Expires, p.AccessKey), []byte{}); err != nil {
			return err
		}
		return w.Set(s.key('s', p.AccessKey), value)
	})
	if err != nil {
		return nil, err
	}
	s.Identities.Learn(p, kept.Expires)
	return &Credentials{
		AccessKeyId: &kept.Principal.AccessKey, SecretAccessKey: &kept.Secret, SessionToken: &kept.Token, Expiration: &kept.Expires,
	}, nil
}

// sweep deletes some of what has expired a day ago or earlier: until then strict authentication can say that it has.
func (s *Service) sweep(w store.Writer) error {
	const most = 8
	prefix := s.key('x')
	expired := store.Range{Start: prefix, End: s.expiryKey(s.Clock.Now().Add(-24*time.Hour), "")}
	var keys [][]byte
	err := w.Scan(expired, func(key, _ []byte) (bool, error) {
		keys = append(keys, key)
		return len(keys) < most, nil
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := errors.Join(w.Delete(key), w.Delete(s.key('s', string(key[len(prefix)+8:])))); err != nil {
			return err
		}
	}
	return nil
}

// token is opaque; AWS's begin with a few letters that are always the same, and have some 350 characters.
func (s *Service) token() string {
	return "FwoGZXIvYXdzE" + base64.StdEncoding.EncodeToString([]byte(s.IDs.Base62(250)))
}

// session is the session of an access key; nil when it has none.
func (s *Service) session(accessKey string) (*record, error) {
	value, err := s.Store.Get(s.key('s', accessKey))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kept := new(record)
	if err := json.Unmarshal(value, kept); err != nil {
		return nil, err
	}
	return kept, nil
}

// Credential is what the session of an access key signs with; ok is false when there is none.
func (s *Service) Credential(accessKey string) (c identity.Credential, ok bool, err error) {
	kept, err := s.session(accessKey)
	if err != nil || kept == nil {
		return identity.Credential{}, false, err
	}
	return identity.Credential{Secret: kept.Secret, Token: kept.Token, Expires: kept.Expires}, true, nil
}
