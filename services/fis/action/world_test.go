package action_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

var (
	errStopped = errors.New("the experiment is ending")
	errCrash   = errors.New("kill -9")
	begin      = clock.Real{}.Now() // so that rules have not ended
)

// world is an AWS account or several, and an engine, on a clock that jumps to whenever somebody waits for.
type world struct {
	t     *testing.T
	now   time.Time
	rules *fault.Rules
	// answers are what services answer, by "service.Operation".
	answers map[string]func(account string, in aws.Document) (aws.Document, error)
	// asked are the calls that were made, "service.Operation ACCOUNT what", each with its time since the beginning.
	asked []string
	// stopAt is when the experiment is stopped; zero: not.
	stopAt time.Time
	cancel context.CancelCauseFunc
	// steps are what the engine has stored.
	steps map[string]*step
	// crash is the step that the engine dies in: "before" it is carried out, or "after" it and before the result is stored.
	crash, when string
	running     int
	// onRunning looks at the world while the action is in effect.
	onRunning func()
	log       strings.Builder
}

type step struct {
	done bool
	out  aws.Document
	err  error
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, now: begin, rules: fault.NewRules(clock.Real{}, 1), steps: map[string]*step{},
		answers: map[string]func(string, aws.Document) (aws.Document, error){},
	}
}

// run carries an action out until its end, or the engine's.
func (w *world) run(id string, parameters map[string]string, targets map[string][]target.Resource, resumed, strict bool) (err error) {
	w.t.Helper()
	do := action.Lookup(id)
	ctx, cancel := context.WithCancelCause(w.t.Context())
	defer cancel(nil)
	w.cancel = cancel
	if !w.stopAt.IsZero() && !w.now.Before(w.stopAt) {
		cancel(errStopped)
	}
	r := &action.Run{
		Experiment: "EXP1", Name: "Break", Account: "111111111111", Region: "us-east-1", Parameters: parameters, Targets: targets,
		Ask: w.ask, Strict: strict, Started: begin, Limit: begin.Add(action.MaxDuration), Resumed: resumed,
		Faults: w.rules, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Host: w,
	}
	if d := do.Duration(parameters); d > 0 {
		r.End = begin.Add(d)
	}
	defer func() {
		if p := recover(); p != nil {
			if p != errCrash {
				panic(p)
			}
			err = errCrash
		}
	}()
	return do.Run(ctx, r)
}

func (w *world) ask(ctx context.Context, account, service, operation string, in aws.Document) (aws.Document, error) {
	if ctx.Err() != nil {
		return nil, aws.AsError(context.Cause(ctx))
	}
	name := service + "." + operation
	w.asked = append(w.asked, fmt.Sprintf("%v %s %s %v", w.now.Sub(begin), name, account, summary(in)))
	answer := w.answers[name]
	if answer == nil {
		return nil, aws.NotImplemented("Nobody here answers calls of " + service + ".")
	}
	return answer(account, in)
}

// summary is the values of a document in order of the names.
func summary(in aws.Document) string {
	var names []string
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s=%v", name, in[name]))
	}
	return strings.Join(parts, " ")
}

func (w *world) Running(ctx context.Context) error {
	w.running++
	if w.onRunning != nil {
		w.onRunning()
	}
	return context.Cause(ctx)
}

func (w *world) Now() time.Time { return w.now }

func (w *world) Sleep(ctx context.Context, d time.Duration) error {
	if err := context.Cause(ctx); err != nil || d <= 0 {
		return err
	}
	to := w.now.Add(d)
	if ctx.Done() != nil && !w.stopAt.IsZero() && to.After(w.stopAt) {
		w.now = w.stopAt
		w.cancel(errStopped)
		return context.Cause(ctx)
	}
	w.now = to
	return nil
}

// Step does what the engine's does.
func (w *world) Step(ctx context.Context, name string, once action.Once, do func(context.Context) (aws.Document, error)) (aws.Document, error) {
	if err := context.Cause(ctx); err != nil && once == action.AtMostOnce {
		return nil, err
	}
	s := w.steps[name]
	switch {
	case s != nil && s.done:
		return s.out, s.err
	case s != nil && once == action.AtMostOnce:
		return nil, action.ErrOutcomeUnknown
	case s == nil:
		s = &step{}
		w.steps[name] = s
	}
	if w.crash == name && w.when == "before" {
		w.crash = ""
		panic(errCrash)
	}
	out, err := do(context.WithoutCancel(ctx))
	if w.crash == name {
		w.crash = ""
		panic(errCrash)
	}
	if err != nil && once == action.AtLeastOnce {
		return out, err
	}
	*s = step{true, out, err}
	return out, err
}

// instances is EC2 with some instances: they take 30 seconds to stop.
type instances struct {
	w      *world
	states map[string]string
	since  map[string]time.Time
}

func withInstances(w *world, states map[string]string) *instances {
	e := &instances{w, states, map[string]time.Time{}}
	w.answers["ec2.DescribeInstances"] = e.describe
	w.answers["ec2.StopInstances"] = func(_ string, in aws.Document) (aws.Document, error) {
		return e.each(in, []string{"running", "stopped", "stopping"}, "stopping")
	}
	w.answers["ec2.StartInstances"] = func(_ string, in aws.Document) (aws.Document, error) {
		return e.each(in, []string{"running", "stopped", "pending"}, "running")
	}
	w.answers["ec2.TerminateInstances"] = func(_ string, in aws.Document) (aws.Document, error) {
		return e.each(in, []string{"running", "stopped", "stopping", "terminated"}, "terminated")
	}
	w.answers["ec2.RebootInstances"] = func(_ string, in aws.Document) (aws.Document, error) {
		return e.each(in, []string{"running"}, "running")
	}
	return e
}

func (e *instances) state(id string) string {
	if e.states[id] == "stopping" && !e.w.now.Before(e.since[id].Add(30*time.Second)) {
		e.states[id] = "stopped"
	}
	return e.states[id]
}

func (e *instances) each(in aws.Document, from []string, to string) (aws.Document, error) {
	for _, id := range in["InstanceIds"].([]any) {
		switch state := e.state(id.(string)); {
		case state == "":
			return nil, &aws.Error{Code: "InvalidInstanceID.NotFound", Message: fmt.Sprintf("The instance ID '%s' does not exist", id), Status: 400}
		case !slices.Contains(from, state):
			return nil, &aws.Error{Code: "IncorrectInstanceState", Message: fmt.Sprintf("The instance '%s' is %s.", id, state), Status: 400}
		}
	}
	for _, id := range in["InstanceIds"].([]any) {
		e.states[id.(string)], e.since[id.(string)] = to, e.w.now
	}
	return aws.Document{}, nil
}

func (e *instances) describe(_ string, in aws.Document) (aws.Document, error) {
	var list []any
	for _, id := range in["InstanceIds"].([]any) {
		state := e.state(id.(string))
		if state == "" {
			return nil, &aws.Error{Code: "InvalidInstanceID.NotFound", Message: fmt.Sprintf("The instance ID '%s' does not exist", id), Status: 400}
		}
		list = append(list, aws.Document{"InstanceId": id, "State": aws.Document{"Name": state, "Code": int64(0)}})
	}
	return aws.Document{"Reservations": []any{aws.Document{"Instances": list}}}, nil
}

// arns are resources of an account.
func arns(account, form string, names ...string) (list []target.Resource) {
	for _, name := range names {
		list = append(list, target.Resource{ARN: fmt.Sprintf(form, account, name), Account: account})
	}
	return list
}

const (
	home, away = "111111111111", "222222222222"
	instance   = "arn:aws:ec2:us-east-1:%s:instance/%s"
)

// check compares an error with "CODE: reason" by its beginning; empty: none.
func check(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err == nil:
	case want == "stopped" && errors.Is(err, errStopped):
	case want == "crash" && errors.Is(err, errCrash):
	case err == nil || want == "" || !strings.HasPrefix(err.Error(), want):
		t.Errorf("%v, want %q", err, want)
	}
}

// made are the calls that change something, without their times.
func (w *world) made() (list []string) {
	for _, call := range w.asked {
		if !strings.Contains(call, ".Describe") && !strings.Contains(call, ".List") {
			_, call, _ = strings.Cut(call, " ")
			list = append(list, call)
		}
	}
	return list
}
