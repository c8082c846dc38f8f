package fis

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// runner runs one experiment. Fields below the blank line are its own goroutine's.
type runner struct {
	service *Service
	key     string
	work    activity
	// events hand work over: whoever sends has begun it.
	events chan func(ctx context.Context)
	// wakes holds one "look at the record again"; more than one say no more.
	wakes chan struct{}
	gone  chan struct{} // closed when the runner has returned

	log        *slog.Logger
	asking     *asking
	record     *experimentRecord
	revision   int64
	resumed    bool // the actions had begun before this runner
	lost       bool // the record is gone, or the engine winds down: nothing is stored any more
	executions map[string]*execution
	preparing  func() // ends the preparation; nil: there is none
	look       *look  // at the stop conditions; nil before the first
	watching   func() // ends the watch on the stop conditions; nil: it has not begun
	courier    *courier
}

// errStopped is why actions of an experiment that is stopped or has failed are told to end.
var errStopped = errors.New("the experiment is ending")

// newRunner is a runner with work to do: run must be called.
func newRunner(s *Service, key string) *runner {
	r := &runner{
		service: s, key: key, log: s.Log.With("experiment_key", key),
		events: make(chan func(context.Context)), wakes: make(chan struct{}, 1), gone: make(chan struct{}),
		executions: map[string]*execution{},
	}
	r.work.begin()
	return r
}

// wake makes the runner look at its record again.
func (r *runner) wake() {
	r.work.begin()
	select {
	case r.wakes <- struct{}{}:
	default:
		r.work.end()
	}
}

// settled waits until the experiment has done what there is to do at this moment. It gives up when
// ctx is done, and after 50 ms: some actions ask others for something, which takes its time.
func (r *runner) settled(ctx context.Context) {
	timeout := make(chan struct{})
	defer clock.Real{}.AfterFunc(50*time.Millisecond, func() { close(timeout) })()
	select {
	case <-r.work.idle():
	case <-r.gone:
	case <-timeout:
	case <-ctx.Done():
	}
}

// rest is what a timer does after it has woken somebody: it lets the clock go on when all wait again.
func (r *runner) rest() {
	select {
	case <-r.work.idle():
	case <-r.gone:
	}
}

// run lives as long as the experiment is active and the term lasts.
func (r *runner) run(term context.Context) {
	defer close(r.gone)
	defer r.work.end()
	if r.load(term); r.lost || isFinal(r.record.status()) {
		return
	}
	r.log = r.service.Log.With("experiment", value(r.record.Experiment.Id), "account", r.record.Account, "region", r.record.Region)
	r.asking = newAsking(r.service, r.record)
	r.courier = newCourier(r.service, r.key, r.record, r.asking, r.log)
	r.service.engine.deliver(term, r.courier)
	defer r.dismiss(term)
	r.resume(term)
	defer r.at(r.record.limit(), r.reachLimit)()
	late := r.record.limit()
	if now := r.service.Clock.Now(); now.After(late) {
		late = now // the server was down
	}
	defer r.at(late.Add(overrun), r.endOverrun)()
	for !r.advance(term) {
		r.work.end()
		select {
		case do := <-r.events:
			do(term)
		case <-r.wakes:
			r.load(term)
		case <-term.Done():
			r.work.begin()
			r.lost = true
		}
	}
}

// load reads the record.
func (r *runner) load(term context.Context) {
	for wait := time.Duration(0); ; {
		record, revision, ok, err := load[experimentRecord](term, r.service.State, r.key)
		switch {
		case err == nil && ok:
			r.record, r.revision = record, revision
			return
		case err == nil:
			if r.record != nil {
				r.log.Info("experiment was deleted; its faults are taken out")
			}
			r.lost = true
			return
		case !r.retry(term, &wait, "read", err):
			return
		}
	}
}

// save changes the record, draws the conclusions and stores it. change may be called again on a newer
// record; it must look at what it finds.
func (r *runner) save(term context.Context, change func(*experimentRecord)) {
	for wait := time.Duration(0); !r.lost; {
		next := r.record.clone()
		next.before, next.noted, next.destined = r.record, nil, false
		change(next)
		next.settle(r.service.Clock.Now())
		result, err := r.service.writeExperiment(term, r.key, next, r.revision, false)
		switch {
		case err == nil && result.Done:
			r.say(r.record, next)
			next.before, next.noted, next.destined = nil, nil, false
			r.record, r.revision = next, result.Revision
			r.courier.wake()
			return
		case err == nil:
			r.load(term) // somebody has asked to stop it, or deleted it
			if !r.lost && isFinal(r.record.status()) {
				return
			}
		case !r.retry(term, &wait, "stored", err):
			return
		}
	}
}

// retry waits, longer each time, before what failed is tried again. It is false when the term is over.
func (r *runner) retry(term context.Context, wait *time.Duration, what string, err error) bool {
	if term.Err() == nil {
		*wait = min(max(2**wait, 100*time.Millisecond), 5*time.Second)
		r.log.Error("an experiment could not be "+what, "error", err, "again_in", *wait)
		if (clock.Real{}).Sleep(term, *wait) == nil { // the state's trouble takes real time
			return true
		}
	}
	r.lost = true
	return false
}

func (r *runner) say(before, after *experimentRecord) {
	if before.status() == after.status() {
		return
	}
	state := after.Experiment.State
	level := slog.LevelInfo
	if value(state.Status) == failed {
		level = slog.LevelWarn
	}
	r.log.Log(context.Background(), level, "experiment "+value(state.Status), "reason", value(state.Reason))
}

// advance does what follows from the record as it is now. It is true when the runner's life is over.
func (r *runner) advance(term context.Context) bool {
	for {
		switch {
		case r.lost:
			r.wind(term)
			return true
		case isFinal(r.record.status()) && len(r.executions) == 0 && r.preparing == nil:
			return true
		case isFinal(r.record.status()), r.record.Ending != nil:
			r.stopAll()
			if len(r.executions) == 0 && r.preparing == nil {
				r.save(term, func(*experimentRecord) {}) // there was nothing to undo
				continue
			}
			return false
		case r.record.status() == pending:
			r.initiate(term)
			continue
		case !r.record.Prepared:
			if r.preparing == nil {
				r.prepare(term)
			}
			return false
		}
		if r.watching == nil {
			r.watch(term, !r.resumed)
		}
		names := r.record.ready()
		if len(names) == 0 {
			return false
		}
		r.begin(term, names)
	}
}

// begin starts actions whose turn it is.
func (r *runner) begin(term context.Context, names []string) {
	now := r.service.Clock.Now()
	switch {
	case !now.Before(r.record.limit()):
		r.reachLimit(term)
		return
	case value(r.record.Experiment.ExperimentOptions.ActionsMode) == "skip-all":
		r.save(term, func(next *experimentRecord) {
			for _, name := range next.ready() {
				next.setAction(name, skipped, reasonActionSkipped)
			}
		})
		return
	case slices.ContainsFunc(names, r.record.empty):
		r.save(term, func(next *experimentRecord) {
			for _, name := range next.ready() {
				if next.empty(name) {
					next.setAction(name, skipped, reasonActionEmpty)
				}
			}
		})
		return
	}
	r.save(term, func(next *experimentRecord) {
		if next.Ending != nil {
			return
		}
		for _, name := range names {
			a := next.Experiment.Actions[name]
			a.StartTime = &now
			next.Experiment.Actions[name] = a
			next.setAction(name, initiating, reasonActionInitiating)
		}
	})
	names = slices.DeleteFunc(names, func(name string) bool { return r.lost || r.record.statusOf(name) != initiating })
	r.launch(term, names, false)
}

// resume launches again what was in progress when whoever ran it went down.
func (r *runner) resume(term context.Context) {
	var again []string
	for _, name := range r.record.names() {
		switch r.record.statusOf(name) {
		case initiating, running, stopping:
			again = append(again, name)
		}
	}
	r.resumed = r.record.Prepared
	r.launch(term, again, true)
	switch now := r.service.Clock.Now(); {
	case len(again) == 0:
	case r.record.Ending != nil:
		r.log.Info("experiment was about to end at the restart and ends now", "actions", again)
	case !now.Before(r.record.limit()):
		r.log.Info("experiment ends: its time passed before the restart", "actions", again)
	default:
		r.log.Info("experiment resumed after a restart: its faults are put into force again, their counters begin anew", "actions", again)
	}
}

// at lets the runner do something at a time of the clock.
func (r *runner) at(when time.Time, do func(term context.Context)) (stop func() bool) {
	return r.service.Clock.AfterFunc(when.Sub(r.service.Clock.Now()), func() {
		r.work.begin()
		select {
		case r.events <- do:
			r.rest()
		case <-r.gone:
			r.work.end()
		}
	})
}

// overrun is how long actions may take to come to their own end at the limit.
const overrun = 5 * time.Second

// endOverrun ends what did not come to its own end at the limit: instances that were to be started again
// only later, for one.
func (r *runner) endOverrun(term context.Context) {
	if r.lost || isFinal(r.record.status()) {
		return
	}
	r.save(term, func(next *experimentRecord) {
		next.end(ExperimentState{Status: new(stopped), Reason: new(reasonLimit)})
	})
}

// reachLimit ends an experiment after 12 hours. Actions without a duration come to their own end then;
// where there are no others, the experiment is completed.
func (r *runner) reachLimit(term context.Context) {
	r.save(term, func(next *experimentRecord) {
		for _, name := range next.names() {
			if status := next.statusOf(name); status == pending || !isFinal(status) && next.due(name).After(next.limit()) {
				next.end(ExperimentState{Status: new(stopped), Reason: new(reasonLimit)})
			}
		}
	})
}

// wind waits until all actions have returned and stores nothing.
func (r *runner) wind(term context.Context) {
	r.stopAll()
	for len(r.executions) > 0 || r.preparing != nil {
		r.work.end()
		(<-r.events)(term)
	}
}

// stopAll tells everything to end that goes on.
func (r *runner) stopAll() {
	for _, x := range r.executions {
		x.stop()
	}
	if r.preparing != nil {
		r.preparing()
	}
}

// initiate takes the experiment up. When there is nothing to ask anybody for, it is prepared by that.
func (r *runner) initiate(term context.Context) {
	r.save(term, func(next *experimentRecord) {
		if next.status() != pending {
			return
		}
		next.setState(initiating, reasonInitiating)
		next.Prepared = next.plain()
	})
}

// plain reports whether the actions can begin without asking anybody.
func (r *experimentRecord) plain() bool {
	e := &r.Experiment
	return len(e.Targets) == 0 && e.LogConfiguration == nil &&
		!slices.ContainsFunc(e.StopConditions, func(c ExperimentStopCondition) bool { return value(c.Source) == sourceAlarm })
}

// dismiss ends what goes on beside the experiment.
func (r *runner) dismiss(term context.Context) {
	if r.watching != nil {
		r.watching()
	}
	r.courier.leave(!r.lost)
	if r.lost {
		return
	}
	if err := r.service.deleteUnder(term, r.record.prefixOf(stepKeys)); err != nil && term.Err() == nil {
		r.log.Warn("what the steps of an experiment did is still stored", "error", err)
	}
}

// clone is a record that can be changed while the first stays as it is. Only the map is copied: states
// are replaced, never changed in place.
func (r *experimentRecord) clone() *experimentRecord {
	c := *r
	c.Experiment.Actions = maps.Clone(r.Experiment.Actions)
	return &c
}
