package fis_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/services/fis"
)

// inCloud is inWorld with a cloud to act on.
func inCloud(t *testing.T, c *cloud, test func(w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.asker = c
		w.up()
		defer w.close()
		test(w)
	})
}

type target = fis.CreateExperimentTemplateTargetInput

func tagged(mode string, tags map[string]string, filters ...fis.ExperimentTemplateTargetInputFilter) target {
	return target{ResourceType: new("aws:ec2:instance"), ResourceTags: tags, SelectionMode: &mode, Filters: filters}
}

func filter(path string, values ...string) fis.ExperimentTemplateTargetInputFilter {
	return fis.ExperimentTemplateTargetInputFilter{Path: &path, Values: values}
}

func named(arns ...string) target {
	return target{ResourceType: new("aws:ec2:instance"), ResourceArns: arns, SelectionMode: new("ALL")}
}

func stopInstances(of string, p parameters, after ...string) fis.CreateExperimentTemplateActionInput {
	a := do("aws:ec2:stop-instances", p, after...)
	a.Targets = map[string]string{"Instances": of}
	return a
}

// on is a request for a template with targets.
func (w *world) on(targets map[string]target, a actions) *fis.CreateExperimentTemplateRequest {
	r := w.request(a)
	r.Targets = targets
	return r
}

func (w *world) begins(r *fis.CreateExperimentTemplateRequest, options ...string) *fis.Experiment {
	w.t.Helper()
	t := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", r)).ExperimentTemplate
	in := &fis.StartExperimentRequest{ClientToken: w.token(), ExperimentTemplateId: t.Id}
	if len(options) > 0 {
		in.ExperimentOptions = &fis.StartExperimentExperimentOptionsInput{ActionsMode: &options[0]}
	}
	e := must[fis.StartExperimentResponse](w)(call[fis.StartExperimentResponse](w, "StartExperiment", in)).Experiment
	synctest.Wait() // the courier has been, so that the cloud can be looked at
	return e
}

// wait lets the bubble's time pass, which is that of sockets: nobody moves it.
func (w *world) wait(d time.Duration) {
	w.t.Helper()
	if err := (clock.Real{}).Sleep(w.context(), d); err != nil {
		w.t.Fatal(err)
	}
}

// resolved are the ids of the instances that a target was resolved to.
func (w *world) resolved(e *fis.Experiment, name string) (ids []string) {
	w.t.Helper()
	in := &fis.ListExperimentResolvedTargetsRequest{ExperimentId: e.Id, TargetName: &name}
	out := must[fis.ListExperimentResolvedTargetsResponse](w)(call[fis.ListExperimentResolvedTargetsResponse](w, "ListExperimentResolvedTargets", in))
	for _, r := range out.ResolvedTargets {
		arn := r.TargetInformation["arn"]
		ids = append(ids, arn[strings.LastIndex(arn, "/")+1:])
	}
	return ids
}

func TestTargets(t *testing.T) {
	blue := map[string]string{"app": "blue"}
	for name, c := range map[string]struct {
		target target
		want   []string // ids; empty: the experiment fails
		reason string
	}{
		"all":                   {tagged("ALL", blue), []string{"i-0000", "i-0001", "i-0002", "i-0003", "i-0004"}, ""},
		"half, rounded down":    {tagged("PERCENT(50)", blue), []string{"2"}, ""},
		"a share of nothing":    {tagged("PERCENT(10)", blue), nil, "Target resolution returned empty set."},
		"three of five":         {tagged("COUNT(3)", blue), []string{"3"}, ""},
		"more than there are":   {tagged("COUNT(9)", blue), []string{"5"}, ""},
		"an empty value":        {tagged("ALL", map[string]string{"app": "blue", "empty": ""}), []string{"5"}, ""},
		"empty is no wildcard":  {tagged("ALL", map[string]string{"app": ""}), nil, "Target resolution returned empty set."},
		"no such tag":           {tagged("ALL", map[string]string{"app": "green"}), nil, "Target resolution returned empty set."},
		"a filter":              {tagged("ALL", blue, filter("Placement.AvailabilityZone", "us-east-1b", "us-west-1a")), []string{"i-0001", "i-0003"}, ""},
		"filters are all meant": {tagged("ALL", blue, filter("Placement.AvailabilityZone", "us-east-1b"), filter("State.Name", "stopped")), nil, "Target resolution returned empty set."},
		"through lists":         {tagged("ALL", blue, filter("NetworkInterfaces.Groups.GroupId", "sg-1")), []string{"5"}, ""},
		"a boolean as text":     {tagged("ALL", blue, filter("EbsOptimized", "true"), filter("State.Code", "16")), []string{"5"}, ""},
		"an unknown member":     {tagged("ALL", blue, filter("Placement.Zone", "us-east-1b")), nil, "Target resolution returned empty set."},
		"an ARN":                {named(arnOf("i-0003")), []string{"i-0003"}, ""},
		"of another account":    {named(strings.Replace(arnOf("i-0003"), "000000000000", "123456789012", 1)), []string{"i-0003"}, ""},
		"an ARN of nothing":     {named(arnOf("i-9999")), nil, "Target resolution returned empty set."},
		"one of them nothing":   {named(arnOf("i-0001"), arnOf("i-9999")), nil, "Target resolution returned empty set. There is no " + arnOf("i-9999") + "."},
		"of another region":     {named(strings.Replace(arnOf("i-0003"), "us-east-1", "us-west-2", 1)), nil, "is not in the region of the experiment"},
	} {
		t.Run(name, func(t *testing.T) {
			inCloud(t, newCloud(append(fleet(5, "blue"), &instance{account: "000000000000", id: "i-gone", state: "terminated", tags: blue})...), func(w *world) {
				e := w.begins(w.on(map[string]target{"these": c.target}, actions{"stop": stopInstances("these", nil), "after": wait("PT1M", "stop")}))
				ids := w.resolved(e, "these")
				if len(c.want) == 0 {
					w.expect(e, "failed", *e.State.Reason, map[string]string{"stop": "cancelled", "after": "cancelled"})
					if f := e.State.Error; !strings.Contains(*e.State.Reason, c.reason) || f == nil || *f.Code != "InvalidTarget" || *f.Location != "targets.these" {
						t.Errorf("reason %q, error %+v", *e.State.Reason, f)
					}
					if len(ids) > 0 {
						t.Errorf("resolved %v", ids)
					}
					return
				}
				w.expect(e, "running", "Experiment is running.", map[string]string{"stop": "completed", "after": "running"})
				if len(c.want) == 1 && len(c.want[0]) == 1 {
					c.want = ids[:min(len(ids), int(c.want[0][0]-'0'))]
				}
				if !slices.Equal(ids, c.want) || len(ids) == 0 {
					t.Errorf("resolved %v, want %v", ids, c.want)
				}
				for id := range w.asker.instances {
					if stopped := w.asker.instances[id].state == "stopped"; stopped != slices.Contains(ids, id) {
						t.Errorf("%s is %s", id, w.asker.instances[id].state)
					}
				}
			})
		})
	}
}

func TestChoiceIsByTheExperiment(t *testing.T) {
	inCloud(t, newCloud(fleet(9, "blue")...), func(w *world) {
		choices := map[string]bool{}
		for range 12 {
			e := w.begins(w.on(map[string]target{"some": tagged("COUNT(3)", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("some", nil)}))
			choices[fmt.Sprint(w.resolved(e, "some"))] = true
		}
		if len(choices) < 4 {
			t.Errorf("always the same choices: %v", choices)
		}
	})
}

func TestEmptyTargetsAreSkipped(t *testing.T) {
	inCloud(t, newCloud(fleet(2, "blue")...), func(w *world) {
		request := w.on(map[string]target{
			"none": tagged("ALL", map[string]string{"app": "green"}), "blue": tagged("ALL", map[string]string{"app": "blue"}),
		}, actions{"a": stopInstances("none", parameters{"startInstancesAfterDuration": "PT5M"}), "b": stopInstances("blue", nil, "a"), "c": wait("PT1M", "b")})
		request.ExperimentOptions = &fis.CreateExperimentTemplateExperimentOptionsInput{EmptyTargetResolutionMode: new("skip")}
		e := w.begins(request)
		w.expect(e, "running", "Experiment is running.", map[string]string{"a": "skipped", "b": "completed", "c": "running"})
		if e.Actions["a"].StartTime != nil {
			t.Error("a skipped action has begun")
		}
		w.stop(e.Id)

		request.ClientToken, request.Targets = w.token(), map[string]target{"none": named(arnOf("i-9")), "blue": request.Targets["blue"]}
		e = w.begins(request)
		w.expect(e, "failed", "Target resolution returned empty set.", nil)
	})
}

func TestTargetsThatNobodyCanLookUp(t *testing.T) {
	cloud := newCloud(fleet(2, "blue")...)
	cloud.unserved["ec2"] = true
	inCloud(t, cloud, func(w *world) {
		a := actions{"stop": stopInstances("these", nil)}
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})}, a))
		w.expect(e, "failed", *e.State.Reason, nil)
		if *e.State.Error.Code != "InvalidTarget" || !strings.Contains(*e.State.Reason, "Nobody answers ec2") {
			t.Errorf("%s: %s", *e.State.Error.Code, *e.State.Reason)
		}
		pods := w.on(map[string]target{"pods": {ResourceType: new("aws:eks:pod"), SelectionMode: new("ALL"), Parameters: map[string]string{
			"clusterIdentifier": "c", "namespace": "n", "selectorType": "podName", "selectorValue": "p",
		}}}, actions{"delete": {ActionId: new("aws:eks:pod-delete"), Parameters: parameters{"kubernetesServiceAccount": "s"}, Targets: map[string]string{"Pods": "pods"}}})
		for _, mode := range []string{"run-all", "skip-all"} {
			pods.ClientToken = w.token()
			e := w.begins(pods, mode)
			if *e.State.Status != "failed" || *e.State.Error.Code != "InvalidTarget" || !strings.Contains(*e.State.Reason, "aws:eks:pod") {
				t.Errorf("%s: %s %s", mode, *e.State.Status, *e.State.Reason)
			}
		}
	})
}

func TestFailuresOfTheLookup(t *testing.T) {
	cloud := newCloud(fleet(2, "blue")...)
	cloud.broken["ec2"] = true
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil)}))
		if *e.State.Status != "failed" || *e.State.Error.Code != "AuthorizationFailure" || *e.State.Error.Location != "targets.these" {
			t.Errorf("%s %+v", *e.State.Reason, e.State.Error)
		}
	})
}

// What only looks is asked again where a service is busy; what changes something is not.
func TestBusyServices(t *testing.T) {
	for call, ends := range map[string]map[int]string{
		"ec2.DescribeInstances": {2: "running", 3: "failed"},
		"ec2.StopInstances":     {1: "failed"},
	} {
		for times, want := range ends {
			t.Run(fmt.Sprint(call, times), func(t *testing.T) {
				cloud := newCloud(fleet(2, "blue")...)
				cloud.busy = map[string]int{call: times}
				inCloud(t, cloud, func(w *world) {
					e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})},
						actions{"stop": stopInstances("these", parameters{"startInstancesAfterDuration": "PT1H"})}))
					if err := (clock.Real{}).Sleep(context.Background(), 5*time.Second); err != nil { // of the bubble
						t.Fatal(err)
					}
					if e = w.get(e.Id); *e.State.Status != want || want == "failed" && *e.State.Error.Code != "DependentServiceFailure" {
						t.Errorf("%s: %s", *e.State.Status, *e.State.Reason)
					}
				})
			})
		}
	}
}

func TestServiceThatNeverAnswers(t *testing.T) {
	cloud := newCloud(fleet(2, "blue")...)
	cloud.hung["ec2"] = true
	inCloud(t, cloud, func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil)}))
		w.wait(2 * time.Minute)
		if e = w.get(e.Id); *e.State.Status != "failed" || *e.State.Error.Code != "DependentServiceFailure" || !strings.Contains(*e.State.Reason, "No answer within 1m0s.") {
			t.Errorf("%s: %s", *e.State.Status, *e.State.Reason)
		}
	})
}

func TestMoreTargetsThanTheActionTakes(t *testing.T) {
	inCloud(t, newCloud(fleet(401, "blue")...), func(w *world) {
		e := w.begins(w.on(map[string]target{"these": tagged("ALL", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil)}))
		w.expect(e, "failed", "The action aws:ec2:stop-instances can have 400 targets at most.", map[string]string{"stop": "cancelled"})
		if *e.State.Error.Code != "QuotaExceededFailure" || *e.State.Error.Location != "actions.stop" || len(w.asker.stopped) > 0 {
			t.Errorf("error %+v", e.State.Error)
		}
	})
}

func TestSkipAllIsATruePreview(t *testing.T) {
	inCloud(t, newCloud(fleet(3, "blue")...), func(w *world) {
		w.asker.groups["experiments"] = map[string][]string{}
		request := w.on(map[string]target{"these": tagged("COUNT(2)", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil), "wait": wait("PT5M", "stop")})
		request.LogConfiguration = &fis.CreateExperimentTemplateLogConfigurationInput{
			LogSchemaVersion: new(int64(2)),
			CloudWatchLogsConfiguration: &fis.ExperimentTemplateCloudWatchLogsLogConfigurationInput{
				LogGroupArn: new("arn:aws:logs:us-east-1:000000000000:log-group:experiments:*"),
			},
		}
		e := w.begins(request, "skip-all")
		w.expect(e, "completed", "Experiment completed.", map[string]string{"stop": "skipped", "wait": "skipped"})
		if len(w.resolved(e, "these")) != 2 || len(w.asker.stopped) > 0 {
			t.Errorf("resolved %v, stopped %v", w.resolved(e, "these"), w.asker.stopped)
		}
		synctest.Wait()
		if log := w.asker.groups["experiments"]["/aws/fis/"+*e.Id]; len(log) != 7 {
			t.Errorf("log %q", log)
		}
	})
}

func TestSeveralAccounts(t *testing.T) {
	const one, two, three = "111111111111", "222222222222", "333333333333"
	cloud := newCloud(
		&instance{account: one, id: "i-1", state: "running", tags: map[string]string{"app": "blue"}},
		&instance{account: two, id: "i-2", state: "running", tags: map[string]string{"app": "blue"}},
		&instance{account: two, id: "i-3", state: "running", tags: map[string]string{"app": "blue"}},
		&instance{account: three, id: "i-4", state: "running", tags: map[string]string{"app": "blue"}},
		&instance{account: "000000000000", id: "i-5", state: "running", tags: map[string]string{"app": "blue"}},
	)
	inCloud(t, cloud, func(w *world) {
		request := w.on(map[string]target{"these": tagged("COUNT(1)", map[string]string{"app": "blue"})}, actions{"stop": stopInstances("these", nil)})
		request.ExperimentOptions = &fis.CreateExperimentTemplateExperimentOptionsInput{AccountTargeting: new("multi-account")}
		template := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", request)).ExperimentTemplate
		for _, account := range []string{one, two} {
			must[fis.CreateTargetAccountConfigurationResponse](w)(call[fis.CreateTargetAccountConfigurationResponse](w, "CreateTargetAccountConfiguration", &fis.CreateTargetAccountConfigurationRequest{
				ExperimentTemplateId: template.Id, AccountId: &account, RoleArn: new("arn:aws:iam::" + account + ":role/Target"),
			}))
		}
		e := w.startTemplate(template.Id)
		synctest.Wait()
		w.expect(e, "completed", "Experiment completed.", nil)
		if ids := w.resolved(e, "these"); len(ids) != 2 || ids[0] != "i-1" || ids[1] != "i-2" && ids[1] != "i-3" {
			t.Errorf("resolved %v", ids)
		}
		if len(cloud.stopped) != 2 || !slices.Contains(cloud.asked, "ec2.StopInstances as "+two+" in us-east-1") {
			t.Errorf("stopped %v, asked %v", cloud.stopped, cloud.asked)
		}
	})
}
