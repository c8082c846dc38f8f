// Package memory is a Store that forgets everything when the process ends.
package memory

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"

	"github.com/tidwall/btree"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/internal/transaction"
)

// Store is a B-tree behind a read-write lock that nobody holds while a caller's function runs.
//
// A View reads a copy-on-write snapshot. Holding the read lock while its fn runs is plainer and, where
// every view is followed by a write, three times faster (a 100-key Scan and an Update: 4 us against 14,
// for the nodes that the write copies); Get, Scan and Update alone cost the same. But it deadlocks as
// soon as such a fn reads the store while a writer waits, and a slow fn stops all writers.
type Store struct {
	mutex sync.RWMutex
	tree  *tree
	// snapshot is the state as it is now, or nil since a write: views without a write between them share it.
	snapshot *tree
	locks    *transaction.Locks
	closed   atomic.Bool
}

type tree = btree.BTreeG[entry]

type entry struct{ key, value []byte }

func less(a, b entry) bool { return bytes.Compare(a.key, b.key) < 0 }

// New is an empty store.
func New() *Store {
	return &Store{
		tree:  btree.NewBTreeGOptions(less, btree.Options{NoLocks: true}),
		locks: transaction.NewLocks(),
	}
}

// Get implements store.Store.
func (s *Store) Get(key []byte) ([]byte, error) {
	if s.closed.Load() {
		return nil, store.ErrClosed
	}
	s.mutex.RLock()
	e, ok := s.tree.Get(entry{key: key})
	s.mutex.RUnlock()
	if !ok {
		return nil, store.ErrNotFound
	}
	return e.value, nil
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return fn(&view{ctx, s.current()})
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, locks [][]byte, fn func(store.Writer) error) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	held, err := s.locks.Lock(ctx, locks)
	if err != nil {
		return err
	}
	defer held.Unlock()
	writes := transaction.NewWrites(ctx, (*live)(s))
	err = fn(writes)
	writes.End()
	if err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	if !writes.Empty() {
		s.apply(writes)
	}
	return nil
}

func (s *Store) apply(writes *transaction.Writes) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.snapshot = nil
	for _, r := range writes.Cleared() {
		s.clear(r)
	}
	for _, w := range writes.Sorted() {
		if w.Deleted {
			s.tree.Delete(entry{key: w.Key})
		} else {
			s.tree.Set(entry{w.Key, w.Value})
		}
	}
}

// clear empties a range. The mutex is held.
func (s *Store) clear(r store.Range) {
	var keys [][]byte
	scan(s.tree, r, func(key, _ []byte) (bool, error) {
		keys = append(keys, key)
		return true, nil
	})
	for _, key := range keys {
		s.tree.Delete(entry{key: key})
	}
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *Store) ready(ctx context.Context) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// current is a snapshot that never changes. Taking one costs nothing but that the next write copies
// the nodes on its way.
func (s *Store) current() *tree {
	s.mutex.RLock()
	snapshot := s.snapshot
	s.mutex.RUnlock()
	if snapshot != nil {
		return snapshot
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.snapshot == nil {
		s.snapshot = s.tree.Copy()
	}
	return s.snapshot
}

// live reads the newest state, for updates: what they locked does not change below them.
type live Store

func (l *live) Get(key []byte) ([]byte, error) { return (*Store)(l).Get(key) }

func (l *live) Scan(r store.Range, fn func(key, value []byte) (bool, error)) error {
	return scan((*Store)(l).current(), r, fn)
}

type view struct {
	ctx  context.Context
	tree *tree
}

func (v *view) Get(key []byte) ([]byte, error) {
	e, ok := v.tree.Get(entry{key: key})
	if !ok {
		return nil, store.ErrNotFound
	}
	return e.value, nil
}

func (v *view) Scan(r store.Range, fn func(key, value []byte) (bool, error)) error {
	return scan(v.tree, r, transaction.Cancelled(v.ctx, fn))
}

func scan(t *tree, r store.Range, fn func(key, value []byte) (bool, error)) error {
	var err error
	forward := func(e entry) bool {
		if r.End != nil && bytes.Compare(e.key, r.End) >= 0 {
			return false
		}
		var more bool
		more, err = fn(e.key, e.value)
		return more && err == nil
	}
	if !r.Reverse {
		t.Ascend(entry{key: r.Start}, forward)
		return err
	}
	backward := func(e entry) bool {
		if bytes.Compare(e.key, r.Start) < 0 {
			return false
		}
		if r.End != nil && bytes.Equal(e.key, r.End) {
			return true // the end is exclusive
		}
		var more bool
		more, err = fn(e.key, e.value)
		return more && err == nil
	}
	if r.End == nil {
		t.Reverse(backward)
	} else {
		t.Descend(entry{key: r.End}, backward)
	}
	return err
}
