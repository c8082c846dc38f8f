package fis

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/cluster"
)

// leaderName is what replicas that would run experiments contend for.
const leaderName = "fis/engine"

// engine runs the active experiments while its replica leads.
type engine struct {
	service *Service
	ready   chan struct{} // closed when it has led once and resumed what it found

	mutex   sync.Mutex
	term    context.Context // of the current leadership; nil while there is none
	runners map[string]*runner
	group   sync.WaitGroup

	couriers sync.WaitGroup
	noEvents atomic.Bool // nobody serves EventBridge
}

func newEngine(s *Service) *engine {
	return &engine{service: s, ready: make(chan struct{}), runners: map[string]*runner{}}
}

func (e *engine) run(ctx context.Context) error {
	for {
		leadership, err := e.service.State.Lead(ctx, leaderName)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		err = e.lead(ctx, leadership)
		// The term is over, and with it ctx perhaps: resigning must not depend on it.
		if resigned := leadership.Resign(context.WithoutCancel(ctx)); resigned != nil {
			e.service.Log.Warn("the leadership of the experiments could not be given up", "error", resigned)
		}
		if err != nil || ctx.Err() != nil {
			return err
		}
		e.service.Log.Warn("this replica leads the experiments no more; their faults are out until it or another leads")
	}
}

// lead runs experiments until ctx is done or the leadership is lost, then winds down.
func (e *engine) lead(ctx context.Context, leadership cluster.Leadership) error {
	term, cancel := context.WithCancel(ctx)
	defer cancel()
	e.group.Go(func() {
		select {
		case <-leadership.Lost():
			cancel()
		case <-term.Done():
		}
	})
	e.mutex.Lock()
	e.term = term
	e.mutex.Unlock()
	defer func() {
		e.mutex.Lock()
		e.term = nil
		e.mutex.Unlock()
		cancel()
		e.group.Wait()
	}()
	e.group.Go(func() { e.purge(term) })
	e.followLevers(term)
	e.deliverRest(term)
	e.forgetRest(term)
	for {
		if err := e.follow(term); err != nil || term.Err() != nil {
			if term.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// follow takes every active experiment, and then those that become active or are changed, until the
// watch ends.
func (e *engine) follow(term context.Context) error {
	entries, revision, err := e.service.State.List(term, activeKeys)
	if err != nil {
		return err
	}
	var resumed []*runner
	for _, entry := range entries {
		if r := e.take(experimentOf(entry.Key)); r != nil {
			resumed = append(resumed, r)
		}
	}
	for _, r := range resumed {
		r.settled(term)
	}
	select {
	case <-e.ready:
	default:
		close(e.ready)
	}
	for event := range e.service.State.Watch(term, activeKeys, revision) {
		e.take(experimentOf(event.Entry.Key))
	}
	return nil
}

// take makes sure that an active experiment has a runner that looks at its record again. It is nil
// when this replica does not lead.
func (e *engine) take(key string) *runner {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.term == nil || e.term.Err() != nil {
		return nil
	}
	if r := e.runners[key]; r != nil {
		r.wake()
		return r
	}
	r := newRunner(e.service, key)
	e.runners[key] = r
	term := e.term
	e.group.Go(func() {
		r.run(term)
		e.mutex.Lock()
		defer e.mutex.Unlock()
		delete(e.runners, key)
	})
	return r
}

// deliver lets a courier work. It must be called while group is not waited for.
func (e *engine) deliver(term context.Context, c *courier) {
	e.couriers.Add(1)
	e.group.Go(func() {
		defer e.couriers.Done()
		c.run(term)
	})
}

// awaitCouriers waits until the logs of all experiments are delivered, or ctx is done.
func (e *engine) awaitCouriers(ctx context.Context) {
	delivered := make(chan struct{})
	go func() {
		e.couriers.Wait()
		close(delivered)
	}()
	select {
	case <-delivered:
	case <-ctx.Done():
	}
}

// forgetRest deletes steps of experiments that had ended when the server went down.
func (e *engine) forgetRest(term context.Context) {
	entries, _, err := e.service.State.List(term, stepKeys)
	if err != nil {
		return // the engine reads the state again, and says so
	}
	for _, entry := range entries {
		// ACCOUNT/REGION/EXPERIMENT/ACTION/NAME
		parts := strings.SplitN(strings.TrimPrefix(entry.Key, stepKeys), "/", 4)
		if len(parts) < 4 {
			continue
		}
		if _, active, err := e.service.State.Get(term, activeKeys+strings.Join(parts[:3], "/")); active || err != nil {
			continue
		}
		if err := e.service.deleteUnder(term, entry.Key); err != nil {
			return // the next that leads does
		}
	}
}

// followLevers stops what a safety lever was about to stop when whoever moved it went down. It is done
// before calls are answered: later, a lever that is engaging has somebody who moves it.
func (e *engine) followLevers(term context.Context) {
	entries, _, err := e.service.State.List(term, leverKeys)
	if err != nil {
		return // the engine reads the state again, and says so
	}
	for _, entry := range entries {
		e.followLever(term, entry)
	}
}

func (e *engine) followLever(term context.Context, entry cluster.Entry) {
	at, ok := scopeOfKey(leverKeys, entry.Key)
	if !ok {
		return
	}
	lever, err := decode[leverRecord](entry)
	if err == nil && lever.Status == engaging {
		err = e.service.stopByLever(term, at)
	}
	if err != nil && term.Err() == nil {
		e.service.Log.Error("experiments could not be stopped by the safety lever", "account", at.Account, "region", at.Region, "error", err)
	}
}

// purge deletes experiments whose retention is over, now and once a day.
func (e *engine) purge(term context.Context) {
	for {
		if err := e.service.deleteExpired(term); err != nil && term.Err() == nil {
			e.service.Log.Error("expired experiments could not be deleted", "error", err)
		}
		if e.service.Clock.Sleep(term, 24*time.Hour) != nil {
			return
		}
	}
}

func (s *Service) deleteExpired(ctx context.Context) error {
	entries, _, err := s.State.List(ctx, experimentKeys)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		record, err := decode[experimentRecord](entry)
		if err != nil {
			return err
		}
		if !record.expired(s.Clock.Now()) {
			continue
		}
		for _, kind := range []string{entryKeys, stepKeys} {
			if err := s.deleteUnder(ctx, record.prefixOf(kind)); err != nil {
				return err
			}
		}
		_, err = s.State.Commit(ctx, cluster.Transaction{
			If:   []cluster.Condition{{Key: entry.Key, Revision: entry.Revision}},
			Then: []cluster.Write{{Key: entry.Key, Delete: true}, {Key: record.Token, Delete: true}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
