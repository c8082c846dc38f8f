package fis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A server that dies while targets are looked for looks for them again.
func TestKilledWhileResolving(t *testing.T) {
	cloud := newCloud(fleet(3, "blue")...)
	cloud.hung["ec2"] = true
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("COUNT(2)", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil)}))
		w.expect(e, "initiating", "Experiment is initiating.", map[string]string{"stop": "pending"})
		w.kill()
		cloud.hung["ec2"] = false
		w.up()
		synctest.Wait()
		w.expect(w.get(e.Id), "completed", "Experiment completed.", map[string]string{"stop": "completed"})
		if len(w.resolved(e, "these")) != 2 {
			t.Errorf("resolved %v", w.resolved(e, "these"))
		}
	})
}

func TestStoppedWhileResolving(t *testing.T) {
	cloud := newCloud(fleet(3, "blue")...)
	cloud.hung["ec2"] = true
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil)}))
		w.expect(w.stop(e.Id), "stopped", "Experiment stopped.", map[string]string{"stop": "cancelled"})
		if len(cloud.stopped) > 0 {
			t.Errorf("stopped %v", cloud.stopped)
		}
	})
}

// A server that dies at each of its writes, from the start of an experiment that stops instances to its end: they are
// stopped once at most, and run in the end.
func TestKilledAtEachWrite(t *testing.T) {
	for n := range int64(14) {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			cloud := newCloud(fleet(2, "blue")...)
			inCloud(t, cloud, func(w *world) {
				request := w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})},
					actions{"stop": stopInstances("these", parameters{"startInstancesAfterDuration": "PT1M"})})
				e := w.begins(request) // one that nothing happens to, for comparison
				w.clock.Advance(2 * time.Minute)
				w.expect(w.get(e.Id), "completed", "Experiment completed.", nil)
				w.disk.failFrom = w.disk.commits.Load() + 3 + n
				request.ClientToken = w.token()
				e = w.begins(request)
				moved := make(chan struct{})
				go func() { w.clock.Advance(2 * time.Minute); close(moved) }()
				synctest.Wait()
				w.kill()
				<-moved
				w.up()
				synctest.Wait()
				w.clock.Advance(time.Hour)
				synctest.Wait()
				e = w.get(e.Id)
				if e.EndTime == nil || *e.State.Status == "failed" && !strings.Contains(*e.State.Reason, "outcome unknown after restart") {
					t.Errorf("it is %s (%s)", *e.State.Status, *e.State.Reason)
				}
				for id := range cloud.instances {
					if cloud.stopped[id] > 2 || cloud.instances[id].state != "running" {
						t.Errorf("%s was stopped %d times and is %s", id, cloud.stopped[id], cloud.instances[id].state)
					}
				}
				if left, _, err := w.state.List(context.Background(), "fis/steps/"); err != nil || len(left) > 0 {
					t.Errorf("steps %v, %v", left, err)
				}
			})
		})
	}
}

func TestEndUndoes(t *testing.T) {
	cloud := newCloud(fleet(2, "blue")...)
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})},
			actions{"stop": stopInstances("these", parameters{"startInstancesAfterDuration": "PT1H"}), "error": do("localstack:generic:api-error", nil)}))
		if err := w.service.End(context.Background()); err != nil {
			t.Error(err)
		}
		w.expect(w.get(e.Id), "stopped", "Experiment stopped.", map[string]string{"stop": "stopped", "error": "stopped"})
		if states := cloud.states(); states[0] != "running" || states[1] != "running" || len(w.owners()) > 0 {
			t.Errorf("instances %v, rules %v", states, w.owners())
		}
	})
}

func TestEndNamesWhatWasNotUndone(t *testing.T) {
	cloud := newCloud(fleet(1, "blue")...)
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})},
			actions{"stop": stopInstances("these", parameters{"startInstancesAfterDuration": "PT1H"})}))
		cloud.set(func() { cloud.hung["ec2"] = true })
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := w.service.End(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("End: %v", err)
		}
		if w.log.count("an action of an experiment was not undone") != 1 || w.log.count(*e.Id) == 0 || w.log.count(arnOf("i-0000")) == 0 {
			t.Errorf("log %q", w.log.text)
		}
		cloud.set(func() { cloud.hung["ec2"] = false })
	})
}

// Resources stay what they were at the start, whatever comes later.
func TestTargetsAreResolvedOnce(t *testing.T) {
	cloud := newCloud(fleet(1, "blue")...)
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})},
			actions{"wait": wait("PT1M"), "stop": stopInstances("these", nil, "wait")}))
		cloud.set(func() {
			cloud.instances["i-new"] = &instance{account: "000000000000", id: "i-new", state: "running", tags: map[string]string{"app": "blue"}}
		})
		w.kill()
		w.up()
		w.clock.Advance(2 * time.Minute)
		synctest.Wait()
		w.expect(w.get(e.Id), "completed", "Experiment completed.", nil)
		if cloud.stopped["i-new"] > 0 || cloud.stopped["i-0000"] != 1 {
			t.Errorf("stopped %v", cloud.stopped)
		}
	})
}

func TestActionThatIsNotCarriedOut(t *testing.T) {
	inCloud(t, newCloud(fleet(1, "blue")...), func(w *world) {
		pause := do("aws:ebs:pause-volume-io", parameters{"duration": "PT1M"})
		pause.Targets = map[string]string{"Volumes": "volumes"}
		request := w.on(map[string]target{"volumes": {
			ResourceType: new("aws:ec2:ebs-volume"), ResourceArns: []string{"arn:aws:ec2:us-east-1:000000000000:volume/vol-1"}, SelectionMode: new("ALL"),
		}}, actions{"pause": pause, "wait": wait("PT5M")})
		e := w.begins(request)
		w.expect(e, "failed", "Brownout does not carry out the action aws:ebs:pause-volume-io.", map[string]string{"pause": "failed", "wait": "stopped"})
		if *e.State.Error.Code != "ConfigurationFailure" || *e.State.Error.Location != "actions.pause" {
			t.Errorf("error %+v", e.State.Error)
		}
		request.ClientToken = w.token()
		w.expect(w.begins(request, "skip-all"), "completed", "Experiment completed.", map[string]string{"pause": "skipped"})
	})
}
