package fis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// execution is an action that runs: the host that it sees.
type execution struct {
	worker
	name  string
	armed func()          // says that its faults are in force, or that it has none
	turn  <-chan struct{} // closed when those of the action launched before it are
	steps string          // what the keys of its steps begin with
}

// launch starts actions' goroutines. The runner's record says that they have begun. They run side by
// side, but put their faults into force in order of their names: which rule stands first, and which
// draws it gets, must be the same every time.
func (r *runner) launch(term context.Context, names []string, resumed bool) {
	turn := make(chan struct{})
	close(turn)
	for _, name := range names {
		turn = r.launchOne(term, name, resumed, turn)
	}
}

// patience is how long an action waits for its turn: one that asks others for something first must
// not hold up those behind it.
const patience = 20 * time.Millisecond

func (x *execution) awaitTurn(ctx context.Context) {
	impatient := make(chan struct{})
	defer clock.Real{}.AfterFunc(patience, func() { close(impatient) })()
	select {
	case <-x.turn:
	case <-impatient:
	case <-ctx.Done():
	}
}

func (r *runner) launchOne(term context.Context, name string, resumed bool, turn <-chan struct{}) (next chan struct{}) {
	ctx, cancel := context.WithCancelCause(term)
	next = make(chan struct{})
	x := &execution{
		worker: worker{runner: r, cancel: cancel, term: term}, name: name, turn: turn,
		steps: r.record.key(stepKeys, value(r.record.Experiment.Id), name) + "/", armed: sync.OnceFunc(func() { close(next) }),
	}
	if r.record.Ending != nil {
		x.stop()
	}
	r.executions[name] = x
	r.work.begin()
	a := r.record.Experiment.Actions[name]
	run := &action.Run{
		Experiment: value(r.record.Experiment.Id), Name: name, Account: r.record.Account, Region: r.record.Region,
		Parameters: a.Parameters, Targets: r.record.targetsOf(name), Ask: x.ask, Strict: r.service.Strict, Started: *a.StartTime, End: r.record.due(name), Limit: r.record.limit(),
		Resumed: resumed, Faults: r.service.Faults, Log: r.log.With("action", name), Host: x,
	}
	go func() {
		x.awaitTurn(ctx)
		err := perform(ctx, value(a.ActionId), run)
		x.armed()
		r.events <- func(term context.Context) { r.ended(term, x, run, err) } // hands the goroutine's work over
	}()
	return next
}

func perform(ctx context.Context, id string, run *action.Run) (err error) {
	defer func() {
		if p := recover(); p != nil { // one broken action must not take everybody's server down
			run.Log.Error("action panicked", "panic", p, "stack", string(debug.Stack()))
			err = &action.Error{Code: action.InternalFailure, Reason: fmt.Sprintf("The action broke: %v", p)}
		}
	}()
	do := action.Lookup(id)
	if do == nil { // stored by a newer version
		return &action.Error{Code: action.ConfigurationFailure, Reason: fmt.Sprintf("Brownout does not know the action %s.", id)}
	}
	if do.Run == nil {
		return &action.Error{Code: action.ConfigurationFailure, Reason: fmt.Sprintf("Brownout does not carry out the action %s.", id)}
	}
	if err = do.Run(ctx, run); errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// Running implements action.Host.
func (x *execution) Running(ctx context.Context) error {
	x.armed()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	r := x.runner
	stored := make(chan struct{})
	r.work.begin()
	r.events <- func(term context.Context) {
		defer close(stored)
		if r.record.statusOf(x.name) == initiating {
			r.save(term, func(next *experimentRecord) {
				if next.statusOf(x.name) == initiating {
					next.setAction(x.name, running, reasonActionRunning)
				}
			})
		}
	}
	<-stored
	return context.Cause(ctx)
}

// ended stores what came of an action.
func (r *runner) ended(term context.Context, x *execution, run *action.Run, err error) {
	x.cancel(nil)
	delete(r.executions, x.name)
	if term.Err() != nil {
		r.lost = true // it was told to end because we wind down, not because the experiment ends
	}
	if r.lost || isFinal(r.record.status()) {
		return
	}
	if err != nil && !errors.Is(err, errStopped) {
		r.log.Warn("action failed", "action", x.name, "error", err)
	}
	now := r.service.Clock.Now()
	r.save(term, func(next *experimentRecord) {
		switch {
		case err == nil:
			if !run.End.IsZero() && now.After(run.End) {
				now = run.End // the server was down when it was due
			}
			next.endAction(x.name, completed, reasonActionCompleted, now)
		case errors.Is(err, errStopped):
			next.endAction(x.name, stopped, reasonActionStopped, now)
		default:
			next.fail(x.name, err, now)
		}
	})
}

// fail is an action's failure, which ends the experiment; the first one is its reason.
func (r *experimentRecord) fail(name string, err error, now time.Time) {
	failure := &action.Error{Code: action.InternalFailure, Reason: err.Error()}
	errors.As(err, &failure)
	reason := clip(failure.Reason)
	r.endAction(name, failed, reason, now)
	state := ExperimentState{Status: new(failed), Reason: &reason, Error: &ExperimentError{
		AccountId: new(cmp.Or(failure.Account, r.Account)), Code: &failure.Code, Location: new("actions." + name),
	}}
	if r.Ending != nil && value(r.Ending.Status) != failed {
		r.Ending = &state // what was to be undone was not
		return
	}
	r.end(state)
}

// clip cuts a reason to the 512 characters that the API allows.
func clip(reason string) string {
	const most = 512
	n := 0
	for i := range reason {
		if n++; n > most {
			return reason[:i]
		}
	}
	return reason
}
