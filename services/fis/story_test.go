package fis_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// storyTemplate is LocalStack's document as people have it: a blank in the action's name, a role ARN
// with a colon missing, no targets.
func storyTemplate(token string) *fis.CreateExperimentTemplateRequest {
	return &fis.CreateExperimentTemplateRequest{
		ClientToken: &token,
		Description: new("Template for interfering with the DynamoDB service"),
		Actions: actions{"Test disruption": do("localstack:generic:api-error", parameters{
			"service": "dynamodb", "operation": "GetItem", "percentage": "100", "exception": "Service Unavailable", "errorCode": "503",
		})},
		StopConditions: []fis.CreateExperimentTemplateStopConditionInput{{Source: new("none")}},
		RoleArn:        new("arn:aws:iam:000000000000:role/ExperimentRole"),
	}
}

func TestStory(t *testing.T) {
	inWorld(t, func(w *world) {
		template := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", storyTemplate("a"))).ExperimentTemplate
		if !regexp.MustCompile(`^EXT[0-9A-Za-z]{14}$`).MatchString(*template.Id) {
			t.Errorf("template id %s", *template.Id)
		}
		if want := "arn:aws:fis:us-east-1:000000000000:experiment-template/" + *template.Id; *template.Arn != want {
			t.Errorf("template arn %s, want %s", *template.Arn, want)
		}
		if template.CreationTime == nil || !template.CreationTime.Equal(*template.LastUpdateTime) || template.Tags == nil ||
			*template.TargetAccountConfigurationsCount != 0 || *template.ExperimentOptions.AccountTargeting != "single-account" ||
			*template.ExperimentOptions.EmptyTargetResolutionMode != "fail" || *template.StopConditions[0].Source != "none" {
			t.Errorf("template %+v", template)
		}

		experiment := w.startTemplate(template.Id)
		w.expect(experiment, "running", "Experiment is running.", map[string]string{"Test disruption": "running"})
		if !regexp.MustCompile(`^EXP[0-9A-Za-z]{15,16}$`).MatchString(*experiment.Id) {
			t.Errorf("experiment id %s", *experiment.Id)
		}
		if want := "arn:aws:fis:us-east-1:000000000000:experiment/" + *experiment.Id; *experiment.Arn != want {
			t.Errorf("experiment arn %s, want %s", *experiment.Arn, want)
		}
		if experiment.Actions["Test disruption"].StartTime == nil || *experiment.ExperimentOptions.ActionsMode != "run-all" {
			t.Errorf("experiment %+v", experiment)
		}
		if got, want := w.owners(), []string{*experiment.Id + "/Test%20disruption"}; !reflect.DeepEqual(got, want) {
			t.Errorf("owners of rules %v, want %v", got, want)
		}
		e := w.fails("dynamodb", "GetItem", "us-east-1")
		if e == nil || e.Code != "Service Unavailable" || e.Status != 503 || e.Message != "Failing as per Fault Injection Simulator configuration" {
			t.Errorf("GetItem fails with %+v", e)
		}
		if w.fails("dynamodb", "PutItem", "us-east-1") != nil || w.fails("dynamodb", "GetItem", "eu-central-1") != nil {
			t.Error("other calls fail, too")
		}

		stopped := w.stop(experiment.Id)
		w.expect(stopped, "stopped", "Experiment stopped.", map[string]string{"Test disruption": "stopped"})
		if w.fails("dynamodb", "GetItem", "us-east-1") != nil || len(w.owners()) > 0 {
			t.Errorf("the fault is still on: %v", w.owners())
		}
		if got := w.get(experiment.Id); !same(got, stopped) {
			t.Errorf("GetExperiment answers %+v, StopExperiment answered %+v", got, stopped)
		}
		_, err := call[fis.StopExperimentResponse](w, "StopExperiment", &fis.StopExperimentRequest{Id: experiment.Id})
		w.refused(err, "ValidationException", 400, "Cannot modify the state of an experiment in final state")
	})
}

func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func TestRegionalOutageKeepsFISReachable(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{
			"east": do("localstack:generic:api-error", parameters{"region": "us-east-1", "errorCode": "503"}),
			"west": do("localstack:generic:api-error", parameters{"region": "us-west-2", "errorCode": "503"}),
		})
		for _, region := range []string{"us-east-1", "us-west-2"} {
			if got := w.fails("s3", "PutObject", region); got == nil || got.Code != "InternalError" || got.Status != 503 {
				t.Errorf("%s: %+v", region, got)
			}
			if got := w.fails("fis", "StopExperiment", region); got != nil {
				t.Errorf("FIS in %s: %v", region, got)
			}
		}
		if w.fails("s3", "PutObject", "eu-central-1") != nil {
			t.Error("eu-central-1 fails, too")
		}
		w.stop(e.Id)
	})
}

func TestTemplates(t *testing.T) {
	inWorld(t, func(w *world) {
		in := storyTemplate("a")
		in.StopConditions = []fis.CreateExperimentTemplateStopConditionInput{}
		in.Targets = map[string]fis.CreateExperimentTemplateTargetInput{}
		in.Tags = map[string]string{"team": "a b"}
		made := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in)).ExperimentTemplate
		if made.StopConditions == nil || made.Targets == nil || made.Tags["team"] != "a b" {
			t.Errorf("template %+v", made)
		}
		get := &fis.GetExperimentTemplateRequest{Id: made.Id}
		got := must[fis.GetExperimentTemplateResponse](w)(call[fis.GetExperimentTemplateResponse](w, "GetExperimentTemplate", get)).ExperimentTemplate
		if !same(got, made) {
			t.Errorf("got %+v, made %+v", got, made)
		}
		// Elsewhere it does not exist.
		for _, at := range [][2]string{{"000000000000", "eu-west-1"}, {"111111111111", "us-east-1"}} {
			_, err := callIn[fis.GetExperimentTemplateResponse](w, at[0], at[1], "GetExperimentTemplate", get)
			w.refused(err, "ResourceNotFoundException", 404, *made.Id)
		}
		e := w.startTemplate(made.Id)
		if len(e.Tags) > 0 {
			t.Errorf("the experiment has the template's tags: %v", e.Tags)
		}
		remove := &fis.DeleteExperimentTemplateRequest{Id: made.Id}
		deleted := must[fis.DeleteExperimentTemplateResponse](w)(call[fis.DeleteExperimentTemplateResponse](w, "DeleteExperimentTemplate", remove)).ExperimentTemplate
		if !same(deleted, made) {
			t.Errorf("deleted %+v", deleted)
		}
		_, err := call[fis.DeleteExperimentTemplateResponse](w, "DeleteExperimentTemplate", remove)
		w.refused(err, "ResourceNotFoundException", 404, "Experiment template with ID "+*made.Id+" not found.")
		_, err = call[fis.StartExperimentResponse](w, "StartExperiment", &fis.StartExperimentRequest{ClientToken: w.token(), ExperimentTemplateId: made.Id})
		w.refused(err, "ResourceNotFoundException", 404, *made.Id)
		// The experiment has its own copy.
		w.expect(w.get(e.Id), "running", "Experiment is running.", nil)
		w.stop(e.Id)
		for operation, in := range map[string]any{
			"GetExperiment": &fis.GetExperimentRequest{Id: new("EXPnone")}, "StopExperiment": &fis.StopExperimentRequest{Id: new("EXPnone")},
		} {
			_, err := w.bound.Handler(operation).Run(request("000000000000", "us-east-1"), in)
			w.refused(err, "ResourceNotFoundException", 404, "Experiment with ID EXPnone not found.")
		}
	})
}

func TestClientTokens(t *testing.T) {
	inWorld(t, func(w *world) {
		create := func(token, description string) (*fis.CreateExperimentTemplateResponse, error) {
			in := storyTemplate(token)
			in.Description = &description
			return call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in)
		}
		made := must[fis.CreateExperimentTemplateResponse](w)
		one := made(create("a token", "x")).ExperimentTemplate
		w.down()
		w.up() // tokens are kept with the data
		if again := made(create("a token", "x")).ExperimentTemplate; !same(again, one) {
			t.Errorf("the same token made %v and %v", *one.Id, *again.Id)
		}
		if other := made(create("another", "x")).ExperimentTemplate; *other.Id == *one.Id {
			t.Error("another token answers the same template")
		}
		_, err := create("a token", "y")
		w.refused(err, "ConflictException", 409)
		list := must[fis.ListExperimentTemplatesResponse](w)(call[fis.ListExperimentTemplatesResponse](w, "ListExperimentTemplates", &fis.ListExperimentTemplatesRequest{}))
		if len(list.ExperimentTemplates) != 2 {
			t.Errorf("%d templates", len(list.ExperimentTemplates))
		}

		start := func(token string, tags map[string]string) (*fis.StartExperimentResponse, error) {
			return call[fis.StartExperimentResponse](w, "StartExperiment", &fis.StartExperimentRequest{ClientToken: &token, ExperimentTemplateId: one.Id, Tags: tags})
		}
		started := must[fis.StartExperimentResponse](w)
		first := started(start("a token", nil)).Experiment
		if again := started(start("a token", nil)).Experiment; *again.Id != *first.Id {
			t.Error("the same token started a second experiment")
		}
		_, err = start("a token", map[string]string{"a": "b"})
		w.refused(err, "ConflictException", 409)
		w.stop(first.Id)
		// Once the template is gone, its token is free again.
		must[fis.DeleteExperimentTemplateResponse](w)(call[fis.DeleteExperimentTemplateResponse](w, "DeleteExperimentTemplate", &fis.DeleteExperimentTemplateRequest{Id: one.Id}))
		if again := made(create("a token", "y")).ExperimentTemplate; *again.Id == *one.Id {
			t.Error("a deleted template came back")
		}
	})
}

func TestLists(t *testing.T) {
	inWorld(t, func(w *world) {
		w.quota = 50
		w.down()
		w.up()
		first, second := w.template(actions{"a": wait("PT1M")}), w.template(actions{"a": wait("PT1M")})
		var want []string
		for i := range 7 {
			w.clock.Advance(time.Second)
			id := first.Id
			if i%2 == 1 {
				id = second.Id
			}
			want = append(want, *w.startTemplate(id).Id)
		}
		list := func(in fis.ListExperimentsRequest) *fis.ListExperimentsResponse {
			return must[fis.ListExperimentsResponse](w)(call[fis.ListExperimentsResponse](w, "ListExperiments", &in))
		}
		var got []string
		in := fis.ListExperimentsRequest{MaxResults: new(int64(1))}
		for {
			out := list(in)
			for _, e := range out.Experiments {
				got = append(got, *e.Id)
				if e.Arn == nil || e.ExperimentTemplateId == nil || *e.State.Status != "running" || e.CreationTime == nil || e.ExperimentOptions == nil {
					t.Errorf("summary %+v", e)
				}
			}
			if out.NextToken == nil {
				break
			}
			in.NextToken = out.NextToken
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("by ones: %v, want %v", got, want)
		}
		if n := len(list(fis.ListExperimentsRequest{ExperimentTemplateId: second.Id}).Experiments); n != 3 {
			t.Errorf("%d experiments of the second template", n)
		}
		_, err := call[fis.ListExperimentsResponse](w, "ListExperiments", &fis.ListExperimentsRequest{NextToken: new("nonsense")})
		w.refused(err, "ValidationException", 400, "nextToken")
		_, err = call[fis.ListExperimentTemplatesResponse](w, "ListExperimentTemplates", &fis.ListExperimentTemplatesRequest{NextToken: in.NextToken})
		w.refused(err, "ValidationException", 400, "nextToken") // a token of another list
		w.clock.Advance(time.Minute)
		w.clock.Advance(121 * 24 * time.Hour)
		if n := len(list(fis.ListExperimentsRequest{}).Experiments); n != 0 {
			t.Errorf("%d experiments after 121 days", n)
		}
		_, err = call[fis.GetExperimentResponse](w, "GetExperiment", &fis.GetExperimentRequest{Id: &want[0]})
		w.refused(err, "ResourceNotFoundException", 404)
	})
}

func TestActiveExperimentsQuota(t *testing.T) {
	inWorld(t, func(w *world) {
		template := w.template(actions{"a": wait("PT1M")})
		for range 5 {
			w.startTemplate(template.Id)
		}
		start := &fis.StartExperimentRequest{ClientToken: w.token(), ExperimentTemplateId: template.Id}
		_, err := call[fis.StartExperimentResponse](w, "StartExperiment", start)
		w.refused(err, "ServiceQuotaExceededException", 402, "5")
		w.clock.Advance(time.Minute)
		must[fis.StartExperimentResponse](w)(call[fis.StartExperimentResponse](w, "StartExperiment", start)) // the token made nothing before
	})
}

func TestConcurrentStartsKeepTheQuota(t *testing.T) {
	inWorld(t, func(w *world) {
		template := w.template(actions{"a": wait("PT1M")})
		errs := make(chan error, 20)
		for range 20 {
			in := &fis.StartExperimentRequest{ClientToken: w.token(), ExperimentTemplateId: template.Id}
			go func() {
				_, err := w.bound.Handler("StartExperiment").Run(request("000000000000", "us-east-1"), in)
				errs <- err
			}()
		}
		started := 0
		for range 20 {
			if err := <-errs; err == nil {
				started++
			} else {
				w.refused(err, "ServiceQuotaExceededException", 402)
			}
		}
		if started != 5 {
			t.Errorf("%d experiments started", started)
		}
	})
}

// TestParallelActionsKeepTheirOrder: which rule decides, and which draws it gets, must not depend on
// which goroutine was faster.
func TestParallelActionsKeepTheirOrder(t *testing.T) {
	inWorld(t, func(w *world) {
		parallel := actions{}
		for _, name := range []string{"e", "b", "d", "a", "c"} {
			parallel[name] = do("localstack:generic:api-error", parameters{"service": "dynamodb"})
		}
		template := w.template(parallel)
		for range 20 {
			experiment := w.startTemplate(template.Id)
			var want []string
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				want = append(want, action.Owner(*experiment.Id, name))
			}
			if got := w.owners(); !slices.Equal(got, want) {
				t.Fatalf("the rules stand in the order %v, want %v", got, want)
			}
			w.stop(experiment.Id)
		}
	})
}
