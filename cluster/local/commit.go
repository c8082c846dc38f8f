package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/store"
)

// Commit implements cluster.State.
func (l *State) Commit(ctx context.Context, t cluster.Transaction) (cluster.Result, error) {
	if err := l.take(ctx); err != nil {
		return cluster.Result{}, err
	}
	defer l.give()
	return l.apply(ctx, t)
}

// take waits for the turn to commit.
func (l *State) take(ctx context.Context) error {
	select {
	case <-l.commit:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := l.ready(ctx); err != nil {
		l.give()
		return err
	}
	return nil
}

func (l *State) give() { l.commit <- struct{}{} }

// errUnmet leaves the store's update without writing.
var errUnmet = errors.New("cluster/local: a condition does not hold")

// apply carries the transaction out. The caller has the turn.
func (l *State) apply(ctx context.Context, t cluster.Transaction) (cluster.Result, error) {
	if err := l.check(t); err != nil {
		return cluster.Result{}, err
	}
	var result cluster.Result
	var events []cluster.Event
	written := false
	err := l.store.Update(ctx, [][]byte{l.revision}, func(w store.Writer) error {
		revision, err := l.currentRevision(w)
		if err != nil {
			return err
		}
		result.Revision = revision
		if err := l.met(w, t.If); err != nil {
			return err
		}
		result.Done = true
		if events, err = l.write(w, t.Then, revision+1); err != nil || len(events) == 0 {
			return err
		}
		result.Revision, written = revision+1, true
		return w.Set(l.revision, binary.BigEndian.AppendUint64(nil, uint64(result.Revision)))
	})
	switch {
	case errors.Is(err, errUnmet):
		return result, nil
	case err != nil:
		if written {
			// Whether the store kept it is unknown: let every watcher list again.
			l.history.forget(result.Revision)
		}
		return cluster.Result{}, err
	}
	l.bind(t.Then)
	l.history.add(events, result.Revision)
	return result, nil
}

// check refuses what no State carries out, and leases that ended.
func (l *State) check(t cluster.Transaction) error {
	seen := make(map[string]bool, len(t.Then))
	for _, write := range t.Then {
		switch {
		case write.Key == "":
			return errors.New("cluster: a key is empty")
		case seen[write.Key]:
			return fmt.Errorf("cluster: key %q is written twice in one transaction", write.Key)
		}
		seen[write.Key] = true
		if write.Lease == nil || write.Delete {
			continue
		}
		under, ok := write.Lease.(*lease)
		if !ok || under.state != l {
			return fmt.Errorf("cluster: key %q is written under a lease of another state", write.Key)
		}
		if under.ended() {
			return cluster.ErrLeaseEnded
		}
	}
	return nil
}

func (l *State) met(w store.Writer, conditions []cluster.Condition) error {
	for _, c := range conditions {
		entry, _, err := l.entry(w.Get, c.Key)
		if err != nil {
			return err
		}
		if entry.Revision != c.Revision {
			return errUnmet
		}
	}
	return nil
}

// write answers what changes: deleting a missing key does not.
func (l *State) write(w store.Writer, writes []cluster.Write, revision int64) (events []cluster.Event, err error) {
	for _, write := range writes {
		event := cluster.Event{Entry: cluster.Entry{Key: write.Key, Revision: revision}, Deleted: write.Delete}
		if write.Delete {
			_, ok, err := l.entry(w.Get, write.Key)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			err = w.Delete(l.key(write.Key))
			if err != nil {
				return nil, err
			}
		} else {
			event.Entry.Value = append([]byte{}, write.Value...)
			stored := record{revision: revision, leased: write.Lease != nil, value: write.Value}
			if err := w.Set(l.key(write.Key), stored.encode()); err != nil {
				return nil, err
			}
		}
		events = append(events, event)
	}
	return events, nil
}

// bind notes which lease each key is under now: the last write decides.
func (l *State) bind(writes []cluster.Write) {
	for _, write := range writes {
		if before := l.leased[write.Key]; before != nil {
			delete(before.keys, write.Key)
			delete(l.leased, write.Key)
		}
		if write.Lease != nil && !write.Delete {
			under := write.Lease.(*lease)
			under.keys[write.Key] = struct{}{}
			l.leased[write.Key] = under
		}
	}
}
