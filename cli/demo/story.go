package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
)

// The story's names.
const (
	east      = "us-east-1"
	west      = "us-west-2"
	central   = "eu-central-1"
	tableName = "Students"
	action    = "Test disruption"
	// faultMessage is what LocalStack's FIS says in every error that it injects.
	faultMessage = "Failing as per Fault Injection Simulator configuration"
	roleARN      = "arn:aws:iam:000000000000:role/ExperimentRole"
)

// story is one play.
type story struct {
	client *client
	lines  *logLines
	show   func(Event)

	step   int
	failed bool

	template    string   // the first one
	experiments []string // all that were started, in order
}

// step is a title and what happens; its error means that an answer did not come at all.
type step struct {
	title string
	play  func(*story, context.Context) error
}

var steps = [...]step{
	{"Tables keep items, per region and account", (*story).tables},
	{"An experiment template: GetItem answers 503", (*story).createTemplate},
	{"The experiment starts", (*story).startExperiment},
	{"GetItem fails, everything else works", (*story).failingCalls},
	{"The experiment stops, and GetItem works again", (*story).stopExperiment},
	{"A regional outage: us-east-1 and us-west-2 are down", (*story).regionalOutage},
	{"Latency", (*story).latency},
	{"Looking back: lists, and ids that are not there", (*story).lists},
}

func (s *story) play(ctx context.Context) (ok bool, err error) {
	began := clock.Real{}.Now()
	for i, step := range steps {
		s.step = i + 1
		s.event(Event{Event: "step", Title: step.title})
		if err := step.play(s, ctx); err != nil {
			return false, fmt.Errorf("step %d: %w", s.step, err)
		}
		if s.failed {
			break
		}
	}
	ok = !s.failed
	s.show(Event{Event: "end", OK: &ok, Seconds: clock.Real{}.Now().Sub(began).Seconds()})
	return ok, nil
}

func (s *story) event(e Event) {
	e.Step = s.step
	s.show(e)
}

// check shows whether a promise holds; instead is what was seen.
func (s *story) check(holds bool, promise string, instead any) {
	e := Event{Event: "check", Promise: promise, OK: &holds}
	if !holds {
		e.Instead = fmt.Sprint(instead)
		s.failed = true
	}
	s.event(e)
}

// refused is true for an answer with this status and code.
func (a *answer) refused(status int, code string) bool {
	return a.failure != nil && a.failure.Code == code && a.statuses[len(a.statuses)-1] == status
}

// allStatuses is true when there were so many attempts and all got this status.
func (a *answer) allStatuses(attempts, status int) bool {
	for _, s := range a.statuses {
		if s != status {
			return false
		}
	}
	return len(a.statuses) == attempts
}

// allFaults is true when each attempt was hit by this owner's rules.
func (a *answer) allFaults(owner string) bool {
	for _, f := range a.faults {
		if f != owner {
			return false
		}
	}
	return true
}

// at is the member at a path into nested documents; nil when there is none.
func at(value any, path ...string) any {
	for _, name := range path {
		document, ok := value.(aws.Document)
		if !ok {
			return nil
		}
		value = document[name]
	}
	return value
}

func textAt(value any, path ...string) string {
	text, _ := at(value, path...).(string)
	return text
}

// create makes a template from JSON as a user would write it, and answers its id. The client adds the
// token, as SDKs do.
func (s *story) create(ctx context.Context, region, body string) (id string, a *answer, err error) {
	body = fmt.Sprintf(`{"clientToken": %q, %s`, s.client.ids.UUID(), strings.TrimPrefix(body, "{"))
	a, err = s.client.do(ctx, request{name: "fis.CreateExperimentTemplate", region: region, body: body})
	if err != nil {
		return "", nil, err
	}
	return textAt(a.out, "experimentTemplate", "id"), a, nil
}

// begin starts an experiment and waits until it runs; within is how long that took.
func (s *story) begin(ctx context.Context, region, template string) (id, first string, within time.Duration, err error) {
	a, err := s.client.do(ctx, request{name: "fis.StartExperiment", region: region, in: aws.Document{
		"clientToken": s.client.ids.UUID(), "experimentTemplateId": template,
	}})
	if err != nil {
		return "", "", 0, err
	}
	if a.failure != nil {
		return "", "", 0, a.failure
	}
	id, first = textAt(a.out, "experiment", "id"), textAt(a.out, "experiment", "state", "status")
	s.experiments = append(s.experiments, id)
	began := s.client.clock.Now()
	for {
		state, err := s.state(ctx, region, id)
		if err != nil {
			return "", "", 0, err
		}
		within = s.client.clock.Now().Sub(began)
		if state != "pending" && state != "initiating" {
			if state != "running" {
				return "", "", 0, fmt.Errorf("experiment %s is %s, not running", id, state)
			}
			return id, first, within, nil
		}
		if err := s.client.clock.Sleep(ctx, 2*time.Millisecond); err != nil {
			return "", "", 0, err
		}
	}
}

func (s *story) state(ctx context.Context, region, id string) (string, error) {
	a, err := s.client.do(ctx, request{name: "fis.GetExperiment", region: region, in: aws.Document{"id": id}, quiet: true})
	if err != nil {
		return "", err
	}
	if a.failure != nil {
		return "", a.failure
	}
	return textAt(a.out, "experiment", "state", "status"), nil
}

// during runs an experiment of this template while fn does its checks.
func (s *story) during(ctx context.Context, region, body string, fn func(id string) error) error {
	template, a, err := s.create(ctx, region, body)
	if err != nil {
		return err
	}
	if a.failure != nil {
		return a.failure
	}
	id, _, _, err := s.begin(ctx, region, template)
	if err != nil {
		return err
	}
	if err := fn(id); err != nil {
		return err
	}
	return s.stop(ctx, region, id)
}

func (s *story) stop(ctx context.Context, region, id string) error {
	a, err := s.client.do(ctx, request{name: "fis.StopExperiment", region: region, in: aws.Document{"id": id}})
	if err != nil {
		return err
	}
	state := textAt(a.out, "experiment", "state", "status")
	s.check(a.succeeded() && (state == "stopping" || state == "stopped"), "the experiment stops", a)
	return nil
}

// works checks that a call succeeds at its first attempt, untouched by any fault.
func (s *story) works(ctx context.Context, r request, promise string) error {
	a, err := s.client.do(ctx, r)
	if err != nil {
		return err
	}
	s.check(a.succeeded() && a.faults[0] == "" && a.call == r.name, promise, a)
	return nil
}

func getItem() aws.Document {
	return aws.Document{"TableName": tableName, "Key": aws.Document{"id": aws.Document{"S": "S001"}}}
}

const statusUnavailable = http.StatusServiceUnavailable
