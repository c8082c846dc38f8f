package fis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// Whatever happens to experiments and to the server that runs them: a fault is in force exactly while
// its action is running, no acknowledged experiment is lost, nothing is done to an instance twice, and in
// the end every experiment is final, no rule is left, and each instance that was stopped runs again.
func TestInvariant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(noDeadline{t}, func(rt *rapid.T) {
			h := &history{world: newWorld(rt), rt: rt}
			h.world.quota = 8
			h.world.asker = newCloud(fleet(4, "blue")...)
			h.world.asker.alarms["errors"] = "OK"
			h.world.breakFaults = h.sometimesBroken
			h.up()
			rt.Repeat(map[string]func(*rapid.T){
				"":        h.check,
				"start":   h.startOne,
				"stop":    h.stopOne,
				"advance": h.advance,
				"restart": h.restart,
				"die":     h.die,
				"alarm":   h.alarm,
				"lever":   h.lever,
				"break":   func(rt *rapid.T) { h.broken = rapid.Bool().Draw(rt, "broken") },
			})
			h.finish()
		})
	})
}

type history struct {
	*world
	rt     *rapid.T
	ids    []*string
	broken bool // faults cannot be put into force
}

type refusing struct {
	action.Faults
	h *history
}

func (r refusing) Put(rules ...fault.Rule) error {
	if r.h.broken {
		return errors.New("broken on purpose")
	}
	return r.Faults.Put(rules...)
}

func (h *history) sometimesBroken(f action.Faults) action.Faults { return refusing{f, h} }

// randomActions is a graph without cycles: each action starts after some of those before it.
func randomActions(rt *rapid.T) actions {
	a := actions{}
	for i := range rapid.IntRange(1, 5).Draw(rt, "actions") {
		var after []string
		for j := range i {
			if rapid.IntRange(0, 2).Draw(rt, "after") == 0 {
				after = append(after, fmt.Sprint("action ", j))
			}
		}
		p := parameters{}
		if rapid.Bool().Draw(rt, "timed") {
			p["duration"] = rapid.SampledFrom([]string{"PT1S", "PT5M", "PT1H", "PT7H", "PT12H"}).Draw(rt, "duration")
		}
		id := rapid.SampledFrom([]string{"localstack:generic:api-error", "localstack:do-nothing", "aws:fis:wait"}).Draw(rt, "id")
		if id == "aws:fis:wait" && p["duration"] == "" {
			p["duration"] = "PT10M"
		}
		a[fmt.Sprint("action ", i)] = do(id, p, after...)
		if rapid.IntRange(0, 2).Draw(rt, "instances") == 0 {
			p := parameters{"startInstancesAfterDuration": rapid.SampledFrom([]string{"PT1M", "PT1H", "PT12H"}).Draw(rt, "restart")}
			a[fmt.Sprint("action ", i)] = stopInstances("some", p, after...)
		}
	}
	return a
}

// randomTemplate has actions of all kinds, and an alarm perhaps.
func (h *history) randomTemplate(rt *rapid.T) *fis.CreateExperimentTemplateRequest {
	a := randomActions(rt)
	request := h.world.request(a)
	for _, action := range a {
		if action.Targets != nil {
			mode := rapid.SampledFrom([]string{"ALL", "COUNT(2)", "PERCENT(50)"}).Draw(rt, "mode")
			request.Targets = map[string]target{"some": tagged(mode, map[string]string{"app": "blue"})}
		}
	}
	if rapid.Bool().Draw(rt, "alarmed") {
		request.StopConditions = []fis.CreateExperimentTemplateStopConditionInput{alarm("errors")}
	}
	return request
}

func (h *history) alarm(rt *rapid.T) {
	state := rapid.SampledFrom([]string{"OK", "OK", "ALARM"}).Draw(rt, "state")
	h.asker.set(func() { h.asker.alarms["errors"] = state })
}

func (h *history) lever(rt *rapid.T) {
	status := rapid.SampledFrom([]string{"engaged", "disengaged", "disengaged"}).Draw(rt, "lever")
	_, err := call[fis.UpdateSafetyLeverStateResponse](h.world, "UpdateSafetyLeverState", &fis.UpdateSafetyLeverStateRequest{
		Id: new("default"), State: &fis.UpdateSafetyLeverStateInput{Status: &status, Reason: new("a drill")},
	})
	if err != nil {
		h.refused(err, "ConflictException", 409)
	}
}

func (h *history) startOne(rt *rapid.T) {
	template, err := call[fis.CreateExperimentTemplateResponse](h.world, "CreateExperimentTemplate", h.randomTemplate(rt))
	if err != nil {
		rt.Fatal(err)
	}
	in := &fis.StartExperimentRequest{ClientToken: h.token(), ExperimentTemplateId: template.ExperimentTemplate.Id}
	out, err := call[fis.StartExperimentResponse](h.world, "StartExperiment", in)
	if err != nil {
		h.refused(err, "ServiceQuotaExceededException", 402)
		return
	}
	h.ids = append(h.ids, out.Experiment.Id)
}

func (h *history) stopOne(rt *rapid.T) {
	if len(h.ids) == 0 {
		rt.Skip("nothing to stop")
	}
	id := rapid.SampledFrom(h.ids).Draw(rt, "experiment")
	out, err := call[fis.StopExperimentResponse](h.world, "StopExperiment", &fis.StopExperimentRequest{Id: id})
	if err != nil {
		h.refused(err, "ValidationException", 400, "final state")
		return
	}
	if status := *out.Experiment.State.Status; status != "stopped" && status != "failed" && status != "completed" {
		rt.Fatalf("StopExperiment answers %s", status)
	}
}

func (h *history) advance(rt *rapid.T) {
	h.clock.Advance(time.Duration(rapid.Int64Range(1, int64(4*time.Hour)).Draw(rt, "advance")))
}

func (h *history) restart(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "gently") {
		h.down()
	} else {
		h.kill()
	}
	h.clock.Advance(time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(rt, "while down")))
	h.up()
}

// die is a server whose disk fails at some commit, and which is killed a little later.
func (h *history) die(rt *rapid.T) {
	h.disk.failFrom = h.disk.commits.Load() + rapid.Int64Range(1, 8).Draw(rt, "commits")
	template, err := call[fis.CreateExperimentTemplateResponse](h.world, "CreateExperimentTemplate", h.randomTemplate(rt))
	if err == nil {
		in := &fis.StartExperimentRequest{ClientToken: h.token(), ExperimentTemplateId: template.ExperimentTemplate.Id}
		if out, err := call[fis.StartExperimentResponse](h.world, "StartExperiment", in); err == nil {
			h.ids = append(h.ids, out.Experiment.Id)
		}
	}
	if len(h.ids) > 0 && rapid.Bool().Draw(rt, "and stop") {
		r := request("000000000000", "us-east-1")
		ctx, cancel := context.WithTimeout(r.Context, 10*time.Second)
		r.Context = ctx
		_, _ = h.bound.Handler("StopExperiment").Run(r, &fis.StopExperimentRequest{Id: rapid.SampledFrom(h.ids).Draw(rt, "experiment")})
		cancel()
	}
	h.kill()
	h.up()
}

// check compares the rules in force with what the experiments say.
func (h *history) check(rt *rapid.T) {
	synctest.Wait()
	want := map[string]bool{}
	for _, id := range h.ids {
		e := h.get(id)
		final := e.EndTime != nil
		for name, a := range e.Actions {
			switch status := *a.State.Status; {
			case status == "running" && *a.ActionId == "localstack:generic:api-error":
				want[action.Owner(*id, name)] = true
			case final && (status == "pending" || status == "running" || status == "initiating" || status == "stopping"):
				rt.Fatalf("experiment %s is %s, its action %q %s", *id, *e.State.Status, name, status)
			}
			for _, before := range a.StartAfter {
				b := e.Actions[before]
				if a.StartTime != nil && (*b.State.Status != "completed" || b.EndTime.After(*a.StartTime)) {
					rt.Fatalf("action %q began at %v after %q, which is %s at %v", name, a.StartTime, before, *b.State.Status, b.EndTime)
				}
			}
		}
	}
	for _, owner := range h.owners() {
		if !want[owner] && h.knows(owner) {
			rt.Fatalf("rule of %s is in force, whose action does not run", owner)
		}
		delete(want, owner)
	}
	for owner := range want {
		rt.Fatalf("the action %s runs without its rule", owner)
	}
}

// knows is false for experiments whose start was stored but never acknowledged.
func (h *history) knows(owner string) bool {
	for _, id := range h.ids {
		if strings.HasPrefix(owner, *id+"/") {
			return true
		}
	}
	return false
}

func (h *history) finish() {
	h.clock.Advance(13 * time.Hour)
	synctest.Wait()
	for _, id := range h.ids {
		if e := h.get(id); e.EndTime == nil || e.EndTime.Sub(*e.StartTime) > 12*time.Hour {
			h.rt.Fatalf("in the end experiment %s is %s, ended at %v", *id, *e.State.Status, e.EndTime)
		}
	}
	active, _, err := h.state.List(context.Background(), "fis/active/")
	if err != nil || len(active) > 0 {
		h.rt.Fatalf("active in the end: %v, %v", active, err)
	}
	if owners := h.owners(); len(owners) > 0 {
		h.rt.Fatalf("rules in the end: %v", owners)
	}
	h.checkInstances()
	h.close()
}

// checkInstances compares what was done to instances with the actions that have begun.
func (h *history) checkInstances() {
	asked := map[string]int{}
	entries, _, err := h.state.List(context.Background(), "fis/experiments/")
	if err != nil {
		h.rt.Fatal(err)
	}
	for _, entry := range entries {
		id := entry.Key[strings.LastIndex(entry.Key, "/")+1:]
		for _, a := range h.get(&id).Actions {
			if a.StartTime != nil && a.Targets["Instances"] == "some" {
				for _, instance := range h.resolved(&fis.Experiment{Id: &id}, "some") {
					asked[instance]++
				}
			}
		}
	}
	for id, i := range h.asker.instances {
		if h.asker.stopped[id] > asked[id] {
			h.rt.Fatalf("%s was stopped %d times by %d actions", id, h.asker.stopped[id], asked[id])
		}
		if i.state != "running" {
			h.rt.Fatalf("in the end %s is %s", id, i.state)
		}
	}
	if left, _, err := h.state.List(context.Background(), "fis/steps/"); err != nil || len(left) > 0 {
		h.rt.Fatalf("steps in the end: %v, %v", left, err)
	}
}

// noDeadline hides the test's deadline, which rapid asks for and a bubble does not have.
type noDeadline struct{ rapid.TB }
