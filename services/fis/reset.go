package fis

import (
	"context"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/cluster"
)

// Reset stops all experiments of all accounts and regions, waits until their actions have been undone,
// and deletes experiments, templates and what is remembered of client tokens. An experiment that is
// started meanwhile is stopped too, or stays. Where it fails, what was not yet deleted stays, and the
// error says why.
func (s *Service) Reset(ctx context.Context) error {
	for {
		active, _, err := s.State.List(ctx, activeKeys)
		if err != nil {
			return err
		}
		if len(active) == 0 {
			break
		}
		for _, entry := range active {
			if err := s.endByReset(ctx, experimentOf(entry.Key)); err != nil {
				return err
			}
		}
	}
	for _, kind := range []string{experimentKeys, templateKeys, tokenKeys, deliveryKeys, entryKeys, stepKeys, leverKeys, tagKeys} {
		if err := s.deleteAll(ctx, kind); err != nil {
			return err
		}
	}
	return nil
}

// endByReset stops one experiment and waits for its end.
func (s *Service) endByReset(ctx context.Context, key string) error {
	record, revision, ok, err := load[experimentRecord](ctx, s.State, key)
	if err != nil {
		return err
	}
	if ok && !isFinal(record.status()) {
		record.end(ExperimentState{Status: new(stopped), Reason: new(reasonStopped)})
		record.settle(s.Clock.Now())
		if _, err := s.writeExperiment(ctx, key, record, revision, true); err != nil {
			return err // that somebody else has changed it is none: it is still among the active ones
		}
	}
	runner := s.engine.take(key)
	if runner == nil {
		return (clock.Real{}).Sleep(ctx, 20*time.Millisecond) // another replica ends it: ask the list again
	}
	select {
	case <-runner.gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deleteUnder deletes all keys that begin with the prefix.
func (s *Service) deleteUnder(ctx context.Context, prefix string) error {
	entries, _, err := s.State.List(ctx, prefix)
	if err != nil || len(entries) == 0 {
		return err
	}
	var t cluster.Transaction
	for _, entry := range entries {
		t.Then = append(t.Then, cluster.Write{Key: entry.Key, Delete: true})
	}
	_, err = s.State.Commit(ctx, t)
	return err
}

// deleteAll deletes what is there of a kind. What has changed since it was read stays.
func (s *Service) deleteAll(ctx context.Context, kind string) error {
	entries, _, err := s.State.List(ctx, kind)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		t := cluster.Transaction{
			If:   []cluster.Condition{{Key: entry.Key, Revision: entry.Revision}},
			Then: []cluster.Write{{Key: entry.Key, Delete: true}},
		}
		if kind == experimentKeys {
			t.If = append(t.If, cluster.Condition{Key: activeOf(entry.Key)}) // one that was started just now goes on
		}
		if _, err := s.State.Commit(ctx, t); err != nil {
			return err
		}
	}
	return nil
}
