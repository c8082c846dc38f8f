package fis

import (
	"maps"
	"slices"
	"time"

	"github.com/brownoutdev/brownout/services/fis/action"
)

// names are the actions' names in order.
func (r *experimentRecord) names() []string { return slices.Sorted(maps.Keys(r.Experiment.Actions)) }

func (r *experimentRecord) statusOf(name string) string {
	return value(r.Experiment.Actions[name].State.Status)
}

// setAction changes an action's state.
func (r *experimentRecord) setAction(name, status, reason string) {
	a := r.Experiment.Actions[name]
	a.State = &ExperimentActionState{Status: &status, Reason: &reason}
	r.Experiment.Actions[name] = a
}

func (r *experimentRecord) setState(status, reason string) {
	r.Experiment.State = &ExperimentState{Status: &status, Reason: &reason}
}

// endAction gives an action its final state. It has no end where it never began.
func (r *experimentRecord) endAction(name, status, reason string, at time.Time) {
	r.setAction(name, status, reason)
	if a := r.Experiment.Actions[name]; a.StartTime != nil {
		at = r.within(at)
		a.EndTime = &at
		r.Experiment.Actions[name] = a
	}
}

// within is at, or the experiment's limit if that is earlier: nothing lasts beyond it, whenever the
// server comes to see it.
func (r *experimentRecord) within(at time.Time) time.Time {
	if limit := r.limit(); at.After(limit) {
		return limit
	}
	return at
}

// end lets the experiment end in this state as soon as its actions are undone. The first end counts.
func (r *experimentRecord) end(with ExperimentState) {
	if r.Ending != nil || isFinal(r.status()) {
		return
	}
	r.Ending = &with
	reason := reasonStopping
	if value(with.Status) == failed {
		reason = value(with.Reason)
	}
	r.setState(stopping, reason)
}

// ready are the actions whose turn it is: pending, and all that they start after are done.
func (r *experimentRecord) ready() (names []string) {
	if r.Ending != nil {
		return nil
	}
	for _, name := range r.names() {
		if r.statusOf(name) != pending {
			continue
		}
		if !slices.ContainsFunc(r.Experiment.Actions[name].StartAfter, func(before string) bool { return !r.isDone(before) }) {
			names = append(names, name)
		}
	}
	return names
}

// isDone reports whether what starts after the action can start.
func (r *experimentRecord) isDone(name string) bool {
	status := r.statusOf(name)
	return status == completed || status == skipped
}

// due is when an action that has begun comes to its end by its own duration; zero when it has none.
func (r *experimentRecord) due(name string) time.Time {
	a := r.Experiment.Actions[name]
	if do := action.Lookup(value(a.ActionId)); do != nil {
		if d := do.Duration(a.Parameters); d > 0 {
			return a.StartTime.Add(d)
		}
	}
	return time.Time{}
}

// settle draws the conclusions from what has happened to the experiment. All of its state machine
// that is not a direct answer to an event is here.
func (r *experimentRecord) settle(now time.Time) {
	if isFinal(r.status()) {
		return
	}
	begun, done := true, true
	for _, name := range r.names() {
		status := r.statusOf(name)
		if r.Ending != nil {
			switch status {
			case pending:
				status = cancelled
				r.setAction(name, cancelled, reasonActionCancelled)
			case initiating, running:
				status = stopping
				r.setAction(name, stopping, reasonActionStopping)
			}
		}
		if len(r.Experiment.Actions[name].StartAfter) == 0 && (status == pending || status == initiating) {
			begun = false
		}
		done = done && isFinal(status)
	}
	switch {
	case done && r.Ending != nil:
		r.finish(*r.Ending, now)
	case done:
		r.finish(ExperimentState{Status: new(completed), Reason: new(reasonCompleted)}, r.lastEnd(now))
	case begun && r.Ending == nil && r.status() != running:
		r.setState(running, reasonRunning)
	}
}

func (r *experimentRecord) finish(state ExperimentState, at time.Time) {
	at = r.within(at)
	r.Experiment.State, r.Experiment.EndTime, r.Ending = &state, &at, nil
}

// lastEnd is when the last action ended: before now, if the server was down meanwhile.
func (r *experimentRecord) lastEnd(now time.Time) time.Time {
	var last time.Time
	for _, a := range r.Experiment.Actions {
		if a.EndTime != nil && a.EndTime.After(last) {
			last = *a.EndTime
		}
	}
	if last.IsZero() {
		return now // all were skipped
	}
	return last
}
