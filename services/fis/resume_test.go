package fis_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/cluster"
	"github.com/brownoutdev/brownout/services/fis"
)

func TestResume(t *testing.T) {
	for name, end := range map[string]func(w *world){"kill": (*world).kill, "shutdown": (*world).down} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				e := w.start(actions{
					"fault":  do("localstack:generic:api-error", parameters{"service": "s3"}),
					"timed":  do("localstack:generic:api-error", parameters{"service": "sqs", "duration": "PT10M"}),
					"second": wait("PT5M", "timed"),
				})
				w.fails("s3", "GetObject", "us-east-1")
				w.clock.Advance(4 * time.Minute)
				end(w)
				w.up() // Ready: the faults are in force again
				if w.fails("s3", "GetObject", "us-east-1") == nil || w.fails("sqs", "SendMessage", "us-east-1") == nil {
					t.Error("the faults are off after the restart")
				}
				for _, rule := range w.rules.List() {
					if rule.Matched != 1 {
						t.Errorf("the counter of %s stands at %d", rule.Owner, rule.Matched)
					}
				}
				if n := w.log.count("experiment resumed"); n != 1 {
					t.Errorf("%d lines in the log", n)
				}
				now := w.get(e.Id)
				w.expect(now, "running", "Experiment is running.", map[string]string{"fault": "running", "timed": "running", "second": "pending"})
				if !now.Actions["timed"].StartTime.Equal(*e.Actions["timed"].StartTime) {
					t.Error("the action began anew")
				}
				w.clock.Advance(6*time.Minute + time.Second)
				w.expect(w.get(e.Id), "running", "Experiment is running.", map[string]string{"fault": "running", "timed": "completed", "second": "running"})
				w.expect(w.stop(e.Id), "stopped", "Experiment stopped.", map[string]string{"fault": "stopped", "timed": "completed", "second": "stopped"})
			})
		})
	}
}

func TestTimePassedWhileDown(t *testing.T) {
	inWorld(t, func(w *world) {
		short := w.start(actions{"a": do("localstack:generic:api-error", parameters{"duration": "PT10M"})})
		chain := w.start(actions{"a": wait("PT10M"), "b": wait("PT10M", "a")})
		unending := w.start(actions{"a": do("localstack:generic:api-error", nil)})
		w.clock.Advance(time.Minute)
		w.kill()
		w.clock.Advance(time.Hour)
		w.up()
		short = w.get(short.Id)
		w.expect(short, "completed", "Experiment completed.", map[string]string{"a": "completed"})
		if lasted := short.EndTime.Sub(*short.Actions["a"].StartTime); lasted != 10*time.Minute {
			t.Errorf("it ended after %v, not when it was due", lasted)
		}
		chain = w.get(chain.Id)
		w.expect(chain, "running", "Experiment is running.", map[string]string{"a": "completed", "b": "running"})
		if at := chain.Actions["b"].StartTime.Sub(*chain.StartTime); at < time.Hour {
			t.Errorf("b began after %v, when nobody ran it", at)
		}
		w.expect(w.get(unending.Id), "running", "Experiment is running.", nil)
		if n := len(w.owners()); n != 1 {
			t.Errorf("rules %v", w.owners())
		}
		w.kill()
		w.clock.Advance(24 * time.Hour)
		w.up()
		unending, chain = w.get(unending.Id), w.get(chain.Id)
		w.expect(unending, "completed", "Experiment completed.", map[string]string{"a": "completed"})
		w.expect(chain, "completed", "Experiment completed.", map[string]string{"b": "completed"})
		if lasted := unending.EndTime.Sub(*unending.StartTime); lasted != 12*time.Hour {
			t.Errorf("the unending experiment lasted %v", lasted)
		}
		if lasted := chain.EndTime.Sub(*chain.Actions["b"].StartTime); lasted != 10*time.Minute {
			t.Errorf("b lasted %v", lasted)
		}
	})
}

// Whoever deletes an experiment that runs (a reset of the server) takes its faults out.
func TestDeletedWhileRunning(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start(actions{"a": do("localstack:generic:api-error", nil), "b": wait("PT1M")})
		entries, _, err := w.state.List(context.Background(), "fis/")
		if err != nil {
			t.Fatal(err)
		}
		var deletes []cluster.Write
		for _, entry := range entries {
			deletes = append(deletes, cluster.Write{Key: entry.Key, Delete: true})
		}
		if _, err := w.state.Commit(context.Background(), cluster.Transaction{Then: deletes}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(w.owners()) > 0 {
			t.Errorf("rules are left: %v", w.owners())
		}
		w.clock.Advance(13 * time.Hour)
		w.stop(w.start(actions{"a": wait("PT1M")}).Id)
	})
}

// Whatever has been written when the server dies, the next one brings the experiment to its end.
func TestDeathAtEveryCommit(t *testing.T) {
	t.Parallel()
	for n := int64(1); n <= 12; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.up()
				defer w.close()
				template := w.template(actions{
					"fault": do("localstack:generic:api-error", parameters{"duration": "PT1M"}),
					"on":    do("localstack:generic:api-error", nil),
					"b":     wait("PT1M", "fault"),
				})
				w.disk.failFrom = w.disk.commits.Load() + n
				in := &fis.StartExperimentRequest{ClientToken: new("once"), ExperimentTemplateId: template.Id}
				out, err := call[fis.StartExperimentResponse](w, "StartExperiment", in)
				if err == nil {
					// The clock waits for the engine, which waits for the disk: so it moves beside it.
					moved := make(chan struct{})
					go func() { w.clock.Advance(90 * time.Second); close(moved) }()
					_, _ = w.bound.Handler("StopExperiment").Run(expiring(t), &fis.StopExperimentRequest{Id: out.Experiment.Id})
					w.kill()
					<-moved
				} else {
					w.kill()
				}
				w.up()
				again := must[fis.StartExperimentResponse](w)(call[fis.StartExperimentResponse](w, "StartExperiment", in)).Experiment
				if out != nil && *again.Id != *out.Experiment.Id {
					t.Error("an acknowledged experiment is lost")
				}
				if got := w.get(again.Id); *got.State.Status == "running" {
					w.stop(again.Id)
				}
				final := w.get(again.Id)
				if final.EndTime == nil {
					t.Errorf("it is %s in the end", *final.State.Status)
				}
				if len(w.owners()) > 0 {
					t.Errorf("rules are left: %v", w.owners())
				}
			})
		})
	}
}
