package local

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/brownoutdev/brownout/cluster"
)

// lease lives as long as its state does, unless it is revoked.
type lease struct {
	state *State
	keys  map[string]struct{} // changed by whoever has the turn to commit
	done  chan struct{}
}

// Done implements cluster.Lease.
func (e *lease) Done() <-chan struct{} { return e.done }

// Revoke implements cluster.Lease. When it fails the lease is still there; revoking one that has ended is no error.
func (e *lease) Revoke(ctx context.Context) error {
	if e.ended() {
		return nil
	}
	l := e.state
	if err := l.take(ctx); err != nil {
		return err
	}
	defer l.give()
	if e.ended() {
		return nil
	}
	if _, err := l.apply(ctx, cluster.Transaction{Then: e.deletes()}); err != nil {
		return err
	}
	l.mutex.Lock()
	delete(l.leases, e)
	l.mutex.Unlock()
	e.end()
	return nil
}

func (e *lease) deletes() []cluster.Write {
	var writes []cluster.Write
	for _, key := range slices.Sorted(maps.Keys(e.keys)) {
		writes = append(writes, cluster.Write{Key: key, Delete: true})
	}
	return writes
}

// end is called once, by whoever has the turn to commit.
func (e *lease) end() { close(e.done) }

func (e *lease) ended() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// leaders has one seat per name.
type leaders struct {
	mutex sync.Mutex
	names map[string]chan struct{}
}

func (l *leaders) seat(name string) chan struct{} {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	seat, ok := l.names[name]
	if !ok {
		seat = make(chan struct{}, 1)
		seat <- struct{}{}
		l.names[name] = seat
	}
	return seat
}

type leadership struct {
	seat   chan struct{}
	lost   context.Context
	lose   context.CancelFunc
	resign sync.Once
}

// Lost implements cluster.Leadership.
func (l *leadership) Lost() <-chan struct{} { return l.lost.Done() }

// Resign implements cluster.Leadership. A second call does nothing.
func (l *leadership) Resign(context.Context) error {
	l.resign.Do(func() {
		l.lose()
		l.seat <- struct{}{}
	})
	return nil
}
