package dynamodb

import (
	"context"
	"errors"
	"time"

	"github.com/brownoutdev/brownout/store"
)

const (
	// forgetEvery is how often versions of deleted items are looked through.
	forgetEvery = time.Hour
	// tombstoneLife is how long the version of a deleted item stays: later no older write of another
	// region is expected.
	tombstoneLife = 24 * time.Hour
)

// forget drops the versions of items that were deleted long ago, in all tables with replicas.
func (s *Service) forget(ctx context.Context) error {
	for _, t := range *s.tables.Load() {
		st := t.state.Load()
		if st.watch == nil || st.watch.replication == nil {
			continue
		}
		if err := s.forgetDeleted(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) forgetDeleted(ctx context.Context, st *state) error {
	n := st.watch.replication
	before := s.clock.Now().Add(-tombstoneLife).UnixNano()
	var rests [][]byte
	err := s.store.View(ctx, func(r store.Reader) error {
		return r.Scan(store.Prefix(n.versions), func(key, _ []byte) (bool, error) {
			v, err := loadVersion(r, key)
			if err == nil && v.deleted && v.at < before {
				rests = append(rests, key[len(n.versions):])
			}
			return err == nil, err
		})
	})
	for _, rest := range rests {
		if err == nil {
			err = s.forgetOne(ctx, n, rest, before)
		}
	}
	return err
}

// forgetOne drops an item's version, unless the item is there again or a replica still waits for it.
func (s *Service) forgetOne(ctx context.Context, n *replication, rest []byte, before int64) error {
	item, key := append(append([]byte(nil), n.space...), rest...), n.versionKey(rest)
	return s.store.Update(ctx, [][]byte{item}, func(w store.Writer) error {
		v, err := loadVersion(w, key)
		if err != nil || !v.deleted || v.at >= before {
			return err
		}
		for i := range n.replicas {
			_, err := w.Get(append(n.outboxSpace(n.replicas[i].Region), rest...))
			if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return w.Delete(key)
	})
}
