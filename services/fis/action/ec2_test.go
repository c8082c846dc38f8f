package action_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/target"
)

func TestInstances(t *testing.T) {
	t.Parallel()
	const stop, reboot, terminate = "aws:ec2:stop-instances", "aws:ec2:reboot-instances", "aws:ec2:terminate-instances"
	two := map[string]string{"i-1": "running", "i-2": "running"}
	after := map[string]string{"startInstancesAfterDuration": "PT5M"}
	flagged := map[string]string{"startInstancesAfterDuration": "PT5M", "completeIfInstancesTerminated": "True"}
	for name, c := range map[string]struct {
		id         string
		parameters map[string]string
		before     map[string]string
		targets    []string
		stopAt     time.Duration
		crash      string   // "before stop-111111111111"
		calls      []string // those that change something
		after      map[string]string
		err        string // of the last run
		at         time.Duration
	}{
		"stop": {id: stop, before: two, targets: []string{"i-1", "i-2"},
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1 i-2]"}, after: map[string]string{"i-1": "stopping", "i-2": "stopping"}},
		"stop and start": {id: stop, parameters: after, before: two, targets: []string{"i-1"},
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1]", "ec2.StartInstances 111111111111 InstanceIds=[i-1]"},
			after: two, at: 5 * time.Minute},
		"stop and start when told to end, as soon as they can be started": {id: stop, parameters: after, before: two, targets: []string{"i-1"}, stopAt: 5 * time.Second,
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1]", "ec2.StartInstances 111111111111 InstanceIds=[i-1]"},
			after: two, err: "stopped", at: 30 * time.Second},
		"unknown instance": {id: stop, parameters: after, before: two, targets: []string{"i-1", "i-9"},
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1 i-9]"}, after: two,
			err: "InvalidTarget: Unable to stop the EC2 instances. InvalidInstanceID.NotFound: The instance ID 'i-9' does not exist"},
		"stop lost its answer": {id: stop, before: two, targets: []string{"i-1"}, crash: "after stop-111111111111",
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1]"}, after: map[string]string{"i-1": "stopping", "i-2": "running"}},
		"stop was not sent": {id: stop, before: two, targets: []string{"i-1"}, crash: "before stop-111111111111",
			calls: nil, after: two, err: "InternalFailure: Unable to stop the EC2 instances: outcome unknown after restart"},
		"restart lost its answer": {id: stop, parameters: after, before: two, targets: []string{"i-1"}, crash: "before start-111111111111",
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1]", "ec2.StartInstances 111111111111 InstanceIds=[i-1]"}, after: two, at: 5 * time.Minute},
		"stopped while the server was down": {id: stop, parameters: after, before: two, targets: []string{"i-1"}, crash: "after stop-111111111111", stopAt: time.Second,
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1]", "ec2.StartInstances 111111111111 InstanceIds=[i-1]"}, after: two, err: "stopped", at: 30 * time.Second},
		"reboot": {id: reboot, before: two, targets: []string{"i-1", "i-2"},
			calls: []string{"ec2.RebootInstances 111111111111 InstanceIds=[i-1 i-2]"}, after: two},
		"reboot leaves no trace": {id: reboot, before: two, targets: []string{"i-1"}, crash: "after reboot-111111111111",
			calls: []string{"ec2.RebootInstances 111111111111 InstanceIds=[i-1]"}, after: two, err: "InternalFailure: Unable to reboot the EC2 instances: outcome unknown after restart"},
		"terminate": {id: terminate, before: two, targets: []string{"i-2"},
			calls: []string{"ec2.TerminateInstances 111111111111 InstanceIds=[i-2]"}, after: map[string]string{"i-1": "running", "i-2": "terminated"}},
		"terminate lost its answer": {id: terminate, before: two, targets: []string{"i-2"}, crash: "after terminate-111111111111",
			calls: []string{"ec2.TerminateInstances 111111111111 InstanceIds=[i-2]"}, after: map[string]string{"i-1": "running", "i-2": "terminated"}},
		"terminated meanwhile": {id: stop, parameters: after, before: map[string]string{"i-1": "running", "i-2": "dies"}, targets: []string{"i-1", "i-2"},
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1 i-2]", "ec2.StartInstances 111111111111 InstanceIds=[i-1]"},
			after: map[string]string{"i-1": "running", "i-2": "terminated"}, at: 5 * time.Minute,
			err: "InvalidTarget: Unable to start the EC2 instances again. Terminated instances cannot be started: i-2"},
		"terminated meanwhile, which is all right": {id: stop, parameters: flagged, before: map[string]string{"i-1": "running", "i-2": "dies"}, targets: []string{"i-1", "i-2"},
			calls: []string{"ec2.StopInstances 111111111111 InstanceIds=[i-1 i-2]", "ec2.StartInstances 111111111111 InstanceIds=[i-1]"},
			after: map[string]string{"i-1": "running", "i-2": "terminated"}, at: 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			e := withInstances(w, maps.Clone(c.before))
			if stopping := w.answers["ec2.StopInstances"]; c.before["i-2"] == "dies" {
				e.states["i-2"] = "running"
				w.answers["ec2.StopInstances"] = func(account string, in aws.Document) (aws.Document, error) {
					out, err := stopping(account, in)
					e.states["i-2"] = "terminated"
					return out, err
				}
			}
			if c.stopAt > 0 {
				w.stopAt = begin.Add(c.stopAt)
			}
			targets := map[string][]target.Resource{"Instances": arns(home, instance, c.targets...)}
			w.when, w.crash, _ = strings.Cut(c.crash, " ")
			crash := w.crash
			err := w.run(c.id, c.parameters, targets, false, false)
			if crash != "" {
				check(t, err, "crash")
				if c.stopAt > 0 {
					w.now = w.stopAt
				}
				err = w.run(c.id, c.parameters, targets, true, false)
			}
			check(t, err, c.err)
			if !slices.Equal(w.made(), c.calls) {
				t.Errorf("calls %q", w.made())
			}
			for id := range e.states {
				e.state(id)
			}
			if !maps.Equal(e.states, c.after) {
				t.Errorf("instances %v", e.states)
			}
			if w.now.Sub(begin) != c.at {
				t.Errorf("it took %v", w.now.Sub(begin))
			}
		})
	}
}

// TestAStopThatNeverBeganStartsNothing: instances that were stopped before stay so when the experiment was stopped
// before the action was resumed.
func TestAStopThatNeverBeganStartsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	withInstances(w, map[string]string{"i-1": "stopped"})
	w.stopAt = begin
	check(t, w.run("aws:ec2:stop-instances", map[string]string{"startInstancesAfterDuration": "PT5M"},
		map[string][]target.Resource{"Instances": arns(home, instance, "i-1")}, true, false), "stopped")
	if len(w.made()) > 0 {
		t.Errorf("calls %q", w.made())
	}
}

// TestAccounts: one call for each account, and what happened in one is undone when another refuses.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	withInstances(w, map[string]string{"i-1": "running", "i-2": "running", "i-3": "running"})
	stop := w.answers["ec2.StopInstances"]
	w.answers["ec2.StopInstances"] = func(account string, in aws.Document) (aws.Document, error) {
		if account == away {
			return nil, &aws.Error{Code: "UnauthorizedOperation", Message: "You are not authorized.", Status: 403}
		}
		return stop(account, in)
	}
	targets := map[string][]target.Resource{"Instances": slices.Concat(arns(away, instance, "i-3"), arns(home, instance, "i-1", "i-2"))}
	err := w.run("aws:ec2:stop-instances", map[string]string{"startInstancesAfterDuration": "PT5M"}, targets, false, false)
	check(t, err, "AuthorizationFailure: Unable to stop the EC2 instances, not authorized to perform required action. UnauthorizedOperation: You are not authorized.")
	want := []string{
		"ec2.StopInstances 111111111111 InstanceIds=[i-1 i-2]", "ec2.StopInstances 222222222222 InstanceIds=[i-3]",
		"ec2.StartInstances 111111111111 InstanceIds=[i-1 i-2]",
	}
	if !slices.Equal(w.made(), want) {
		t.Errorf("calls %q", w.made())
	}
	if !strings.Contains(fmt.Sprintf("%+v", err), "Unable") || w.running != 0 {
		t.Errorf("running %d", w.running)
	}
}
