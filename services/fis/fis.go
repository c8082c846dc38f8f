// Package fis is the AWS Fault Injection Service: its API, a file per operation, and the engine that
// runs experiments.
//
// # Who owns what
//
// All facts live in cluster.State, none only in memory:
//
//	fis/templates/ACCOUNT/REGION/ID     a template
//	fis/experiments/ACCOUNT/REGION/ID   an experiment: the shape that GetExperiment answers, and how it is to end
//	fis/active/ACCOUNT/REGION/ID        there while the experiment is in no final state
//	fis/tokens/ACCOUNT/REGION/OP/HASH   which resource a client token made, and from which request
//	fis/guards/ACCOUNT/REGION           changed by whatever counts against a quota
//	fis/levers/ACCOUNT/REGION           the safety lever, once it was moved
//	fis/tags/ACCOUNT/REGION/ACTION      the tags of an action
//	fis/steps/ACCOUNT/REGION/EXPERIMENT/ACTION/NAME   an effect of an action: the intent, then what came of it
//	fis/log/ACCOUNT/REGION/EXPERIMENT/NUMBER   an entry of an experiment's log
//	fis/deliveries/ACCOUNT/REGION/EXPERIMENT   there while the log is not delivered to its end; how far it is
//
// Every write is a compare-and-set of the record that was read, so a crash between any two of them
// leaves a state from which the engine goes on. Operations write three things: a new template, a new
// experiment, and "is to stop" into an experiment; the rest of an experiment's life is written by the
// engine of the one replica that leads "fis/engine".
//
// # Goroutines
//
// The engine has a runner per active experiment, found by listing and then watching fis/active. A
// runner is one goroutine that owns its experiment's record: it takes events one after the other (an
// action is in effect, an action has ended, look again, a stop condition is met, the 12 hours are over),
// stores what they change, with what the experiment's log says of it, and starts the actions that have become ready. What follows from what is in
// experimentRecord.settle, which does nothing but change the record. Each running action is a
// goroutine of its own that talks to its runner through action.Host; so are what is done before the first
// action (prepare) and the watch on the stop conditions. A courier per experiment brings its log away. A runner ends when its experiment
// is final, gone, or the engine winds down; not before all its actions have returned, hence have taken
// out their rules. An engine that winds down stores nothing: whoever leads next resumes.
//
// # Time
//
// Time is the clock's alone, and whoever moves it can rely on what follows: activity counts the
// goroutines of an experiment that have work to do, and a timer that wakes one returns only when all
// of them wait again. So clock.Movable's Advance runs a whole chain of actions, each at its own time.
//
// Locks: engine.mutex guards the set of runners and is never held while anything waits; activity has
// its own, a leaf. Runners share no memory with each other.
package fis

import (
	"context"
	"log/slog"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// lenientPatterns are shapes whose pattern is not judged: the model refuses commas in target
// parameters, which AWS's own documents put there.
var lenientPatterns = []string{"ExperimentTemplateTargetParameterValue"}

// table is filled by the operations' own files.
var table = services.Table[*Service]{Check: services.LenientPatterns(lenientPatterns...)}

// Config is what a Service needs. State, Clock, Faults, IDs and Log must be set.
type Config struct {
	State  cluster.State
	Clock  clock.Clock
	Faults action.Faults
	IDs    *random.Source
	Log    *slog.Logger
	// Strict: only what AWS takes is taken.
	Strict bool
	// Asker asks other services; nil: nobody answers.
	Asker services.Asker
	// Remote says which services are not answered in this process; nil: none. Theirs know nothing of a
	// clock that was moved.
	Remote func(service string) bool
	// Rates are those of recent calls, for stop conditions; nil: no such condition is ever met.
	Rates *journal.Rates
	// Quotas are those that are not AWS's.
	Quotas Quotas
}

// Service is one running FIS.
type Service struct {
	Config
	engine *engine
}

// New is a service that answers calls at once; experiments run while Run does.
func New(c Config) *Service {
	s := &Service{Config: c}
	s.engine = newEngine(s)
	return s
}

// Bind makes the operations those of this service.
func (s *Service) Bind() *services.Service {
	bound := table.Bind("fis", s)
	bound.Reset = s.Reset
	return bound
}

// Run leads (or waits to) and runs experiments until ctx is done; then it takes their rules out and
// returns nil. Experiments that were running go on with the next Run on the same state. It returns an
// error when the state cannot be read.
func (s *Service) Run(ctx context.Context) error { return s.engine.run(ctx) }

// Ready is closed when Run leads for the first time and every experiment that was active before has
// been resumed: its rules are in force, as far as its actions were.
func (s *Service) Ready() <-chan struct{} { return s.engine.ready }
