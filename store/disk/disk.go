// Package disk is a Store that keeps everything in a folder, through Pebble. Every acknowledged
// write is synced, so it survives the process and the machine.
package disk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/internal/transaction"
)

const (
	memTableSize = 8 << 20  // bytes; Pebble begins smaller and grows to it
	cacheSize    = 32 << 20 // bytes, filled as data is read
	// databaseFormat is Pebble's own format: fixed, so that a newer Pebble does not raise it unasked.
	databaseFormat = pebble.FormatWALSyncChunks
)

// Store is one open data folder.
type Store struct {
	db     *pebble.DB
	folder *folder
	locks  *transaction.Locks
	users  gate
}

// Open opens the data folder dir, making it when it is missing, and keeps it locked until Close. A
// folder that another process (or store) has open is an *InUseError, one that this Brownout cannot
// read a *FormatError. Pebble's own messages go to logger, at debug level unless they are errors.
func Open(dir string, logger *slog.Logger) (*Store, error) {
	f, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	db, err := pebble.Open(f.database, options(f, logger))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("data folder %s: %w", f.path, err), f.Close())
	}
	return &Store{db: db, folder: f, locks: transaction.NewLocks(), users: newGate()}, nil
}

func options(f *folder, logger *slog.Logger) *pebble.Options {
	return &pebble.Options{
		Lock:               f.lock,
		Logger:             quiet{logger},
		MemTableSize:       memTableSize,
		CacheSize:          cacheSize,
		FormatMajorVersion: databaseFormat,
	}
}

// Get implements store.Store.
func (s *Store) Get(key []byte) ([]byte, error) {
	if !s.users.enter() {
		return nil, store.ErrClosed
	}
	defer s.users.leave()
	return get(s.db, key, bytes.Clone)
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) (err error) {
	if !s.users.enter() {
		return store.ErrClosed
	}
	defer s.users.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	snapshot := s.db.NewSnapshot()
	defer func() {
		if closing := snapshot.Close(); err == nil { // else fn's error goes out as it is
			err = closing
		}
	}()
	return fn(&reader{ctx: ctx, from: snapshot})
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, locks [][]byte, fn func(store.Writer) error) error {
	if !s.users.enter() {
		return store.ErrClosed
	}
	defer s.users.leave()
	batch, err := s.apply(ctx, locks, fn)
	if batch == nil || err != nil {
		return err
	}
	return errors.Join(batch.SyncWait(), batch.Close())
}

// apply makes the writes visible but does not wait for the disk: whoever takes the locks next writes
// behind them in the same log, so that one sync serves many updates. The batch is nil when there is
// nothing to wait for.
func (s *Store) apply(ctx context.Context, locks [][]byte, fn func(store.Writer) error) (*pebble.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	held, err := s.locks.Lock(ctx, locks)
	if err != nil {
		return nil, err
	}
	defer held.Unlock()
	writes := transaction.NewWrites(ctx, &reader{ctx: context.Background(), from: s.db})
	err = fn(writes)
	writes.End()
	if err == nil {
		err = ctx.Err()
	}
	if err != nil || writes.Empty() {
		return nil, err
	}
	batch := s.db.NewBatch()
	if err := s.fill(batch, writes); err != nil {
		return nil, errors.Join(err, batch.Close())
	}
	if err := s.db.ApplyNoSyncWait(batch, pebble.Sync); err != nil {
		return nil, err
	}
	return batch, nil
}

func (s *Store) fill(batch *pebble.Batch, writes *transaction.Writes) error {
	for _, r := range writes.Cleared() {
		end := r.End
		if end == nil {
			var err error
			if end, err = s.afterLast(); err != nil {
				return err
			}
		}
		if bytes.Compare(r.Start, end) >= 0 {
			continue
		}
		if err := batch.DeleteRange(r.Start, end, nil); err != nil {
			return err
		}
	}
	for _, w := range writes.Sorted() {
		var err error
		if w.Deleted {
			err = batch.Delete(w.Key, nil)
		} else {
			err = batch.Set(w.Key, w.Value, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// afterLast is a key behind all that there are: Pebble knows no range without an end.
func (s *Store) afterLast() (end []byte, err error) {
	it, err := s.db.NewIter(nil)
	if err != nil {
		return nil, err
	}
	if it.Last() {
		end = append(bytes.Clone(it.Key()), 0)
	}
	return end, errors.Join(it.Error(), it.Close())
}

// Close waits for the calls in progress, then closes and unlocks the folder. A second call does nothing.
func (s *Store) Close() error {
	if !s.users.close() {
		return nil
	}
	return errors.Join(s.db.Close(), s.folder.Close())
}
