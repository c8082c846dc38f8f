package fis_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/fis/action"
)

func TestDurationsAndOrder(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{
			"a":     wait("PT5M"),
			"error": do("localstack:generic:api-error", parameters{"service": "s3", "duration": "PT8M"}),
			"b":     wait("PT10M", "a"),
			"c":     wait("PT1M", "a", "error"),
			"d":     wait("PT2M", "b", "c"),
		})
		w.expect(e, "running", "Experiment is running.", map[string]string{"a": "running", "error": "running", "b": "pending", "c": "pending", "d": "pending"})
		w.clock.Advance(5 * time.Minute)
		w.expect(w.get(e.Id), "running", "Experiment is running.", map[string]string{"a": "completed", "error": "running", "b": "running", "c": "pending"})
		if w.fails("s3", "GetObject", "us-east-1") == nil {
			t.Error("the fault is off after 5 of 8 minutes")
		}
		w.clock.Advance(3*time.Minute + time.Second)
		w.expect(w.get(e.Id), "running", "Experiment is running.", map[string]string{"error": "completed", "b": "running", "c": "running"})
		if w.fails("s3", "GetObject", "us-east-1") != nil || len(w.owners()) > 0 {
			t.Error("the fault is on after 8 minutes")
		}
		w.clock.Advance(time.Hour) // one move, and each action has run at its own time
		e = w.get(e.Id)
		w.expect(e, "completed", "Experiment completed.", map[string]string{"a": "completed", "b": "completed", "c": "completed", "d": "completed"})
		for name, minutes := range map[string][2]time.Duration{"a": {0, 5}, "error": {0, 8}, "b": {5, 15}, "c": {8, 9}, "d": {15, 17}} {
			a := e.Actions[name]
			start, end := a.StartTime.Sub(*e.StartTime), a.EndTime.Sub(*e.StartTime)
			if start.Round(time.Second) != minutes[0]*time.Minute || end.Round(time.Second) != minutes[1]*time.Minute {
				t.Errorf("action %s ran from %v to %v, want %v", name, start, end, minutes)
			}
			if *a.State.Reason != "Action was completed." {
				t.Errorf("reason %q", *a.State.Reason)
			}
		}
		if !e.EndTime.Equal(*e.Actions["d"].EndTime) {
			t.Errorf("the experiment ended at %v, its last action at %v", e.EndTime, e.Actions["d"].EndTime)
		}
	})
}

func TestRulesEndWithTheClock(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{"a": do("localstack:generic:api-error", parameters{"duration": "PT1M"})})
		due := e.Actions["a"].StartTime.Add(time.Minute)
		rule := w.rules.List()[0]
		if rule.When.End == nil || !rule.When.End.Equal(due) || rule.ID != rule.Owner {
			t.Errorf("rule %+v, want its end at %v", rule, due)
		}
	})
}

func TestStopCancelsWhatIsPending(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{"a": wait("PT1M"), "b": wait("PT5M", "a"), "c": wait("PT1M", "b")})
		w.clock.Advance(90 * time.Second)
		e = w.stop(e.Id)
		w.expect(e, "stopped", "Experiment stopped.", map[string]string{"a": "completed", "b": "stopped", "c": "cancelled"})
		if c := e.Actions["c"]; c.StartTime != nil || c.EndTime != nil {
			t.Errorf("an action that never began has times: %+v", c)
		}
		if b := e.Actions["b"]; b.EndTime == nil || b.EndTime.Sub(*b.StartTime).Round(time.Second) != 30*time.Second {
			t.Errorf("stopped action %+v", b)
		}
	})
}

func TestLastsTwelveHours(t *testing.T) {
	inWorld(t, func(w *world) {
		unending := w.start(actions{"a": do("localstack:generic:latency", parameters{"latencyMilliseconds": "5000"}), "b": do("localstack:do-nothing", nil)})
		chain := w.start(actions{"a": wait("PT8H"), "b": wait("PT8H", "a")})
		behind := w.start(actions{"a": do("localstack:log-debug", nil), "b": wait("PT1H", "a")})
		whole := w.start(actions{"a": wait("PT12H")})
		w.clock.Advance(12*time.Hour - time.Minute)
		for _, e := range []*fis.Experiment{unending, chain, behind, whole} {
			w.expect(w.get(e.Id), "running", "Experiment is running.", nil)
		}
		w.clock.Advance(time.Hour)
		unending, chain, behind, whole = w.get(unending.Id), w.get(chain.Id), w.get(behind.Id), w.get(whole.Id)
		w.expect(unending, "completed", "Experiment completed.", map[string]string{"a": "completed", "b": "completed"})
		w.expect(chain, "stopped", "Experiment stopped at its limit of 12 hours.", map[string]string{"a": "completed", "b": "stopped"})
		w.expect(behind, "stopped", "Experiment stopped at its limit of 12 hours.", map[string]string{"a": "completed", "b": "cancelled"})
		w.expect(whole, "completed", "Experiment completed.", nil)
		for _, e := range []*fis.Experiment{unending, chain, behind, whole} {
			if e.EndTime == nil {
				continue
			}
			if lasted := e.EndTime.Sub(*e.StartTime); lasted.Round(time.Second) != 12*time.Hour || lasted > 12*time.Hour {
				t.Errorf("the experiment lasted %v", lasted)
			}
		}
		if len(w.owners()) > 0 {
			t.Errorf("rules are left: %v", w.owners())
		}
	})
}

func TestSkipAll(t *testing.T) {
	inWorld(t, func(w *world) {
		template := w.template(actions{"a": do("localstack:generic:api-error", nil), "b": wait("PT1M", "a")})
		e := must[fis.StartExperimentResponse](w)(call[fis.StartExperimentResponse](w, "StartExperiment", &fis.StartExperimentRequest{
			ClientToken: w.token(), ExperimentTemplateId: template.Id, Tags: map[string]string{"k": "v"},
			ExperimentOptions: &fis.StartExperimentExperimentOptionsInput{ActionsMode: new("skip-all")},
		})).Experiment
		w.expect(e, "completed", "Experiment completed.", map[string]string{"a": "skipped", "b": "skipped"})
		if *e.ExperimentOptions.ActionsMode != "skip-all" || e.Tags["k"] != "v" || len(w.owners()) > 0 {
			t.Errorf("experiment %+v, rules %v", e, w.owners())
		}
	})
}

// broken is faults that cannot be put into force for one action.
type broken struct {
	action.Faults
	owner string
	how   func() error
}

func (b broken) Put(rules ...fault.Rule) error {
	if len(rules[0].Owner) > len(b.owner) && rules[0].Owner[len(rules[0].Owner)-len(b.owner):] == b.owner {
		return b.how()
	}
	return b.Faults.Put(rules...)
}

func TestFailureEndsTheExperiment(t *testing.T) {
	for name, c := range map[string]struct {
		how          func() error
		code, reason string
	}{
		"refused rule": {
			func() error { return &fault.RuleError{Field: "effect.status", Message: "is odd"} },
			"ConfigurationFailure", "The fault cannot be put into force. effect.status: is odd",
		},
		"other error": {func() error { return errors.New("no way") }, "InternalFailure", "The fault could not be put into force. no way"},
		"panic":       {func() error { panic("ouch") }, "InternalFailure", "The action broke: ouch"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.down()
				w.breakFaults = func(f action.Faults) action.Faults { return broken{f, "/later", c.how} }
				w.up()
				e := w.start(actions{
					"fault":   do("localstack:generic:api-error", nil),
					"a":       wait("PT1M"),
					"later":   do("localstack:generic:api-error", nil, "a"),
					"pending": wait("PT1M", "later"),
				})
				if len(w.owners()) != 1 {
					t.Errorf("rules %v", w.owners())
				}
				w.clock.Advance(2 * time.Minute)
				e = w.get(e.Id)
				w.expect(e, "failed", c.reason, map[string]string{"fault": "stopped", "a": "completed", "later": "failed", "pending": "cancelled"})
				if f := e.State.Error; f == nil || *f.Code != c.code || *f.Location != "actions.later" || *f.AccountId != "000000000000" {
					t.Errorf("error %+v", f)
				}
				if len(w.owners()) > 0 {
					t.Errorf("rules are left: %v", w.owners())
				}
			})
		})
	}
}

func TestStateThatFailsForAWhile(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{"a": do("localstack:generic:api-error", parameters{"duration": "PT1M"})})
		w.disk.fail.Store(true)
		_, err := call[fis.StopExperimentResponse](w, "StopExperiment", &fis.StopExperimentRequest{Id: e.Id})
		if !errors.Is(err, errDisk) {
			t.Errorf("StopExperiment: %v", err)
		}
		go func() {
			_ = w.clock.Sleep(context.Background(), 10*time.Second) // a bubble's time: the engine tries meanwhile
			w.disk.fail.Store(false)
		}()
		w.clock.Advance(time.Minute) // waits until the end of the action is stored
		w.expect(w.get(e.Id), "completed", "Experiment completed.", nil)
		if w.log.count("could not be stored") == 0 {
			t.Error("nothing in the log")
		}
	})
}

func TestTwoServicesSideBySide(t *testing.T) {
	inWorld(t, func(w *world) {
		other := newWorld(t)
		other.up()
		defer other.close()
		e := w.start(actions{"a": do("localstack:generic:api-error", nil)})
		if len(other.owners()) > 0 {
			t.Error("the other server has the rule")
		}
		_, err := call[fis.GetExperimentResponse](other, "GetExperiment", &fis.GetExperimentRequest{Id: e.Id})
		other.refused(err, "ResourceNotFoundException", 404)
	})
}

func TestFiftyExperimentsAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		w.down()
		w.quota = 50
		w.up()
		template := w.template(actions{"fault": do("localstack:generic:api-error", parameters{"duration": "PT2M"}), "b": wait("PT1M", "fault")})
		var ids []*string
		for range 50 {
			ids = append(ids, w.startTemplate(template.Id).Id)
		}
		if n := len(w.owners()); n != 50 {
			t.Errorf("%d rules", n)
		}
		for i, id := range ids {
			if i%2 == 0 {
				w.stop(id)
			}
		}
		w.clock.Advance(time.Hour)
		for i, id := range ids {
			want := [2]string{"completed", "Experiment completed."}
			if i%2 == 0 {
				want = [2]string{"stopped", "Experiment stopped."}
			}
			w.expect(w.get(id), want[0], want[1], nil)
		}
	})
}

func TestConcurrentStopsAndTheEnd(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{"a": do("localstack:generic:api-error", parameters{"duration": "PT1M"})})
		results := make(chan string)
		for range 4 {
			go func() {
				out, err := w.bound.Handler("StopExperiment").Run(request("000000000000", "us-east-1"), &fis.StopExperimentRequest{Id: e.Id})
				if err != nil {
					results <- err.Error()
					return
				}
				results <- *out.(*fis.StopExperimentResponse).Experiment.State.Status
			}()
		}
		w.clock.Advance(time.Minute)
		seen := map[string]int{}
		for range 4 {
			seen[<-results]++
		}
		final := "ValidationException: Cannot modify the state of an experiment in final state"
		if seen["stopped"]+seen[final]+seen["completed"] != 4 {
			t.Errorf("answers %v", seen)
		}
		if status := *w.get(e.Id).State.Status; status != "stopped" && status != "completed" {
			t.Errorf("in the end it is %s", status)
		}
		if len(w.owners()) > 0 {
			t.Error(fmt.Sprint("rules are left: ", w.owners()))
		}
	})
}
