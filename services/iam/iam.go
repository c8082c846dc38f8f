// Package iam is AWS Identity and Access Management as stored facts: its API, a file per operation. Policies
// are kept and given back; nobody is refused anything by them.
//
// # What is stored
//
// All keys begin with the service's prefix, then one letter; values are JSON:
//
//	r ACCOUNT 00 NAME      a role, see roleRecord
//	u ACCOUNT 00 NAME      a user, see userRecord
//	p ACCOUNT 00 NAME      a managed policy with its versions, see policyRecord
//	i ACCOUNT 00 NAME      an instance profile, see profileRecord
//	d ACCOUNT 00 TASK      when a service-linked role was deleted, see deletionRecord
//	k ACCESSKEY            an access key, see keyRecord
//
// NAME is in lower case: AWS's names differ by more than case. Whoever changes an account holds its lock.
// IAM has no regions: one account is the same in all regions of a partition.
package iam

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// operations is filled by the init functions of the operations' files. Paths have a message of their own.
var operations = services.Table[*Service]{Check: services.QueryConstraints("pathType", "policyPathType")}

// Config is what a Service is made from. All fields must be set.
type Config struct {
	// Store holds everything; the Service does not close it.
	Store store.Store
	// Prefix begins every key that the Service writes.
	Prefix []byte
	// Clock dates what is created.
	Clock clock.Clock
	IDs   *random.Source
	// Identities learns whose the access keys are.
	Identities *identity.Directory
}

// Service answers the IAM API. It is safe for concurrent use.
type Service struct{ Config }

// New makes a service, and the directory know the access keys that the store holds.
func New(c Config) (*Service, error) {
	s := &Service{c}
	return s, s.Store.View(context.Background(), func(r store.Reader) error {
		return each(r, s.key(keyLetter), func(k *keyRecord) error {
			t := &transaction{service: s, Reader: r, account: k.Account}
			user, err := t.user(*k.Key.UserName)
			if err != nil {
				return err
			}
			s.learn(k, user)
			return nil
		})
	})
}

// Bind is the service as the gateway routes to it.
func (s *Service) Bind() *services.Service {
	bound := operations.Bind("iam", s)
	bound.Reset = s.Reset
	return bound
}

// Reset deletes everything of all accounts.
func (s *Service) Reset(ctx context.Context) error {
	var keys []string
	all := store.Prefix(s.Prefix)
	err := s.Store.Update(ctx, [][]byte{s.Prefix}, func(w store.Writer) error {
		if err := each(w, s.key(keyLetter), func(k *keyRecord) error {
			keys = append(keys, *k.Key.AccessKeyId)
			return nil
		}); err != nil {
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

// Role is what STS wants to know of a role: its unique id, and how long its sessions may be. ok is false
// for one that does not exist here.
func (s *Service) Role(ctx context.Context, arn string) (id string, longest time.Duration, ok bool, err error) {
	name, account := nameOf(arn, "role/")
	if name == "" {
		return "", 0, false, nil
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		t := &transaction{service: s, Reader: r, account: account}
		role, err := t.role(name)
		if missing(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if *role.Role.Arn == arn {
			id, longest, ok = *role.Role.RoleId, time.Duration(*role.Role.MaxSessionDuration)*time.Second, true
		}
		return nil
	})
	return id, longest, ok, err
}

// Credential is what a user's access key signs with; ok is false when there is none like it.
func (s *Service) Credential(accessKey string) (c identity.Credential, ok bool, err error) {
	err = s.Store.View(context.Background(), func(r store.Reader) error {
		k, found, err := read[keyRecord](r, s.key(keyLetter, accessKey))
		if err == nil && found {
			c, ok = identity.Credential{Secret: *k.Key.SecretAccessKey, Inactive: *k.Key.Status != active}, true
		}
		return err
	})
	return c, ok, err
}

// nameOf is the name in the ARN of an IAM resource, behind its path, and the account; empty when it is none.
func nameOf(arn, kind string) (name, account string) {
	parsed, ok := aws.ParseARN(arn)
	rest, isKind := strings.CutPrefix(parsed.Resource, kind)
	if !ok || !isKind || parsed.Service != "iam" {
		return "", ""
	}
	return rest[strings.LastIndexByte(rest, '/')+1:], parsed.Account
}

// transaction is the account of a call, as it reads and perhaps changes it.
type transaction struct {
	store.Reader
	writer    store.Writer // nil in views
	service   *Service
	account   string
	partition string
	now       time.Time
}

func (s *Service) view(r *services.Request, fn func(*transaction) error) error {
	return s.Store.View(r, func(reader store.Reader) error { return fn(s.begin(r, reader, nil)) })
}

// change runs fn while nobody else changes the account.
func (s *Service) change(r *services.Request, fn func(*transaction) error) error {
	locks := [][]byte{s.key('a', r.Call.Account), s.Prefix}
	return s.Store.Update(r, locks, func(w store.Writer) error { return fn(s.begin(r, w, w)) })
}

func (s *Service) begin(r *services.Request, reader store.Reader, w store.Writer) *transaction {
	return &transaction{
		Reader: reader, writer: w, service: s, account: r.Call.Account, partition: aws.Partition(r.Call.Region),
		now: s.Clock.Now().UTC().Truncate(time.Second),
	}
}

func (t *transaction) put(key []byte, record any) error {
	value, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return t.writer.Set(key, value)
}

// arn is the ARN of an IAM resource: "role/team/Shop".
func (t *transaction) arn(resource string) string {
	return aws.ARN{Partition: t.partition, Service: "iam", Account: t.account, Resource: resource}.String()
}

func (t *transaction) key(letter byte, name string) []byte {
	return t.service.key(letter, t.account, "\x00", strings.ToLower(name))
}

// Letters of the keys.
const (
	roleLetter     = 'r'
	userLetter     = 'u'
	policyLetter   = 'p'
	profileLetter  = 'i'
	deletionLetter = 'd'
	keyLetter      = 'k'
)

func (s *Service) key(letter byte, rest ...string) []byte {
	key := append(append([]byte(nil), s.Prefix...), letter)
	for _, part := range rest {
		key = append(key, part...)
	}
	return key
}

// read is one record.
func read[T any](r store.Reader, key []byte) (record *T, ok bool, err error) {
	value, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	record = new(T)
	return record, true, json.Unmarshal(value, record)
}

// each gives all records below a prefix in the order of their keys.
func each[T any](r store.Reader, prefix []byte, fn func(*T) error) error {
	return r.Scan(store.Prefix(prefix), func(_, value []byte) (bool, error) {
		record := new(T)
		if err := json.Unmarshal(value, record); err != nil {
			return false, err
		}
		return true, fn(record)
	})
}
