// Package cloudwatch is Amazon CloudWatch: metrics and alarms, a file per operation.
//
// # What is stored, format version 1
//
// All keys begin with the service's prefix, then one letter; names end with a zero byte, and a metric
// with a byte 1 (no name begins with either):
//
//	m METRIC                    a metric: JSON, see descriptor
//	d METRIC s time unit        what was put for one second of a metric of high resolution: see bucket
//	d METRIC m time unit        the same for one minute, of every metric
//	a account region name       an alarm: JSON, see alarm
//	h account region name time number   an item of an alarm's history
//
// METRIC is account, region, namespace, name, then the dimensions in order of their names.
//
// Brownout's own metrics are not stored: see calls.go.
//
// # Time
//
// Alarms are evaluated at whole multiples of their interval on the clock, by a timer that does the
// work itself: whoever advances a movable clock goes on when all evaluations of that time are done.
//
// Locks: mutex guards the alarms and is held while one changes, with its write; Describe calls read
// under it. Followers are called without it.
package cloudwatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// Config is what a Service is made from. All fields but Log and Calls must be set.
type Config struct {
	// Store holds metrics and alarms; the Service does not close it.
	Store store.Store
	// Prefix begins every key that the Service writes; no other user of the Store may write below it.
	Prefix []byte
	Clock  clock.Clock
	Log    *slog.Logger
	// Calls are what the metrics of the namespace Brownout are made of; nil: there are none.
	Calls *journal.Rates
}

// Service answers the CloudWatch API. It is safe for concurrent use.
type Service struct {
	store   store.Store
	clock   clock.Clock
	log     *slog.Logger
	metrics metrics
	calls   *calls

	mutex   sync.RWMutex
	alarms  map[alarmName]*alarm
	history uint64 // numbers the items of one time

	followers followers
	schedule  schedule
	ready     chan struct{}
}

// operations is filled by the init functions of the operations' files.
var operations = services.Table[*Service]{Check: checkInput}

// nothing is the output of operations that have none.
type nothing struct{}

// New opens the metrics and alarms that the store holds. Alarms are evaluated while Run does.
func New(c Config) (*Service, error) {
	s := &Service{
		store: c.Store, clock: c.Clock, log: c.Log, calls: newCalls(c.Calls),
		alarms: map[alarmName]*alarm{}, ready: make(chan struct{}),
	}
	s.metrics.store, s.metrics.prefix = c.Store, c.Prefix
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.metrics.load(context.Background()); err != nil {
		return nil, err
	}
	if err := s.loadAlarms(context.Background()); err != nil {
		return nil, err
	}
	return s, nil
}

// Bind is the service as the gateway routes to it.
func (s *Service) Bind() *services.Service {
	bound := operations.Bind("cloudwatch", s)
	bound.Reset = s.Reset
	return bound
}

// Run evaluates alarms and forgets old data until ctx is done. It is to be called once.
func (s *Service) Run(ctx context.Context) error {
	s.start()
	close(s.ready)
	<-ctx.Done()
	s.halt()
	return nil
}

// Ready is closed when Run has begun to evaluate: whoever moves the clock from then on meets alarms on time.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// Reset forgets all metrics and alarms of all accounts and regions, with the alarms' histories. The
// metrics of the namespace Brownout stay: they are the journal's.
func (s *Service) Reset(ctx context.Context) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := s.metrics.reset(ctx); err != nil {
		return err
	}
	s.alarms = map[alarmName]*alarm{}
	return nil
}

func (s *Service) now() time.Time { return s.clock.Now().UTC() }

// value is what a pointer points to, or nothing.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
