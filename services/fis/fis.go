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
// action is in effect, an action has ended, look again, the 12 hours are over), stores what they
// change, and starts the actions that have become ready. What follows from what is in
// experimentRecord.settle, which does nothing but change the record. Each running action is a
// goroutine of its own that talks to its runner through action.Host. A runner ends when its experiment
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
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// table is filled by the operations' own files.
// The model refuses commas in target parameters, which AWS's own documents put there.
var table = services.Table[*Service]{Check: services.LenientPatterns("ExperimentTemplateTargetParameterValue")}

// Config is what a Service needs. All fields but ActiveExperiments must be set.
type Config struct {
	State  cluster.State
	Clock  clock.Clock
	Faults action.Faults
	IDs    *random.Source
	Log    *slog.Logger
	// ActiveExperiments is how many may be active at a time per account and region; 0 is 5, AWS's quota.
	ActiveExperiments int
}

// Service is one running FIS.
type Service struct {
	Config
	engine *engine
}

// New is a service that answers calls at once; experiments run while Run does.
func New(c Config) *Service {
	if c.ActiveExperiments == 0 {
		c.ActiveExperiments = defaultActiveExperiments
	}
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

// Quotas of FIS, per account and region.
const (
	maxTemplates             = 500
	defaultActiveExperiments = 5
	maxActions               = 20
	maxParallelActions       = 10
	maxStopConditions        = 5
)
