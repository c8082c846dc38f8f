package fis_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
)

// Two servers on one state: one leads and runs what the other starts; when it goes, the other goes on.
func TestAnotherReplicaTakesOver(t *testing.T) {
	inWorld(t, func(w *world) {
		second := &world{t: w.t, state: w.state, clock: w.clock, log: &lines{}}
		second.begin()
		e := second.start(actions{"a": do("localstack:generic:api-error", nil), "b": wait("PT1M"), "c": wait("PT1M", "b")})
		synctest.Wait()
		if len(w.owners()) != 1 || len(second.owners()) != 0 {
			t.Errorf("rules of the leader %v, of the other %v", w.owners(), second.owners())
		}
		w.clock.Advance(61 * time.Second)
		w.expect(second.get(e.Id), "running", "Experiment is running.", map[string]string{"b": "completed", "c": "running"})
		w.kill()
		<-second.service.Ready()
		synctest.Wait()
		if len(second.owners()) != 1 {
			t.Errorf("rules of the new leader %v", second.owners())
		}
		w.begin() // the first one comes back, and does not lead any more
		if got := w.stop(e.Id); *got.State.Status != "stopping" && *got.State.Status != "stopped" {
			t.Errorf("StopExperiment answers %s", *got.State.Status)
		}
		synctest.Wait()
		w.expect(w.get(e.Id), "stopped", "Experiment stopped.", map[string]string{"a": "stopped", "b": "completed", "c": "stopped"})
		if len(second.owners()) != 0 {
			t.Errorf("rules are left: %v", second.owners())
		}
		second.down()
		<-w.service.Ready()
	})
}

// Experiments that were started before anybody runs them begin as soon as somebody does.
func TestStartedBeforeRun(t *testing.T) {
	inWorld(t, func(w *world) {
		template := w.template(actions{"a": do("localstack:generic:api-error", nil)})
		w.down()
		e := w.startTemplate(template.Id)
		w.expect(e, "pending", "Experiment is pending.", map[string]string{"a": "pending"})
		cancelled := w.stop(w.startTemplate(template.Id).Id)
		w.expect(cancelled, "stopped", "Experiment stopped.", map[string]string{"a": "cancelled"})
		w.up()
		w.expect(w.get(e.Id), "running", "Experiment is running.", map[string]string{"a": "running"})
		if len(w.owners()) != 1 {
			t.Errorf("rules %v", w.owners())
		}
		must[fis.StopExperimentResponse](w)(call[fis.StopExperimentResponse](w, "StopExperiment", &fis.StopExperimentRequest{Id: e.Id}))
	})
}
