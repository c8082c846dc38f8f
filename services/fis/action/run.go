package action

import (
	"context"
	"log/slog"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/target"
)

// Run is one action of one experiment while it is carried out.
type Run struct {
	// Experiment is the experiment's id, Name the action's name in the template.
	Experiment, Name string
	// Account and Region are those that the experiment was started in.
	Account, Region string
	Parameters      map[string]string
	// Targets are the resources that were chosen for each of the action's target keys ("Instances"),
	// before the first action of the experiment began.
	Targets map[string][]target.Resource
	// Ask asks any AWS service as a client would, in the experiment's region, for whoever started the
	// experiment: a service of ours, else the upstream. The error is an *aws.Error. account is the
	// resource's: the experiment's own, or a target account of it.
	Ask func(ctx context.Context, account, service, operation string, in aws.Document) (aws.Document, error)
	// Strict: only what AWS takes is taken.
	Strict bool
	// Started is when the action began: before the restart, if Resumed.
	Started time.Time
	// End is when the action's duration is over; zero when it has none.
	End time.Time
	// Limit is when the experiment is over at the latest.
	Limit time.Time
	// Resumed: the action had begun before a restart, so what it did may still be in effect, or not.
	Resumed bool
	Faults  Faults
	Log     *slog.Logger
	Host    Host
}

// Host is the engine that runs an experiment, as its actions see it.
type Host interface {
	// Running says that the action is in effect. When it returns nil, that is stored.
	Running(ctx context.Context) error
	// Now and Sleep are the engine's clock. An action waits for time only here: whoever moves the
	// clock waits until the actions that it wakes have done their work.
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
	// Step carries out one effect on the world and keeps what came of it. The intent is stored before
	// do is called, the result after it; a step that has a result is not done again, also after a
	// restart: its result is answered. name is unique in the action.
	Step(ctx context.Context, name string, once Once, do func(ctx context.Context) (aws.Document, error)) (aws.Document, error)
}

// Once says what is to happen to a step that had begun before a restart, so that nobody knows whether
// it was done.
type Once int

const (
	// AtMostOnce is for effects: the step fails with ErrOutcomeUnknown rather than being done twice.
	// The action looks at the world then, or fails.
	AtMostOnce Once = iota
	// AtLeastOnce is for undoing: it is done again. Its context is not done when the action's is.
	AtLeastOnce
)

// Owner is the owner of the action's rules.
func (r *Run) Owner() string { return Owner(r.Experiment, r.Name) }

// until is when the action comes to its own end: after its duration, else with the experiment.
func (r *Run) until() time.Time {
	if r.End.IsZero() {
		return r.Limit
	}
	return r.End
}

// Over reports whether the action's time has passed: it may have, when the action was resumed.
func (r *Run) Over() bool { return !r.Host.Now().Before(r.until()) }

// Hold says that the action is in effect and waits until its own end (nil), or until it is told to
// end earlier (the context's cause).
func (r *Run) Hold(ctx context.Context) error {
	if err := r.Host.Running(ctx); err != nil {
		return err
	}
	return r.sleepUntil(ctx, r.until())
}

// sleepUntil waits for a moment, or until the action is told to end before it (the context's cause).
func (r *Run) sleepUntil(ctx context.Context, at time.Time) error {
	for r.Host.Now().Before(at) {
		if r.Host.Sleep(ctx, at.Sub(r.Host.Now())) != nil && r.Host.Now().Before(at) {
			return context.Cause(ctx)
		}
	}
	return nil
}
