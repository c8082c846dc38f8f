// Package local is cluster.State for one process: its keys are in the process's own store, so whoever
// works with a State need not know whether there are other replicas.
package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/store"
)

// State is the only user of its part of the store; two on one prefix would not see each other's changes.
//
// Below its prefix "k" + key holds the entry and "r" the revision of the last change. Commits take
// their turn, each waiting for the disk: events are then in order and never of a change that is lost.
type State struct {
	store    store.Store
	keys     []byte
	revision []byte

	commit  chan struct{} // holds one token: whoever took it commits
	history *history
	leaders leaders

	mutex   sync.Mutex
	leases  map[*lease]struct{}
	leased  map[string]*lease // which lease a key is under; changed by whoever commits
	closing context.Context   // done once Close begins
	close   context.CancelFunc
	watches sync.WaitGroup
}

// New opens the state that lies below prefix. Keys that a former process held under leases are deleted.
// Close does not close the store.
func New(s store.Store, prefix []byte) (*State, error) {
	closing, closeNow := context.WithCancel(context.Background())
	l := &State{
		store:    s,
		keys:     append(append([]byte(nil), prefix...), 'k'),
		revision: append(append([]byte(nil), prefix...), 'r'),
		commit:   make(chan struct{}, 1),
		leases:   map[*lease]struct{}{},
		leased:   map[string]*lease{},
		closing:  closing,
		close:    closeNow,
	}
	l.leaders.names = map[string]chan struct{}{}
	l.commit <- struct{}{}
	revision, err := l.dropOrphans()
	if err != nil {
		closeNow()
		return nil, fmt.Errorf("cluster/local: %w", err)
	}
	l.history = newHistory(revision)
	return l, nil
}

// dropOrphans deletes the keys of leases whose process is gone.
func (l *State) dropOrphans() (revision int64, err error) {
	err = l.store.Update(context.Background(), [][]byte{l.revision}, func(w store.Writer) error {
		if revision, err = l.currentRevision(w); err != nil {
			return err
		}
		var orphans [][]byte
		if err := w.Scan(store.Prefix(l.keys), func(key, value []byte) (bool, error) {
			r, err := decode(value)
			if r.leased {
				orphans = append(orphans, append([]byte(nil), key...))
			}
			return true, err
		}); err != nil || len(orphans) == 0 {
			return err
		}
		for _, key := range orphans {
			if err := w.Delete(key); err != nil {
				return err
			}
		}
		revision++
		return w.Set(l.revision, binary.BigEndian.AppendUint64(nil, uint64(revision)))
	})
	return revision, err
}

// Get implements cluster.State.
func (l *State) Get(ctx context.Context, key string) (cluster.Entry, bool, error) {
	if err := l.ready(ctx); err != nil {
		return cluster.Entry{}, false, err
	}
	return l.entry(l.store.Get, key)
}

func (l *State) entry(get func([]byte) ([]byte, error), key string) (cluster.Entry, bool, error) {
	value, err := get(l.key(key))
	if errors.Is(err, store.ErrNotFound) {
		return cluster.Entry{}, false, nil
	}
	if err != nil {
		return cluster.Entry{}, false, err
	}
	r, err := decode(value)
	return r.entry(key), err == nil, err
}

// List implements cluster.State.
func (l *State) List(ctx context.Context, prefix string) (entries []cluster.Entry, revision int64, err error) {
	if err := l.ready(ctx); err != nil {
		return nil, 0, err
	}
	err = l.store.View(ctx, func(view store.Reader) error {
		if revision, err = l.currentRevision(view); err != nil {
			return err
		}
		return view.Scan(store.Prefix(l.key(prefix)), func(key, value []byte) (bool, error) {
			r, err := decode(value)
			entries = append(entries, r.entry(string(key[len(l.keys):])))
			return true, err
		})
	})
	return entries, revision, err
}

// Watch implements cluster.State. Changes are kept for watchers that are behind: the last 4,096, but at
// most 16 MiB of them, and none from before New.
func (l *State) Watch(ctx context.Context, prefix string, after int64) <-chan cluster.Event {
	events := make(chan cluster.Event)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.closing.Err() != nil {
		close(events)
		return events
	}
	l.watches.Go(func() { l.follow(ctx, prefix, after, events) })
	return events
}

func (l *State) follow(ctx context.Context, prefix string, after int64, out chan<- cluster.Event) {
	defer close(out)
	for {
		events, seen, changed, ok := l.history.since(after, prefix)
		if !ok {
			return
		}
		for _, event := range events {
			select {
			case out <- event:
			case <-ctx.Done():
				return
			case <-l.closing.Done():
				return
			}
		}
		after = seen
		if len(events) > 0 {
			continue // more may have come, or been forgotten, meanwhile
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-l.closing.Done():
			return
		}
	}
}

// Lease implements cluster.State. The ttl means nothing here: this process and its state die together.
func (l *State) Lease(ctx context.Context, _ time.Duration) (cluster.Lease, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := l.ready(ctx); err != nil {
		return nil, err
	}
	made := &lease{state: l, keys: map[string]struct{}{}, done: make(chan struct{})}
	l.leases[made] = struct{}{}
	return made, nil
}

// Lead implements cluster.State.
func (l *State) Lead(ctx context.Context, name string) (cluster.Leadership, error) {
	if err := l.ready(ctx); err != nil {
		return nil, err
	}
	seat := l.leaders.seat(name)
	select {
	case <-seat:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.closing.Done():
		return nil, cluster.ErrClosed
	}
	if err := l.ready(ctx); err != nil {
		seat <- struct{}{}
		return nil, err
	}
	lost, lose := context.WithCancel(l.closing)
	return &leadership{seat: seat, lost: lost, lose: lose}, nil
}

// Close ends all leases, with their keys, all watches and all leaderships, and waits for what is in progress.
func (l *State) Close() error {
	l.mutex.Lock()
	already := l.closing.Err() != nil
	l.close()
	l.mutex.Unlock()
	l.watches.Wait()
	<-l.commit // no commit begins any more: each looks at closing once it has the token
	defer func() { l.commit <- struct{}{} }()
	if already {
		return nil
	}
	l.mutex.Lock()
	leases := l.leases
	l.leases = nil
	l.mutex.Unlock()
	var deletes []cluster.Write
	for ended := range leases {
		deletes = append(deletes, ended.deletes()...)
	}
	_, err := l.apply(context.Background(), cluster.Transaction{Then: deletes})
	for ended := range leases {
		ended.end()
	}
	return err
}

func (l *State) ready(ctx context.Context) error {
	if l.closing.Err() != nil {
		return cluster.ErrClosed
	}
	return ctx.Err()
}

func (l *State) key(key string) []byte {
	return append(append(make([]byte, 0, len(l.keys)+len(key)), l.keys...), key...)
}

func (l *State) currentRevision(r store.Reader) (int64, error) {
	value, err := r.Get(l.revision)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case len(value) != 8:
		return 0, fmt.Errorf("the revision has %d bytes instead of 8", len(value))
	}
	return int64(binary.BigEndian.Uint64(value)), nil
}
