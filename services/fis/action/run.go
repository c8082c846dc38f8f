package action

import (
	"context"
	"log/slog"
	"time"
)

// Run is one action of one experiment while it is carried out.
type Run struct {
	// Experiment is the experiment's id, Name the action's name in the template.
	Experiment, Name string
	// Account and Region are those that the experiment was started in.
	Account, Region string
	Parameters      map[string]string
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
}

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
	for !r.Over() {
		if r.Host.Sleep(ctx, r.until().Sub(r.Host.Now())) != nil && !r.Over() {
			return context.Cause(ctx)
		}
	}
	return nil
}
