package fis_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/journal"
	"github.com/brownoutdev/brownout/services/fis"
)

func alarm(name string) fis.CreateExperimentTemplateStopConditionInput {
	return fis.CreateExperimentTemplateStopConditionInput{
		Source: new("aws:cloudwatch:alarm"), Value: new("arn:aws:cloudwatch:us-east-1:000000000000:alarm:" + name),
	}
}

func signal(text string) fis.CreateExperimentTemplateStopConditionInput {
	return fis.CreateExperimentTemplateStopConditionInput{Source: new("brownout:calls"), Value: &text}
}

func (w *world) until(a actions, conditions ...fis.CreateExperimentTemplateStopConditionInput) *fis.Experiment {
	w.t.Helper()
	request := w.request(a)
	request.StopConditions = conditions
	return w.begins(request)
}

const halted = "Experiment halted by stop condition."

func TestAlarmStopsTheExperiment(t *testing.T) {
	cloud := newCloud()
	cloud.alarms["latency"], cloud.alarms["errors"] = "OK", "INSUFFICIENT_DATA"
	inCloud(t, cloud, func(w *world) {
		e := w.until(actions{"a": do("localstack:generic:api-error", parameters{"duration": "PT5M"}), "b": wait("PT1M", "a")}, alarm("errors"), alarm("latency"))
		w.clock.Advance(2 * time.Minute)
		w.expect(w.get(e.Id), "running", "Experiment is running.", nil)
		cloud.set(func() { cloud.alarms["latency"] = "ALARM" })
		w.clock.Advance(2 * time.Second)
		e = w.get(e.Id)
		w.expect(e, "stopped", halted, map[string]string{"a": "stopped", "b": "cancelled"})
		if lasted := e.EndTime.Sub(*e.StartTime).Round(time.Second); lasted < 120*time.Second || lasted > 122*time.Second {
			t.Errorf("it lasted %v", lasted)
		}
		if len(w.owners()) > 0 {
			t.Errorf("rules are left: %v", w.owners())
		}
	})
}

func TestAlarmAtTheStartPreventsTheExperiment(t *testing.T) {
	cloud := newCloud()
	cloud.alarms["errors"] = "ALARM"
	inCloud(t, cloud, func(w *world) {
		e := w.until(actions{"a": wait("PT5M")}, alarm("errors"))
		w.expect(e, "stopped", halted, map[string]string{"a": "cancelled"})
		if e.Actions["a"].StartTime != nil {
			t.Error("an action has begun")
		}
	})
}

func TestAlarmThatIsNotThere(t *testing.T) {
	cloud := newCloud()
	inCloud(t, cloud, func(w *world) {
		e := w.until(actions{"a": wait("PT5M")}, alarm("errors"))
		w.clock.Advance(time.Minute)
		cloud.set(func() { cloud.broken["cloudwatch"] = true })
		w.clock.Advance(time.Minute)
		w.expect(w.get(e.Id), "running", "Experiment is running.", nil)
		if n := w.log.count("does not exist in us-east-1"); n != 1 {
			t.Errorf("the log says %d times that the alarm does not exist", n)
		}
		if n := w.log.count("cannot be looked at"); n != 1 {
			t.Errorf("the log says %d times that alarms cannot be looked at", n)
		}
		notes := 0
		for _, entry := range w.entries(e) {
			if entry.Note != "" {
				notes++
			}
		}
		if notes != 2 {
			t.Errorf("%d notes", notes)
		}
		cloud.set(func() { cloud.broken["cloudwatch"], cloud.alarms["errors"] = false, "ALARM" })
		w.clock.Advance(2 * time.Second)
		w.expect(w.get(e.Id), "stopped", halted, nil)
	})
}

// An upstream that answers nothing holds up nobody who moves the clock.
func TestAlarmsOfAnUpstreamThatHangs(t *testing.T) {
	cloud := newCloud()
	cloud.alarms["errors"] = "OK"
	inCloud(t, cloud, func(w *world) {
		w.down()
		w.remote = true
		w.up()
		e := w.until(actions{"a": wait("PT5H")}, alarm("errors"))
		cloud.set(func() { cloud.hung["cloudwatch"] = true })
		began := time.Now() // the bubble's
		w.clock.Advance(time.Hour)
		if took := time.Since(began); took > time.Minute {
			t.Errorf("moving the clock took %v", took)
		}
		w.expect(w.get(e.Id), "running", "Experiment is running.", nil)
		cloud.set(func() { cloud.hung["cloudwatch"], cloud.alarms["errors"] = false, "ALARM" })
		if err := (clock.Real{}).Sleep(w.context(), 10*time.Second); err != nil { // the bubble's
			t.Error(err)
		}
		synctest.Wait()
		w.expect(w.get(e.Id), "stopped", halted, nil)
	})
}

func TestAlarmsAreWatchedAfterARestart(t *testing.T) {
	cloud := newCloud()
	cloud.alarms["errors"] = "OK"
	inCloud(t, cloud, func(w *world) {
		e := w.until(actions{"a": wait("PT5M")}, alarm("errors"))
		w.kill()
		cloud.alarms["errors"] = "ALARM"
		w.up()
		w.expect(w.get(e.Id), "stopped", halted, map[string]string{"a": "stopped"})
	})
}

func TestSignals(t *testing.T) {
	for name, c := range map[string]struct {
		signal string
		call   journal.Record // ended once a second
		stops  bool
	}{
		"errors":                {"service=dynamodb error-rate>50% for 10s", journal.Record{Service: "dynamodb", Status: 500}, true},
		"injected errors":       {"error-rate>50% for 10s", journal.Record{Service: "dynamodb", Status: 400, InjectedError: true}, true},
		"of another service":    {"service=sqs error-rate>50% for 10s", journal.Record{Service: "dynamodb", Status: 500}, false},
		"of another region":     {"region=eu-west-1 error-rate>50% for 10s", journal.Record{Service: "dynamodb", Region: "us-east-1", Status: 500}, false},
		"no errors":             {"error-rate>50% for 10s", journal.Record{Service: "dynamodb", Status: 200}, false},
		"latency":               {"service=dynamodb operation=GetItem p99>500ms for 10s", journal.Record{Service: "dynamodb", Operation: "GetItem", Status: 200, Total: time.Second}, true},
		"less latency":          {"service=dynamodb p99>2s for 10s", journal.Record{Service: "dynamodb", Status: 200, Total: time.Second}, false},
		"many calls":            {"service=dynamodb rate>0.5/s for 10s", journal.Record{Service: "dynamodb", Status: 200}, true},
		"too few for a rate":    {"service=dynamodb rate>2/s for 10s", journal.Record{Service: "dynamodb", Status: 200}, false},
		"too few for a verdict": {"error-rate>50% for 4s", journal.Record{Service: "dynamodb", Status: 500}, false},
	} {
		t.Run(name, func(t *testing.T) {
			inCloud(t, newCloud(), func(w *world) {
				w.down()
				w.calls = journal.New(100, w.clock)
				w.up()
				e := w.until(actions{"a": wait("PT5M")}, signal(c.signal))
				for range 30 {
					w.clock.Advance(time.Second)
					call := c.call
					w.calls.Add(&call)
					synctest.Wait()
				}
				e = w.get(e.Id)
				if !c.stops {
					w.expect(e, "running", "Experiment is running.", nil)
					return
				}
				w.expect(e, "stopped", halted, map[string]string{"a": "stopped"})
				if lasted := e.EndTime.Sub(*e.StartTime); lasted < 10*time.Second || lasted > 12*time.Second {
					t.Errorf("it lasted %v", lasted)
				}
			})
		})
	}
}

func TestSafetyLeverUndoes(t *testing.T) {
	inCloud(t, newCloud(fleet(1, "blue")...), func(w *world) {
		lever := func(status string) string {
			t.Helper()
			return *must[fis.UpdateSafetyLeverStateResponse](w)(call[fis.UpdateSafetyLeverStateResponse](w, "UpdateSafetyLeverState", &fis.UpdateSafetyLeverStateRequest{
				Id: new("default"), State: &fis.UpdateSafetyLeverStateInput{Status: &status, Reason: new("a drill")},
			})).SafetyLever.State.Status
		}
		request := w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", parameters{"startInstancesAfterDuration": "PT1H"})})
		e := w.begins(request)
		w.expect(e, "running", "Experiment is running.", map[string]string{"stop": "running"})
		lever("engaged")
		synctest.Wait()
		if status := *must[fis.GetSafetyLeverResponse](w)(call[fis.GetSafetyLeverResponse](w, "GetSafetyLever", &fis.GetSafetyLeverRequest{Id: new("default")})).SafetyLever.State.Status; status != "engaged" {
			t.Errorf("the lever is %s", status)
		}
		e = w.get(e.Id)
		if *e.State.Status != "stopped" || !strings.Contains(*e.State.Reason, "lever") || w.asker.states()[0] != "running" {
			t.Errorf("it is %s (%s), the instances %v", *e.State.Status, *e.State.Reason, w.asker.states())
		}
		request.ClientToken = w.token()
		e = w.begins(request)
		if *e.State.Status != "cancelled" || *e.Actions["stop"].State.Status != "cancelled" || w.asker.stopped["i-0000"] != 1 {
			t.Errorf("it is %s (%s)", *e.State.Status, *e.State.Reason)
		}
		lever("disengaged")
		request.ClientToken = w.token()
		w.expect(w.begins(request), "running", "Experiment is running.", nil)
	})
}

// The server goes down between the lever's being moved and the experiments' being told.
func TestSafetyLeverAfterACrash(t *testing.T) {
	inCloud(t, newCloud(), func(w *world) {
		e := w.start(actions{"a": wait("PT1H")})
		w.disk.failFrom = w.disk.commits.Load() + 2
		_, err := call[fis.UpdateSafetyLeverStateResponse](w, "UpdateSafetyLeverState", &fis.UpdateSafetyLeverStateRequest{
			Id: new("default"), State: &fis.UpdateSafetyLeverStateInput{Status: new("engaged"), Reason: new("a drill")},
		})
		if err == nil {
			t.Error("the lever was moved without a disk")
		}
		w.kill()
		w.up()
		synctest.Wait()
		if got := w.get(e.Id); *got.State.Status != "stopped" {
			t.Errorf("it is %s", *got.State.Status)
		}
	})
}

// entries is an experiment's log.
func (w *world) entries(e *fis.Experiment) []fis.Entry {
	w.t.Helper()
	entries, ok, err := w.service.ExperimentLog(w.context(), *e.Id, 0)
	if !ok || err != nil {
		w.t.Fatalf("no log: %v, %v", ok, err)
	}
	for i, entry := range entries {
		if entry.Number != i || !json.Valid(append(entry.Log, entry.Event...)) && entry.Note == "" {
			w.t.Errorf("entry %d: %+v", i, entry)
		}
	}
	return entries
}
