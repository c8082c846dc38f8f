package fis_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/cluster/local"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/identity"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/store/memory"
)

// TestMain makes the random histories fewer than rapid's 100, which take long under the race detector;
// -rapid.checks=1500 runs more of them.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// world is a FIS with everything around it, whose server can go down and come back on the same data.
type world struct {
	t     rapid.TB
	state *local.State
	clock *clock.Movable
	// quota is how many experiments may be active; 0: AWS's quota.
	quota  int
	strict bool
	// asker is the AWS around it, calls are the calls that it knows of; nil: none.
	asker *cloud
	calls *journal.Journal
	// remote: asker is another process.
	remote bool
	// breakFaults, when set, stands between the engine and the rules.
	breakFaults func(action.Faults) action.Faults

	// Of the server that is up.
	rules   *fault.Rules
	service *fis.Service
	bound   *services.Service
	disk    *disk
	cancel  context.CancelFunc
	done    chan error
	log     *lines
	tokens  int
}

// inWorld runs a test in a bubble of synctest: nothing in it depends on how fast the machine is, and
// whatever leaks is found.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.up()
		defer w.close()
		test(w)
	})
}

func newWorld(t rapid.TB) *world {
	t.Helper()
	state, err := local.New(memory.New(), []byte("c/"))
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, state: state, clock: clock.NewMovable(), log: &lines{}}
}

// up starts a server on the data and waits until it has resumed what was active.
func (w *world) up() {
	w.t.Helper()
	w.begin()
	select {
	case <-w.service.Ready():
	case err := <-w.done:
		w.t.Fatalf("Run: %v", err)
	}
}

// begin starts a server that leads as soon as no other does.
func (w *world) begin() {
	w.rules = fault.NewRules(w.clock, 1)
	w.disk = &disk{State: w.state}
	var faults action.Faults = w.rules
	if w.breakFaults != nil {
		faults = w.breakFaults(faults)
	}
	w.service = fis.New(w.around(fis.Config{
		State: w.disk, Clock: w.clock, Faults: faults, IDs: random.New(),
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Quotas: w.quotas(), Strict: w.strict,
	}))
	w.bound = w.service.Bind()
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel, w.done = cancel, make(chan error, 1)
	go func() { w.done <- w.service.Run(ctx) }()
}

func (w *world) around(c fis.Config) fis.Config {
	if w.asker != nil {
		c.Asker = w.asker
	}
	if w.remote {
		c.Remote = func(string) bool { return true }
	}
	if w.calls != nil {
		c.Rates = w.calls.Rates()
	}
	return c
}

func (w *world) quotas() fis.Quotas {
	if w.quota == 0 {
		return nil
	}
	return fis.Quotas{fis.QuotaActive: w.quota}
}

// down ends the server. Nothing may be left in force.
func (w *world) down() {
	w.t.Helper()
	w.cancel()
	if err := <-w.done; err != nil {
		w.t.Errorf("Run: %v", err)
	}
	if left := w.rules.List(); len(left) > 0 {
		w.t.Errorf("rules are left after the engine has wound down: %v", left)
	}
}

// kill ends the server as kill -9 does: nothing of it is written any more.
func (w *world) kill() {
	w.t.Helper()
	w.disk.fail.Store(true)
	w.down()
}

func (w *world) close() {
	w.t.Helper()
	w.down()
	if err := w.state.Close(); err != nil {
		w.t.Error(err)
	}
}

// disk is a State that can be made to fail.
type disk struct {
	cluster.State
	fail    atomic.Bool
	commits atomic.Int64
	// failFrom is the number of the first commit that fails; 0: none.
	failFrom int64
}

var errDisk = errors.New("the disk is gone")

func (d *disk) Commit(ctx context.Context, t cluster.Transaction) (cluster.Result, error) {
	n := d.commits.Add(1)
	if d.fail.Load() || d.failFrom > 0 && n >= d.failFrom {
		return cluster.Result{}, errDisk
	}
	return d.State.Commit(ctx, t)
}

// lines is a log.
type lines struct {
	mutex sync.Mutex
	text  []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.text = append(l.text, string(p))
	return len(p), nil
}

func (l *lines) count(part string) (n int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, line := range l.text {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

func request(account, region string) *services.Request {
	return &services.Request{
		Context: context.Background(),
		Call:    &aws.Call{Service: "fis", Account: account, Region: region},
		Caller:  identity.Of(account),
		Faults:  fault.NoFaults{},
	}
}

// expiring is a request whose client goes away after a minute.
func expiring(t testing.TB) *services.Request {
	r := request(aws.DefaultAccount, "us-east-1")
	ctx, cancel := context.WithTimeout(r.Context, time.Minute)
	t.Cleanup(cancel)
	r.Context = ctx
	return r
}

// call runs an operation in the default account and us-east-1.
func call[Out any](w *world, operation string, in any) (*Out, error) {
	w.t.Helper()
	return callIn[Out](w, aws.DefaultAccount, "us-east-1", operation, in)
}

func callIn[Out any](w *world, account, region, operation string, in any) (*Out, error) {
	w.t.Helper()
	handler := w.bound.Handler(operation)
	if handler == nil {
		return nil, fmt.Errorf("no operation %s", operation)
	}
	out, err := handler.Run(request(account, region), in)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

// must is for calls that have to succeed.
func must[Out any](w *world) func(out *Out, err error) *Out {
	w.t.Helper()
	return func(out *Out, err error) *Out {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
		return out
	}
}

type (
	actions    = map[string]fis.CreateExperimentTemplateActionInput
	parameters = map[string]string
)

func do(id string, p parameters, after ...string) fis.CreateExperimentTemplateActionInput {
	return fis.CreateExperimentTemplateActionInput{ActionId: &id, Parameters: p, StartAfter: after}
}

func wait(duration string, after ...string) fis.CreateExperimentTemplateActionInput {
	return do("aws:fis:wait", parameters{"duration": duration}, after...)
}

func (w *world) token() *string {
	w.tokens++
	return new("token " + time.Duration(w.tokens).String())
}

func (w *world) request(a actions) *fis.CreateExperimentTemplateRequest {
	return &fis.CreateExperimentTemplateRequest{
		ClientToken: w.token(), Description: new("a test"), Actions: a,
		StopConditions: []fis.CreateExperimentTemplateStopConditionInput{{Source: new("none")}},
		RoleArn:        new("arn:aws:iam::000000000000:role/Experiments"),
	}
}

func (w *world) template(a actions) *fis.ExperimentTemplate {
	w.t.Helper()
	return must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", w.request(a))).ExperimentTemplate
}

// start makes a template and starts it.
func (w *world) start(a actions) *fis.Experiment {
	w.t.Helper()
	return w.startTemplate(w.template(a).Id)
}

func (w *world) startTemplate(id *string) *fis.Experiment {
	w.t.Helper()
	in := &fis.StartExperimentRequest{ClientToken: w.token(), ExperimentTemplateId: id}
	return must[fis.StartExperimentResponse](w)(call[fis.StartExperimentResponse](w, "StartExperiment", in)).Experiment
}

func (w *world) get(id *string) *fis.Experiment {
	w.t.Helper()
	return must[fis.GetExperimentResponse](w)(call[fis.GetExperimentResponse](w, "GetExperiment", &fis.GetExperimentRequest{Id: id})).Experiment
}

func (w *world) stop(id *string) *fis.Experiment {
	w.t.Helper()
	return must[fis.StopExperimentResponse](w)(call[fis.StopExperimentResponse](w, "StopExperiment", &fis.StopExperimentRequest{Id: id})).Experiment
}

// owners are the owners of the rules in force.
func (w *world) owners() (owners []string) {
	for _, rule := range w.rules.List() {
		owners = append(owners, rule.Owner)
	}
	return owners
}

// fails is the error that a call of this operation gets now; nil when no rule refuses it.
func (w *world) fails(service, operation, region string) *aws.Error {
	c := &aws.Call{Service: service, Operation: operation, Region: region, At: w.clock.Now()}
	var plan fault.Plan
	w.rules.Set().Match(c, &plan)
	if err := plan.Before(context.Background(), c); err != nil {
		return aws.AsError(err)
	}
	return nil
}

func (w *world) expect(e *fis.Experiment, status, reason string, states map[string]string) {
	w.t.Helper()
	if *e.State.Status != status || *e.State.Reason != reason {
		w.t.Errorf("experiment is %s (%s), want %s (%s)", *e.State.Status, *e.State.Reason, status, reason)
	}
	for name, want := range states {
		if got := *e.Actions[name].State.Status; got != want {
			w.t.Errorf("action %q is %s (%s), want %s", name, got, *e.Actions[name].State.Reason, want)
		}
	}
	final := slices.Contains([]string{"completed", "stopped", "failed", "cancelled"}, status)
	if (e.EndTime != nil) != final {
		w.t.Errorf("endTime of an experiment that is %s: %v", status, e.EndTime)
	}
}

func (w *world) refused(err error, code string, status int, parts ...string) {
	w.t.Helper()
	if err == nil {
		w.t.Errorf("no error, want %s", code)
		return
	}
	e := aws.AsError(err)
	if e.Code != code || e.Status != status {
		w.t.Errorf("error %s (%d) %q, want %s (%d)", e.Code, e.Status, e.Message, code, status)
	}
	for _, part := range parts {
		if !strings.Contains(e.Message, part) {
			w.t.Errorf("message %q does not say %q", e.Message, part)
		}
	}
}
