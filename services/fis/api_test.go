package fis_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
)

// strictly restarts the server of a world with --fis-strict.
func (w *world) strictly() {
	w.t.Helper()
	w.down()
	w.strict = true
	w.up()
}

// run runs an operation and answers its error.
func (w *world) run(operation string, in any) error {
	w.t.Helper()
	handler := w.bound.Handler(operation)
	if handler == nil {
		w.t.Fatalf("no operation %s", operation)
	}
	_, err := handler.Run(request("000000000000", "us-east-1"), in)
	return err
}

// get runs an operation that must succeed.
func get[Out any](w *world, operation string, in any) *Out {
	w.t.Helper()
	return must[Out](w)(call[Out](w, operation, in))
}

func TestEveryOperation(t *testing.T) {
	inWorld(t, func(w *world) {
		if got := len(w.bound.Operations()); got != 26 {
			t.Errorf("%d operations: %v", got, w.bound.Operations())
		}
	})
}

func TestActionsAreDescribed(t *testing.T) {
	inWorld(t, func(w *world) {
		stop := get[fis.GetActionResponse](w, "GetAction", &fis.GetActionRequest{Id: new("aws:ec2:stop-instances")}).Action
		after := stop.Parameters["startInstancesAfterDuration"]
		if *stop.Arn != "arn:aws:fis:us-east-1:000000000000:action/aws:ec2:stop-instances" || *stop.Description != "Stop the specified EC2 instances." ||
			*stop.Targets["Instances"].ResourceType != "aws:ec2:instance" || *after.Required || stop.Tags == nil ||
			*after.Description != "The time to wait before restarting the instances (ISO 8601 duration)." {
			t.Errorf("action %s", text(stop))
		}
		wait := get[fis.GetActionResponse](w, "GetAction", &fis.GetActionRequest{Id: new("aws:fis:wait")}).Action
		if wait.Targets != nil || !*wait.Parameters["duration"].Required {
			t.Errorf("action %s", text(wait))
		}
		w.refused(w.run("GetAction", &fis.GetActionRequest{Id: new("aws:no:such")}), "ResourceNotFoundException", 404, "Action with ID aws:no:such not found.")
		all := get[fis.ListActionsResponse](w, "ListActions", &fis.ListActionsRequest{})
		if all.NextToken != nil || !slices.ContainsFunc(all.Actions, func(a fis.ActionSummary) bool { return *a.Id == "localstack:generic:latency" }) {
			t.Errorf("actions %s", text(all))
		}
		w.strictly()
		all = get[fis.ListActionsResponse](w, "ListActions", &fis.ListActionsRequest{MaxResults: new(int64(100))})
		for _, a := range all.Actions {
			if !strings.HasPrefix(*a.Id, "aws:") {
				t.Errorf("strict, but there is %s", *a.Id)
			}
		}
		if len(all.Actions) != 51 {
			t.Errorf("%d actions", len(all.Actions))
		}
		w.refused(w.run("GetAction", &fis.GetActionRequest{Id: new("localstack:do-nothing")}), "ResourceNotFoundException", 404)
	})
}

func TestResourceTypesAreDescribed(t *testing.T) {
	inWorld(t, func(w *world) {
		pod := get[fis.GetTargetResourceTypeResponse](w, "GetTargetResourceType", &fis.GetTargetResourceTypeRequest{ResourceType: new("aws:eks:pod")}).TargetResourceType
		if *pod.ResourceType != "aws:eks:pod" || !*pod.Parameters["namespace"].Required || *pod.Parameters["targetContainerName"].Required {
			t.Errorf("type %s", text(pod))
		}
		w.refused(w.run("GetTargetResourceType", &fis.GetTargetResourceTypeRequest{ResourceType: new("aws:no:such")}), "ResourceNotFoundException", 404, "aws:no:such")
		// Every type that an action takes is described.
		types := map[string]bool{}
		for _, s := range get[fis.ListTargetResourceTypesResponse](w, "ListTargetResourceTypes", &fis.ListTargetResourceTypesRequest{}).TargetResourceTypes {
			types[*s.ResourceType] = *s.Description != ""
		}
		used := map[string]bool{}
		for _, a := range get[fis.ListActionsResponse](w, "ListActions", &fis.ListActionsRequest{}).Actions {
			for _, of := range a.Targets {
				used[*of.ResourceType] = true
				if !types[*of.ResourceType] {
					t.Errorf("%s takes %s, which nobody describes", *a.Id, *of.ResourceType)
				}
			}
		}
		if len(types) != 25 || len(used) != 25 {
			t.Errorf("%d types, %d used", len(types), len(used))
		}
	})
}

// TestListsByOnes: each list answers every element once, also one by one.
func TestListsByOnes(t *testing.T) {
	inWorld(t, func(w *world) {
		in := w.request(actions{"w": wait("PT1M")})
		in.ExperimentOptions = &fis.CreateExperimentTemplateExperimentOptionsInput{AccountTargeting: new("multi-account")}
		template := get[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in).ExperimentTemplate
		for i := range 5 {
			w.template(actions{"w": wait("PT1M")})
			get[fis.CreateTargetAccountConfigurationResponse](w, "CreateTargetAccountConfiguration", &fis.CreateTargetAccountConfigurationRequest{
				ExperimentTemplateId: template.Id, AccountId: new(fmt.Sprintf("11111111111%d", 9-i)), RoleArn: new("arn:aws:iam::111111111111:role/r"),
			})
		}
		for i := range 3 {
			e := w.startTemplate(template.Id)
			if i == 0 {
				got := get[fis.ListExperimentTargetAccountConfigurationsResponse](w, "ListExperimentTargetAccountConfigurations", &fis.ListExperimentTargetAccountConfigurationsRequest{ExperimentId: e.Id})
				if len(got.TargetAccountConfigurations) != 5 || *got.TargetAccountConfigurations[0].AccountId != "111111111115" || *e.TargetAccountConfigurationsCount != 5 {
					t.Errorf("configurations %s of %s", text(got), text(e))
				}
			}
		}
		for _, c := range []struct {
			operation string
			in        any
			want      int
		}{
			{"ListActions", &fis.ListActionsRequest{}, -1},
			{"ListTargetResourceTypes", &fis.ListTargetResourceTypesRequest{}, 25},
			{"ListExperimentTemplates", &fis.ListExperimentTemplatesRequest{}, 6},
			{"ListExperiments", &fis.ListExperimentsRequest{}, 3},
			{"ListExperiments", &fis.ListExperimentsRequest{ExperimentTemplateId: new("EXTnone")}, 0},
			{"ListTargetAccountConfigurations", &fis.ListTargetAccountConfigurationsRequest{ExperimentTemplateId: template.Id}, 5},
		} {
			whole := elements(t, w, c.operation, c.in)
			if c.want >= 0 && len(whole) != c.want {
				t.Errorf("%s: %d elements, want %d", c.operation, len(whole), c.want)
			}
			reflect.ValueOf(c.in).Elem().FieldByName("MaxResults").Set(reflect.ValueOf(new(int64(1))))
			if got := elements(t, w, c.operation, c.in); !slices.Equal(got, whole) {
				t.Errorf("%s by ones: %v, want %v", c.operation, got, whole)
			}
			reflect.ValueOf(c.in).Elem().FieldByName("NextToken").Set(reflect.ValueOf(new("no token")))
			w.refused(w.run(c.operation, c.in), "ValidationException", 400, "nextToken")
			reflect.ValueOf(c.in).Elem().FieldByName("NextToken").SetZero()
			reflect.ValueOf(c.in).Elem().FieldByName("MaxResults").Set(reflect.ValueOf(new(int64(101))))
			w.refused(w.run(c.operation, c.in), "ValidationException", 400, "maxResults")
		}
	})
}

// elements are those of all pages of a list, as text.
func elements(t *testing.T, w *world, operation string, in any) (all []string) {
	t.Helper()
	token := reflect.ValueOf(in).Elem().FieldByName("NextToken")
	defer token.SetZero()
	for {
		out, err := w.bound.Handler(operation).Run(request("000000000000", "us-east-1"), in)
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.ValueOf(out).Elem()
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.Slice {
				for j := range v.Field(i).Len() {
					all = append(all, text(v.Field(i).Index(j).Interface()))
				}
			}
		}
		next := v.FieldByName("NextToken")
		if next.IsNil() {
			return all
		}
		token.Set(next)
	}
}

func TestUpdateReplacesWholeMembers(t *testing.T) {
	inWorld(t, func(w *world) {
		in := w.request(actions{"a": wait("PT1M"), "b": wait("PT2M", "a")})
		in.LogConfiguration = &fis.CreateExperimentTemplateLogConfigurationInput{LogSchemaVersion: new(int64(1)), S3Configuration: &fis.ExperimentTemplateS3LogConfigurationInput{BucketName: new("bucket")}}
		in.Tags = map[string]string{"k": "v"}
		made := get[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in).ExperimentTemplate
		update := func(change fis.UpdateExperimentTemplateRequest) *fis.ExperimentTemplate {
			t.Helper()
			change.Id = made.Id
			return get[fis.UpdateExperimentTemplateResponse](w, "UpdateExperimentTemplate", &change).ExperimentTemplate
		}
		w.clock.Advance(time.Second)
		got := update(fis.UpdateExperimentTemplateRequest{})
		if got.LastUpdateTime.Equal(*made.LastUpdateTime) {
			t.Error("lastUpdateTime did not change")
		}
		got.LastUpdateTime = made.LastUpdateTime
		if !same(got, made) {
			t.Errorf("an empty update made %s of %s", text(got), text(made))
		}
		got = update(fis.UpdateExperimentTemplateRequest{
			Description:       new("another"),
			Actions:           map[string]fis.UpdateExperimentTemplateActionInputItem{"c": {ActionId: new("aws:fis:wait"), Parameters: parameters{"duration": "PT3M"}}},
			ExperimentOptions: &fis.UpdateExperimentTemplateExperimentOptionsInput{EmptyTargetResolutionMode: new("skip")},
			LogConfiguration:  &fis.UpdateExperimentTemplateLogConfigurationInput{S3Configuration: &fis.ExperimentTemplateS3LogConfigurationInput{BucketName: new("other")}},
		})
		if *got.Description != "another" || len(got.Actions) != 1 || *got.ExperimentOptions.EmptyTargetResolutionMode != "skip" || *got.ExperimentOptions.AccountTargeting != "single-account" ||
			*got.LogConfiguration.S3Configuration.BucketName != "other" || *got.LogConfiguration.LogSchemaVersion != 1 || got.Tags["k"] != "v" || !same(got.StopConditions, made.StopConditions) {
			t.Errorf("template %s", text(got))
		}
		if got = update(fis.UpdateExperimentTemplateRequest{LogConfiguration: &fis.UpdateExperimentTemplateLogConfigurationInput{}}); got.LogConfiguration != nil {
			t.Errorf("logs are still on: %s", text(got))
		}
		for name, c := range map[string]struct {
			change fis.UpdateExperimentTemplateRequest
			parts  []string
		}{
			"no actions":     {fis.UpdateExperimentTemplateRequest{Actions: map[string]fis.UpdateExperimentTemplateActionInputItem{}}, []string{"at least one action"}},
			"without an id":  {fis.UpdateExperimentTemplateRequest{Actions: map[string]fis.UpdateExperimentTemplateActionInputItem{"a": {}}}, []string{`The action "a" has no actionId.`}},
			"bad parameters": {fis.UpdateExperimentTemplateRequest{Actions: map[string]fis.UpdateExperimentTemplateActionInputItem{"a": {ActionId: new("aws:fis:wait")}}}, []string{`Missing required parameter "duration" in action "a".`}},
			"model":          {fis.UpdateExperimentTemplateRequest{Description: new("")}, []string{"'description'"}},
		} {
			c.change.Id = made.Id
			err := w.run("UpdateExperimentTemplate", &c.change)
			if err == nil {
				t.Errorf("%s is taken", name)
				continue
			}
			w.refused(err, "ValidationException", 400, c.parts...)
		}
		w.refused(w.run("UpdateExperimentTemplate", &fis.UpdateExperimentTemplateRequest{Id: new("EXTnone")}), "ResourceNotFoundException", 404, "Experiment template with ID EXTnone not found.")
	})
}

func TestTargetAccounts(t *testing.T) {
	const role, other = "arn:aws:iam::111111111111:role/fis", "arn:aws:iam::111111111111:role/other"
	inWorld(t, func(w *world) {
		in := w.request(actions{"w": wait("PT1M")})
		in.ExperimentOptions = &fis.CreateExperimentTemplateExperimentOptionsInput{AccountTargeting: new("multi-account")}
		template := get[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in).ExperimentTemplate
		start := &fis.StartExperimentRequest{ClientToken: w.token(), ExperimentTemplateId: template.Id}
		w.refused(w.run("StartExperiment", start), "ValidationException", 400, "target account configuration")

		create := &fis.CreateTargetAccountConfigurationRequest{ClientToken: w.token(), ExperimentTemplateId: template.Id, AccountId: new("111111111111"), RoleArn: new(role), Description: new("")}
		made := get[fis.CreateTargetAccountConfigurationResponse](w, "CreateTargetAccountConfiguration", create).TargetAccountConfiguration
		again := get[fis.CreateTargetAccountConfigurationResponse](w, "CreateTargetAccountConfiguration", create).TargetAccountConfiguration
		if !same(made, again) || *made.RoleArn != role || *made.Description != "" {
			t.Errorf("made %s, again %s", text(made), text(again))
		}
		changedRequest := *create
		changedRequest.RoleArn = new(other)
		w.refused(w.run("CreateTargetAccountConfiguration", &changedRequest), "ConflictException", 409, "client token")
		changedRequest.ClientToken = w.token()
		w.refused(w.run("CreateTargetAccountConfiguration", &changedRequest), "ConflictException", 409, "111111111111")
		changedRequest.AccountId = new("11111111111x")
		w.refused(w.run("CreateTargetAccountConfiguration", &changedRequest), "ValidationException", 400, "11111111111x")

		e := get[fis.StartExperimentResponse](w, "StartExperiment", start).Experiment
		update := &fis.UpdateTargetAccountConfigurationRequest{ExperimentTemplateId: template.Id, AccountId: made.AccountId, RoleArn: new(other)}
		if got := get[fis.UpdateTargetAccountConfigurationResponse](w, "UpdateTargetAccountConfiguration", update).TargetAccountConfiguration; *got.RoleArn != other || *got.Description != "" {
			t.Errorf("updated %s", text(got))
		}
		// The experiment has its own copy.
		snapshot := get[fis.GetExperimentTargetAccountConfigurationResponse](w, "GetExperimentTargetAccountConfiguration",
			&fis.GetExperimentTargetAccountConfigurationRequest{ExperimentId: e.Id, AccountId: made.AccountId}).TargetAccountConfiguration
		if *snapshot.RoleArn != role || *e.TargetAccountConfigurationsCount != 1 {
			t.Errorf("snapshot %s of %s", text(snapshot), text(e))
		}
		of := &fis.GetTargetAccountConfigurationRequest{ExperimentTemplateId: template.Id, AccountId: made.AccountId}
		if got := get[fis.GetTargetAccountConfigurationResponse](w, "GetTargetAccountConfiguration", of).TargetAccountConfiguration; *got.RoleArn != other {
			t.Errorf("got %s", text(got))
		}
		remove := &fis.DeleteTargetAccountConfigurationRequest{ExperimentTemplateId: template.Id, AccountId: made.AccountId}
		get[fis.DeleteTargetAccountConfigurationResponse](w, "DeleteTargetAccountConfiguration", remove)
		if got := get[fis.GetExperimentTemplateResponse](w, "GetExperimentTemplate", &fis.GetExperimentTemplateRequest{Id: template.Id}).ExperimentTemplate; *got.TargetAccountConfigurationsCount != 0 {
			t.Errorf("template %s", text(got))
		}
		for operation, in := range map[string]any{
			"DeleteTargetAccountConfiguration": remove, "GetTargetAccountConfiguration": of, "UpdateTargetAccountConfiguration": update,
			"GetExperimentTargetAccountConfiguration": &fis.GetExperimentTargetAccountConfigurationRequest{ExperimentId: e.Id, AccountId: new("222222222222")},
		} {
			w.refused(w.run(operation, in), "ResourceNotFoundException", 404, "Target account configuration with ID ")
		}
		// With its token, too, is the configuration forgotten.
		get[fis.CreateTargetAccountConfigurationResponse](w, "CreateTargetAccountConfiguration", create)

		single := w.template(actions{"w": wait("PT1M")})
		w.refused(w.run("CreateTargetAccountConfiguration", &fis.CreateTargetAccountConfigurationRequest{ExperimentTemplateId: single.Id, AccountId: made.AccountId, RoleArn: new(role)}),
			"ValidationException", 400, "multi-account")
		w.stop(e.Id)
	})
}

func TestTagging(t *testing.T) {
	inWorld(t, func(w *world) {
		template := w.template(actions{"w": wait("PT1M")})
		e := w.startTemplate(template.Id)
		for _, arn := range []string{*template.Arn, *e.Arn, "arn:aws:fis:us-east-1:000000000000:action/aws:fis:wait"} {
			list := func() map[string]string {
				t.Helper()
				return get[fis.ListTagsForResourceResponse](w, "ListTagsForResource", &fis.ListTagsForResourceRequest{ResourceArn: &arn}).Tags
			}
			tag := func(tags map[string]string) error {
				return w.run("TagResource", &fis.TagResourceRequest{ResourceArn: &arn, Tags: tags})
			}
			untag := func(keys ...string) error {
				return w.run("UntagResource", &fis.UntagResourceRequest{ResourceArn: &arn, TagKeys: keys})
			}
			if got := list(); got == nil || len(got) != 0 {
				t.Errorf("%s: tags %v", arn, got)
			}
			for _, err := range []error{tag(map[string]string{"a": "1", "b": ""}), tag(map[string]string{"a": "2", "c": "x y"}), untag("b", "none"), untag()} {
				if err != nil {
					t.Error(err)
				}
			}
			if got := list(); !reflect.DeepEqual(got, map[string]string{"a": "2", "c": "x y"}) {
				t.Errorf("%s: tags %v", arn, got)
			}
			w.refused(tag(map[string]string{"AWS:x": ""}), "ValidationException", 400, "AWS:x")
			many := map[string]string{}
			for i := range 49 {
				many[fmt.Sprint("k", i)] = ""
			}
			w.refused(tag(many), "ValidationException", 400, "51 tags")
		}
		if got := w.get(e.Id); got.Tags["a"] != "2" {
			t.Errorf("experiment %s", text(got))
		}
		if got := get[fis.GetActionResponse](w, "GetAction", &fis.GetActionRequest{Id: new("aws:fis:wait")}).Action; got.Tags["a"] != "2" {
			t.Errorf("action %s", text(got))
		}
		// The experiment, whose record has changed, goes on.
		w.clock.Advance(time.Minute)
		w.expect(w.get(e.Id), "completed", "Experiment completed.", nil)
		for arn, code := range map[string]string{
			"arn:aws:fis:us-east-1:000000000000:experiment-template/EXTnone": "ResourceNotFoundException",
			"arn:aws:fis:us-east-1:000000000000:experiment/EXPnone":          "ResourceNotFoundException",
			"arn:aws:fis:us-east-1:000000000000:action/aws:no:such":          "ResourceNotFoundException",
			"arn:aws:fis:eu-west-1:000000000000:experiment/" + *e.Id:         "ResourceNotFoundException",
			"arn:aws:fis:us-east-1:000000000000:safety-lever/default":        "ValidationException",
			"arn:aws:s3:::a-bucket-of-mine":                                  "ValidationException",
			"no arn at all but long enough":                                  "ValidationException",
		} {
			status := 400
			if code == "ResourceNotFoundException" {
				status = 404
			}
			w.refused(w.run("ListTagsForResource", &fis.ListTagsForResourceRequest{ResourceArn: &arn}), code, status)
		}
	})
}

func TestSafetyLever(t *testing.T) {
	inWorld(t, func(w *world) {
		lever := func() *fis.SafetyLever {
			t.Helper()
			return get[fis.GetSafetyLeverResponse](w, "GetSafetyLever", &fis.GetSafetyLeverRequest{Id: new("default")}).SafetyLever
		}
		move := func(status, reason string) error {
			return w.run("UpdateSafetyLeverState", &fis.UpdateSafetyLeverStateRequest{Id: new("default"), State: &fis.UpdateSafetyLeverStateInput{Status: &status, Reason: &reason}})
		}
		if got := lever(); *got.State.Status != "disengaged" || *got.Arn != "arn:aws:fis:us-east-1:000000000000:safety-lever/default" {
			t.Errorf("lever %s", text(got))
		}
		w.refused(w.run("GetSafetyLever", &fis.GetSafetyLeverRequest{Id: new("other")}), "ResourceNotFoundException", 404, "Safety lever with ID other not found.")
		w.refused(move("engaged", " "), "ValidationException", 400, "reason")
		w.refused(move("engaging", "x"), "ValidationException", 400, "'state.status'")

		running := w.start(actions{"w": wait("PT1H")})
		if err := move("engaged", "an incident"); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if *w.get(running.Id).State.Status == "stopped" {
				break
			}
			w.clock.Advance(time.Millisecond)
		}
		w.expect(w.get(running.Id), "stopped", *w.get(running.Id).State.Reason, map[string]string{"w": "stopped"})
		if got := lever(); *got.State.Status != "engaged" || *got.State.Reason != "an incident" {
			t.Errorf("lever %s", text(got))
		}
		e := w.start(actions{"w": wait("PT1H")})
		w.expect(w.get(e.Id), "cancelled", *w.get(e.Id).State.Reason, map[string]string{"w": "cancelled"})
		if err := move("disengaged", "it is over"); err != nil {
			t.Fatal(err)
		}
		e = w.start(actions{"w": wait("PT1M")})
		w.expect(e, "running", "Experiment is running.", nil)
		w.stop(e.Id)
	})
}

// TestResetForgetsLeverAndTags: after a reset FIS is as new.
func TestResetForgetsLeverAndTags(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := new("arn:aws:fis:us-east-1:000000000000:action/aws:fis:wait")
		for operation, in := range map[string]any{
			"TagResource":            &fis.TagResourceRequest{ResourceArn: arn, Tags: map[string]string{"a": "b"}},
			"UpdateSafetyLeverState": &fis.UpdateSafetyLeverStateRequest{Id: new("default"), State: &fis.UpdateSafetyLeverStateInput{Status: new("engaged"), Reason: new("x")}},
		} {
			if err := w.run(operation, in); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.service.Reset(request("000000000000", "us-east-1")); err != nil {
			t.Fatal(err)
		}
		lever := get[fis.GetSafetyLeverResponse](w, "GetSafetyLever", &fis.GetSafetyLeverRequest{Id: new("default")}).SafetyLever
		tags := get[fis.ListTagsForResourceResponse](w, "ListTagsForResource", &fis.ListTagsForResourceRequest{ResourceArn: arn}).Tags
		if *lever.State.Status != "disengaged" || len(tags) > 0 {
			t.Errorf("lever %s, tags %v", text(lever), tags)
		}
	})
}

func TestResolvedTargetsAreListed(t *testing.T) {
	inWorld(t, func(w *world) {
		role := func(name string) string { return "arn:aws:iam::000000000000:role/" + name }
		in := w.request(actions{"a": on("aws:fis:inject-api-internal-error", "Roles", "two", parameters{
			"duration": "PT5M", "service": "ec2", "percentage": "100", "operations": "DescribeInstances",
		}), "b": on("aws:fis:inject-api-throttle-error", "Roles", "one", parameters{
			"duration": "PT5M", "service": "ec2", "percentage": "100", "operations": "RunInstances",
		})})
		in.Targets = targets{"one": of("aws:iam:role", arns(role("c"))), "two": of("aws:iam:role", arns(role("a"), role("b")))}
		template := get[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in).ExperimentTemplate
		e := get[fis.StartExperimentResponse](w, "StartExperiment", &fis.StartExperimentRequest{
			ClientToken: w.token(), ExperimentTemplateId: template.Id, ExperimentOptions: &fis.StartExperimentExperimentOptionsInput{ActionsMode: new("skip-all")},
		}).Experiment
		for range 1000 {
			if *w.get(e.Id).State.Status == "completed" {
				break
			}
			w.clock.Advance(time.Millisecond)
		}
		w.expect(w.get(e.Id), "completed", "Experiment completed.", map[string]string{"a": "skipped", "b": "skipped"})
		list := &fis.ListExperimentResolvedTargetsRequest{ExperimentId: e.Id, MaxResults: new(int64(1))}
		found := elements(t, w, "ListExperimentResolvedTargets", list)
		if len(found) != 3 || !strings.Contains(found[0], `"TargetName":"one"`) || !strings.Contains(found[0], role("c")) || !strings.Contains(found[2], "aws:iam:role") {
			t.Errorf("resolved targets %v", found)
		}
		list.TargetName = new("two")
		if found := elements(t, w, "ListExperimentResolvedTargets", list); len(found) != 2 {
			t.Errorf("resolved targets %v", found)
		}
		list.TargetName = new("three")
		w.refused(w.run("ListExperimentResolvedTargets", list), "ResourceNotFoundException", 404, "Target with ID three not found.")
	})
}
