package fis

import (
	"context"

	"github.com/brownoutdev/brownout/cluster"
)

// The states of a safety lever. Every account has one in each region, which is disengaged until
// somebody engages it.
const (
	disengaged = "disengaged"
	engaging   = "engaging"
	engaged    = "engaged"
)

// leverID is the only one that there is.
const leverID = "default"

// leverRecord is a safety lever as it is stored.
type leverRecord struct{ Status, Reason string }

// Reasons of experiments that the lever has ended.
const (
	reasonCancelledByLever = "Experiment was cancelled because the safety lever is engaged."
	reasonStoppedByLever   = "Experiment stopped because the safety lever was engaged."
)

// lever reads the safety lever. It is engaged as soon as the experiments that it has stopped have ended.
func (s *Service) lever(ctx context.Context, at scope) (record leverRecord, revision int64, err error) {
	for {
		stored, revision, ok, err := load[leverRecord](ctx, s.State, at.key(leverKeys))
		if err != nil {
			return leverRecord{}, 0, err
		}
		if !ok {
			return leverRecord{Status: disengaged, Reason: "Safety lever is disengaged."}, 0, nil
		}
		if stored.Status != engaging {
			return *stored, revision, nil
		}
		active, _, err := s.State.List(ctx, at.prefix(activeKeys))
		if err != nil {
			return leverRecord{}, 0, err
		}
		if len(active) > 0 {
			return *stored, revision, nil
		}
		stored.Status = engaged
		if err := s.writeLever(ctx, at, *stored, revision); err != nil {
			return leverRecord{}, 0, err
		}
	}
}

// writeLever does nothing if somebody else has changed the lever since.
func (s *Service) writeLever(ctx context.Context, at scope, record leverRecord, revision int64) error {
	_, err := s.State.Commit(ctx, cluster.Transaction{
		If:   []cluster.Condition{{Key: at.key(leverKeys), Revision: revision}},
		Then: []cluster.Write{{Key: at.key(leverKeys), Value: encode(record)}},
	})
	return err
}

// stopByLever tells every active experiment to end. Those that are started from now on are cancelled.
func (s *Service) stopByLever(ctx context.Context, at scope) error {
	active, _, err := s.State.List(ctx, at.prefix(activeKeys))
	if err != nil {
		return err
	}
	for _, entry := range active {
		key := experimentOf(entry.Key)
		for {
			record, revision, ok, err := load[experimentRecord](ctx, s.State, key)
			if err != nil {
				return err
			}
			if !ok || isFinal(record.status()) || record.Ending != nil {
				break
			}
			record.end(ExperimentState{Status: new(stopped), Reason: new(reasonStoppedByLever)})
			record.settle(s.Clock.Now())
			result, err := s.writeExperiment(ctx, key, record, revision, true)
			if err != nil {
				return err
			}
			if result.Done {
				break
			}
		}
		s.engine.take(key)
	}
	return nil
}

// cancelByLever lets an experiment that is about to be stored end before it does anything.
func (r *experimentRecord) cancelByLever() {
	state := r.Experiment.State
	r.end(ExperimentState{Status: new(cancelled), Reason: new(reasonCancelledByLever)})
	r.Experiment.State = state // not stopping: it has never begun
}

// shapeOf is the lever as the API answers it.
func (l leverRecord) shapeOf(at scope) *SafetyLever {
	return &SafetyLever{
		Id: new(leverID), Arn: new(arnOf(at, leverResource+leverID)),
		State: &SafetyLeverState{Status: &l.Status, Reason: &l.Reason},
	}
}
