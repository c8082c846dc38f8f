// Package cluster is the little state that all replicas agree on, in etcd's shape. The one-machine
// implementation (cluster/local) keeps it in the store, so nobody asks whether there is a cluster.
package cluster

import (
	"context"
	"errors"
	"time"
)

// ErrClosed is what a State answers after Close.
var ErrClosed = errors.New("cluster: closed")

// ErrLeaseEnded is what Commit answers when a write names a lease that has ended.
var ErrLeaseEnded = errors.New("cluster: the lease has ended")

// State is a small, watched, ordered key space. Keys are paths such as "fis/templates/EXT...".
type State interface {
	// Get reads one key; ok is false when it is missing.
	Get(ctx context.Context, key string) (entry Entry, ok bool, err error)
	// List reads all keys with this prefix in order, and the revision at which it read them.
	List(ctx context.Context, prefix string) (entries []Entry, revision int64, err error)
	// Commit applies all writes if all conditions hold, and nothing otherwise. What it has
	// acknowledged is durable.
	Commit(ctx context.Context, t Transaction) (Result, error)
	// Watch sends every change under the prefix after this revision, in order, until ctx is done;
	// then the channel is closed. A watcher that falls too far behind gets its channel closed while
	// ctx still lives: it lists again and watches from there.
	Watch(ctx context.Context, prefix string, after int64) <-chan Event
	// Lease is kept alive by this process until Revoke or Close; when the process dies its keys go
	// after ttl (on one machine: with the process).
	Lease(ctx context.Context, ttl time.Duration) (Lease, error)
	// Lead blocks until this process is the one leader of that name, or ctx is done.
	Lead(ctx context.Context, name string) (Leadership, error)
	Close() error
}

// Entry is a key with its value. Revision is that of its last change.
type Entry struct {
	Key      string
	Value    []byte
	Revision int64
}

// Transaction is a compare-and-set over several keys. Keys are not empty, and Then writes each key once.
type Transaction struct {
	If   []Condition
	Then []Write
}

// Condition holds when the key's last change has this revision; 0 means that the key does not exist.
type Condition struct {
	Key      string
	Revision int64
}

// Write sets a key (under a lease, when Lease is not nil), or deletes it.
type Write struct {
	Key    string
	Value  []byte
	Delete bool
	Lease  Lease
}

// Result says whether the conditions held, and the revision of the writes (or, failing them, of the state seen).
type Result struct {
	Done     bool
	Revision int64
}

// Event is one change. Entry.Value is nil when the key was deleted.
type Event struct {
	Entry   Entry
	Deleted bool
}

// Lease holds keys that go when it ends.
type Lease interface {
	// Done is closed when the lease has ended, for whatever reason.
	Done() <-chan struct{}
	Revoke(ctx context.Context) error
}

// Leadership lasts until Resign or until it is lost; Lost is closed at either.
type Leadership interface {
	Lost() <-chan struct{}
	Resign(ctx context.Context) error
}
