package fis

import (
	"context"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// End stops all active experiments and waits until their actions have been undone. When ctx is done
// before that, the log names what was not undone. It is for a server that goes down and forgets
// everything; one that keeps its data resumes its experiments instead.
func (s *Service) End(ctx context.Context) error {
	err := s.endAll(ctx)
	if err == nil {
		s.engine.awaitCouriers(ctx)
		return nil
	}
	left, _, listed := s.State.List(context.WithoutCancel(ctx), activeKeys)
	if listed != nil {
		return listed
	}
	for _, entry := range left {
		record, _, ok, err := load[experimentRecord](context.WithoutCancel(ctx), s.State, experimentOf(entry.Key))
		if err != nil || !ok {
			continue
		}
		for _, name := range record.names() {
			if a := record.Experiment.Actions[name]; !isFinal(record.statusOf(name)) {
				s.Log.Warn("an action of an experiment was not undone", "experiment", value(record.Experiment.Id), "account", record.Account,
					"region", record.Region, "action", name, "action_id", value(a.ActionId), "targets", arnsOf(record, name))
			}
		}
	}
	return err
}

// lookAgain is how often it is looked whether another replica has ended an experiment, in real time.
const lookAgain = 20 * time.Millisecond

// endAll stops every experiment until none is active.
func (s *Service) endAll(ctx context.Context) error {
	for {
		active, _, err := s.State.List(ctx, activeKeys)
		if err != nil || len(active) == 0 {
			return err
		}
		for _, entry := range active { // all are told before one is waited for
			if err := s.tellToStop(ctx, experimentOf(entry.Key)); err != nil {
				return err
			}
		}
		for _, entry := range active {
			runner := s.engine.take(experimentOf(entry.Key))
			if runner == nil {
				if err := (clock.Real{}).Sleep(ctx, lookAgain); err != nil {
					return err // another replica ends it
				}
				continue
			}
			select {
			case <-runner.gone:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

func (s *Service) tellToStop(ctx context.Context, key string) error {
	for {
		record, revision, ok, err := load[experimentRecord](ctx, s.State, key)
		if err != nil || !ok || isFinal(record.status()) || record.Ending != nil {
			return err
		}
		record.end(ExperimentState{Status: new(stopped), Reason: new(reasonStopped)})
		record.settle(s.Clock.Now())
		result, err := s.writeExperiment(ctx, key, record, revision, true)
		if err != nil || result.Done {
			return err
		}
	}
}

func arnsOf(r *experimentRecord, name string) (arns []string) {
	for _, resources := range r.targetsOf(name) {
		for _, resource := range resources {
			arns = append(arns, resource.ARN)
		}
	}
	return arns
}
