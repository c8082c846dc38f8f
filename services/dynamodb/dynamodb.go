// Package dynamodb is the embedded DynamoDB: one file per operation, over any store.Store.
//
// # What is stored, format version 1
//
// All keys begin with the service's prefix, then one letter:
//
//	t account 00 region 00 name           the table's descriptor: JSON, see descriptor
//	d table index partition key           an item, or an index's entry for it
//	i account 00 region 00 token          a transaction's ClientRequestToken, see token
//	x time account 00 region 00 token     the same tokens in the order in which they expire
//
// table is the table's number (4 bytes, big-endian, given anew to each table that is created, so
// that nothing of a deleted table comes back under its name); index is 0 for the table itself and
// the index's number otherwise. partition is a hash (8 bytes, see partitionHash) of what the
// partition key attributes encode to, so that a Scan goes through partitions in an order that has
// nothing to do with their keys, the same each time, and a parallel Scan's segments are ranges of
// it. key is item.AppendKey of the partition key attributes, then of the sort key attributes; in
// an index, the table's own key attributes follow, which makes entries unique and orders those
// that share their index key. Every piece of a key is self-delimiting: a Query is one range, and
// any ExclusiveStartKey is found by one seek.
//
// The value is item.Stored: the item, or for an index its projected attributes. Answers copy
// its JSON without decoding it.
//
// Other letters are described where they are used: s and r in stream.go, b and k in backup.go, v and o
// in replication.go.
package dynamodb

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

// Config is what a Service is made from.
type Config struct {
	// Store holds the tables; the Service does not close it.
	Store store.Store
	// Prefix begins every key that the Service writes; no other user of the Store may write below it.
	Prefix []byte
	// Clock gives the times in table descriptions.
	Clock clock.Clock
	// IDs makes table ids.
	IDs *random.Source
	// Log may be nil.
	Log *slog.Logger
	// Wording is the generation of AWS's validation texts.
	Wording Wording
	// EnforceCapacity throttles tables and indexes that use more than their capacity.
	EnforceCapacity bool
	// Faults are the rules as work sees them that no call triggers; nil: there are none.
	Faults fault.View
}

// Service answers the DynamoDB API. It is safe for concurrent use.
type Service struct {
	store   store.Store
	prefix  []byte
	clock   clock.Clock
	ids     *random.Source
	log     *slog.Logger
	wording Wording

	// tables is replaced as a whole whenever a table comes or goes; readers take no lock.
	tables atomic.Pointer[map[tableName]*table]
	// changing is held while a table is created, changed or deleted.
	changing sync.Mutex
	// lastNumber is the greatest table number given so far, lastStream the greatest of streams and
	// lastBackup of backups. changing guards them.
	lastNumber, lastStream, lastBackup uint32

	// building wakes what creates and deletes indexes.
	building chan struct{}
	// throttle is nil when capacity is not enforced.
	throttle *throttle
	// hot has what rules about hot partitions count.
	hot *throttle
	// tokens counts the transactions that came with a token.
	tokens atomic.Uint64

	// streams is replaced as a whole whenever a stream comes or goes; readers take no lock.
	streams atomic.Pointer[map[streamName]*stream]
	// expiries are what is known of when the items of tables expire, by the tables' numbers.
	expiries sync.Map
	// histories are what tables held before, for stale reads, by the tables' numbers.
	histories sync.Map
	faults    fault.View
}

// operations is filled by the init functions of the operations' files.
var operations services.Table[*Service]

// New opens the tables that the store holds. It reads their descriptors only, however much data
// there is.
func New(config Config) (*Service, error) {
	s := &Service{
		store: config.Store, prefix: config.Prefix, clock: config.Clock, ids: config.IDs,
		log: config.Log, wording: config.Wording, building: make(chan struct{}, 1),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.hot = newThrottle(s.clock)
	if config.EnforceCapacity {
		s.throttle = newThrottle(s.clock)
	}
	if s.faults = config.Faults; s.faults == nil {
		s.faults = fault.NoFaults{}
	}
	if err := s.loadStreams(context.Background()); err != nil {
		return nil, err
	}
	if err := s.loadBackups(context.Background()); err != nil {
		return nil, err
	}
	if err := s.loadTables(context.Background()); err != nil {
		return nil, err
	}
	s.log.Debug("dynamodb: tables are open", "tables", len(*s.tables.Load()))
	return s, nil
}

// Bind is the service as the gateway routes to it.
func (s *Service) Bind() *services.Service {
	bound := operations.Bind("dynamodb", s)
	bound.Reset = s.Reset
	bound.Health = func(region string) string { return "healthy: dynamodb." + region + ".amazonaws.com " } // AWS's blank
	return bound
}
