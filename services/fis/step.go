package fis

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// stepRecord is a step of an action as it is stored. Until Done it is the intent.
type stepRecord struct {
	Done   bool            `json:",omitempty"`
	Result json.RawMessage `json:",omitempty"` // see freeze
	Error  *stepError      `json:",omitempty"`
}

// stepError is how a step ended that failed: an *action.Error when it has a Reason, else an *aws.Error.
type stepError struct {
	Code, Reason, Message string `json:",omitempty"`
	Status                int    `json:",omitempty"`
	Sender                bool   `json:",omitempty"`
}

// stepGrace is how long a step that is being carried out may go on after the engine was told to wind down,
// in real time: to break it off would leave nobody knowing what it did.
const stepGrace = 5 * time.Second

// Step implements action.Host. A step that was begun is not broken off when the action is told to end.
func (x *execution) Step(ctx context.Context, name string, once action.Once, do func(context.Context) (aws.Document, error)) (aws.Document, error) {
	if err := x.mayStep(ctx, once); err != nil {
		return nil, err
	}
	key := x.steps + url.PathEscape(name)
	var step *stepRecord
	var revision int64
	if err := x.insist(func(ctx context.Context) (err error) {
		step, revision, _, err = load[stepRecord](ctx, x.runner.service.State, key)
		return err
	}); err != nil {
		return nil, err
	}
	switch {
	case step != nil && step.Done:
		return step.outcome()
	case step != nil && once == action.AtMostOnce:
		return nil, action.ErrOutcomeUnknown
	case step == nil:
		if err := x.keepStep(key, &revision, stepRecord{}); err != nil {
			return nil, err
		}
	}
	doing, cancel := x.bounded(context.WithoutCancel(ctx))
	defer cancel()
	result, err := do(doing)
	if err != nil && (once == action.AtLeastOnce || doing.Err() != nil) {
		return result, err // undoing that failed is to be tried again; of what was broken off nobody knows what it did
	}
	if kept := x.keepStep(key, &revision, doneStep(result, err)); kept != nil {
		return nil, kept
	}
	return result, err
}

// mayStep is an error when no step is to begin: an engine that winds down leaves the world as it is,
// since whoever leads next goes on; and effects end with their action.
func (x *execution) mayStep(ctx context.Context, once action.Once) error {
	if x.term.Err() != nil {
		return context.Cause(x.term)
	}
	if once == action.AtLeastOnce {
		return nil
	}
	return context.Cause(ctx)
}

// ask is action.Run's Ask.
func (x *execution) ask(ctx context.Context, account, service, operation string, in aws.Document) (aws.Document, error) {
	ctx, cancel := x.bounded(ctx)
	defer cancel()
	return x.runner.asking.ask(ctx, account, service, operation, in)
}

// bounded is a context that is done at the latest stepGrace after the engine was told to wind down.
func (x *execution) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	doing, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(x.term, func() {
		_ = (clock.Real{}).Sleep(doing, stepGrace)
		cancel()
	})
	return doing, func() { stop(); cancel() }
}

// keepStep stores a step. revision is that of what is stored, before and after.
func (x *execution) keepStep(key string, revision *int64, step stepRecord) error {
	return x.insist(func(ctx context.Context) error {
		result, err := x.runner.service.State.Commit(ctx, cluster.Transaction{
			If:   []cluster.Condition{{Key: key, Revision: *revision}},
			Then: []cluster.Write{{Key: key, Value: encode(step)}},
		})
		if err == nil && !result.Done {
			return errStepTaken
		}
		*revision = result.Revision
		return err
	})
}

// errStepTaken says that two carried out one step at a time: another replica leads, or the action uses
// a step's name twice at once.
var errStepTaken = &action.Error{Code: action.InternalFailure, Reason: "A step of the action was carried out by somebody else at the same time."}

// insist tries until it succeeds. It gives up when the engine has wound down.
func (x *execution) insist(do func(ctx context.Context) error) error {
	kept := context.WithoutCancel(x.term) // what a step did is stored even while the engine winds down
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := do(kept)
		if err == nil || errors.Is(err, errStepTaken) {
			return err
		}
		x.runner.service.Log.Error("a step of an action could not be stored", "experiment_key", x.runner.key, "action", x.name, "error", err, "again_in", wait)
		if (clock.Real{}).Sleep(x.term, wait) != nil {
			return context.Cause(x.term)
		}
	}
}

func doneStep(result aws.Document, err error) stepRecord {
	step := stepRecord{Done: true}
	if err == nil {
		step.Result = encode(freeze(result))
		return step
	}
	var failed *action.Error
	if errors.As(err, &failed) {
		step.Error = &stepError{Code: failed.Code, Reason: failed.Reason}
		return step
	}
	e := aws.AsError(err)
	step.Error = &stepError{Code: e.Code, Message: e.Message, Status: e.Status, Sender: e.Sender}
	return step
}

// outcome is what the step answered when it was carried out.
func (s *stepRecord) outcome() (aws.Document, error) {
	switch e := s.Error; {
	case e == nil:
		return thawDocument(s.Result)
	case e.Reason != "":
		return nil, &action.Error{Code: e.Code, Reason: e.Reason}
	default:
		return nil, &aws.Error{Code: e.Code, Message: e.Message, Status: e.Status, Sender: e.Sender}
	}
}
