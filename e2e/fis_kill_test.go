package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/fis"
)

// fleet is an EC2 that counts what is done to its instances.
type fleet struct {
	mutex            sync.Mutex
	state            map[string]string
	stopped, started map[string]int
}

func newFleet(n int) *fleet {
	f := &fleet{state: map[string]string{}, stopped: map[string]int{}, started: map[string]int{}}
	for i := range n {
		f.state[fleetInstance(i)] = "running"
	}
	return f
}

func fleetInstance(i int) string { return fmt.Sprintf("i-%08d", i) }

func (f *fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	operation := r.FormValue("Action")
	var ids []string
	for i := 1; r.FormValue(fmt.Sprintf("InstanceId.%d", i)) != ""; i++ {
		ids = append(ids, r.FormValue(fmt.Sprintf("InstanceId.%d", i)))
	}
	switch operation {
	case "DescribeInstances":
		if len(ids) == 0 {
			for id := range f.state {
				ids = append(ids, id)
			}
		}
	case "StopInstances":
		for _, id := range ids {
			f.state[id] = "stopped"
			f.stopped[id]++
		}
	case "StartInstances":
		for _, id := range ids {
			f.state[id] = "running"
			f.started[id]++
		}
	default:
		http.Error(w, "<Response><Errors><Error><Code>InvalidAction</Code><Message>"+operation+"</Message></Error></Errors></Response>", http.StatusBadRequest)
		return
	}
	var items strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&items, "<item><instanceId>%s</instanceId><instanceState><code>16</code><name>%s</name></instanceState></item>", id, f.state[id])
	}
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, `<%[1]sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><ownerId>000000000000</ownerId><instancesSet>%[2]s</instancesSet></item></reservationSet></%[1]sResponse>`,
		operation, items.String())
}

const killedTemplate = `{
  "description": "stops an instance and makes calls fail", "roleArn": "arn:aws:iam::000000000000:role/Experiments", "stopConditions": [{"source": "none"}],
  "targets": {"one": {"resourceType": "aws:ec2:instance", "resourceArns": ["arn:aws:ec2:us-east-1:000000000000:instance/%s"], "selectionMode": "ALL"}},
  "actions": {
    "stop": {"actionId": "aws:ec2:stop-instances", "parameters": {"startInstancesAfterDuration": "PT1S"}, "targets": {"Instances": "one"}},
    "fail": {"actionId": "localstack:generic:api-error", "parameters": {"service": "sqs", "duration": "PT1S"}},
    "then": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1S"}, "startAfter": ["fail"]}
  }}`

// The server dies at random moments of 200 experiments. Those that were acknowledged are there, each comes to an end,
// no instance is stopped twice by its one experiment, and all run in the end; no rule is left.
func TestKilledInTheMiddleOfExperiments(t *testing.T) {
	t.Parallel()
	const rounds, each = 10, 20
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	fleet := newFleet(rounds * each)
	ec2 := httptest.NewServer(fleet)
	defer ec2.Close()
	arguments := []string{"--data", filepath.Join(t.TempDir(), "data"), "--upstream", "ec2=" + ec2.URL, "--fis-quota", "active-experiments=200"}
	s := start(t, arguments...)
	var templates []string
	for i := range rounds * each {
		templates = append(templates, aws.ToString(createTemplate(t, newSDK(s), fmt.Sprintf(killedTemplate, fleetInstance(i))).Id))
	}
	experiments := make([]string, rounds*each) // empty: not acknowledged
	begin := func(from, to int) {
		for i := from; i < to; i++ {
			if experiments[i] != "" {
				continue
			}
			out, err := newSDK(s).fis().StartExperiment(t.Context(), &fis.StartExperimentInput{
				ClientToken: aws.String(fmt.Sprint("start ", i)), ExperimentTemplateId: &templates[i],
			})
			if err != nil {
				return // the server is dead; the same token is used again
			}
			experiments[i] = aws.ToString(out.Experiment.Id)
		}
	}
	for round := range rounds {
		begun := make(chan struct{})
		go func() {
			defer close(begun)
			begin(0, (round+1)*each)
		}()
		<-time.After(time.Duration(random.IntN(400)) * time.Millisecond)
		s.kill()
		<-begun
		s = start(t, arguments...)
	}
	begin(0, rounds*each)
	for _, id := range experiments {
		eventually(t, "the end of "+id, func() error {
			out, err := newSDK(s).fis().GetExperiment(t.Context(), &fis.GetExperimentInput{Id: &id})
			if err != nil {
				return err
			}
			state := out.Experiment.State
			switch reason := aws.ToString(state.Reason); {
			case state.Status == "completed", state.Status == "failed" && strings.Contains(reason, "outcome unknown after restart"):
				return nil
			default:
				return fmt.Errorf("it is %s: %s", state.Status, reason)
			}
		})
	}
	fleet.mutex.Lock()
	defer fleet.mutex.Unlock()
	for id, state := range fleet.state {
		if state != "running" || fleet.stopped[id] > 1 {
			t.Errorf("%s was stopped %d times, started %d times and is %s", id, fleet.stopped[id], fleet.started[id], state)
		}
	}
	if _, _, rules := send(t, "GET", s.URL+"/_brownout/rules", nil); !strings.Contains(rules, `"rules":[]`) {
		t.Errorf("rules are left: %s", rules)
	}
	s.stop()
}
