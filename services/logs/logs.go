// Package logs is Amazon CloudWatch Logs: its API, a file per operation.
//
// # What is stored, format version 1
//
// All keys begin with the service's prefix, then one letter; names end with a zero byte, which no name holds:
//
//	g account region group                       a log group: JSON, see group
//	s account region group stream                a log stream: JSON, see stream
//	e account region group stream time number    an event: when it came (8 bytes), then its message
//	p account region policy                      a resource policy: JSON
//
// Whoever writes below a group holds its key: a group that is deleted stays so.
//
// Events that are older than their group's retention are not shown from then on, and deleted by Run.
package logs

import (
	"context"
	"log/slog"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// Config is what a Service is made from. All fields but Log must be set.
type Config struct {
	// Store holds groups, streams and events; the Service does not close it.
	Store store.Store
	// Prefix begins every key that the Service writes; no other user of the Store may write below it.
	Prefix []byte
	Clock  clock.Clock
	Log    *slog.Logger
}

// Service answers the CloudWatch Logs API. It is safe for concurrent use; all it knows is in the store.
type Service struct {
	store  store.Store
	prefix []byte
	clock  clock.Clock
	log    *slog.Logger
}

// operations is filled by the init functions of the operations' files.
var operations = services.Table[*Service]{Check: checkInput}

// nothing is the output of operations that have none.
type nothing struct{}

// New is a service over what the store holds.
func New(c Config) *Service {
	s := &Service{store: c.Store, prefix: c.Prefix, clock: c.Clock, log: c.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Bind is the service as the gateway routes to it.
func (s *Service) Bind() *services.Service {
	bound := operations.Bind("logs", s)
	bound.Reset = s.Reset
	return bound
}

// Reset forgets all groups, streams, events and policies of all accounts and regions.
func (s *Service) Reset(ctx context.Context) error {
	all := store.Prefix(s.prefix)
	return s.store.Update(ctx, nil, func(w store.Writer) error { return w.DeleteRange(all.Start, all.End) })
}

// expireEvery is how often events are deleted whose time is over.
const expireEvery = 10 * time.Minute

// Run deletes events whose retention is over until ctx is done.
func (s *Service) Run(ctx context.Context) error {
	for {
		if err := s.clock.Sleep(ctx, expireEvery); err != nil {
			return nil // ctx is done
		}
		if err := s.expire(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("logs: events whose retention is over could not be deleted", "error", err)
		}
	}
}

func (s *Service) now() time.Time { return s.clock.Now().UTC() }

func (s *Service) nowMilliseconds() int64 { return s.now().UnixMilli() }

// value is what a pointer points to, or nothing.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
