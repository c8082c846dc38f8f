package e2e

import (
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/fis"
	fistypes "github.com/aws/aws-sdk-go-v2/service/fis/types"
)

// TestFISWithBoto3 calls every operation of FIS, and checks each answer against botocore's model.
func TestFISWithBoto3(t *testing.T) {
	t.Parallel()
	s := start(t)
	if r := execute(t, environment(t, s.URL), program.python, "testdata/fis_api.py"); r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// TestFISWithCLI creates templates as people write them for AWS from their files, as they stand.
func TestFISWithCLI(t *testing.T) {
	t.Parallel()
	s := start(t, "--fis-strict")
	c := newCLI(t, s)
	files, err := filepath.Glob("../services/fis/testdata/templates/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, name := range []string{"az_power_interruption", "ssm_shell_script", "cross_region", "multi_account"} {
		created := c.ok("fis", "create-experiment-template", "--cli-input-json", "file://../services/fis/testdata/templates/"+name+".json")
		id, _ := at(created, "experimentTemplate", "id").(string)
		shown := c.ok("fis", "get-experiment-template", "--id", id)
		if at(shown, "experimentTemplate", "creationTime") != at(created, "experimentTemplate", "creationTime") {
			t.Errorf("%s: created %v, shown %v", name, created, shown)
		}
	}
	if got := at(c.ok("fis", "list-actions", "--max-items", "3"), "actions"); len(got.([]any)) != 3 {
		t.Errorf("actions %v", got)
	}
	if got := at(c.ok("fis", "get-target-resource-type", "--resource-type", "aws:ec2:instance"), "targetResourceType", "resourceType"); got != "aws:ec2:instance" {
		t.Errorf("resource type %v", got)
	}
}

// TestFISWithSDK reads what only the Go SDK's types show: maps, nested structures, paginators, errors.
func TestFISWithSDK(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t, "--fis-quota", "experiment-templates=2")).fis()
	template := ok[*fis.CreateExperimentTemplateOutput](t)(c.CreateExperimentTemplate(t.Context(), &fis.CreateExperimentTemplateInput{
		Description: aws.String("stop and start"), RoleArn: aws.String("arn:aws:iam::000000000000:role/Experiments"),
		StopConditions: []fistypes.CreateExperimentTemplateStopConditionInput{{Source: aws.String("none")}},
		Targets: map[string]fistypes.CreateExperimentTemplateTargetInput{"web": {
			ResourceType: aws.String("aws:ec2:instance"), SelectionMode: aws.String("COUNT(1)"), ResourceTags: map[string]string{"role": "web"},
			Filters: []fistypes.ExperimentTemplateTargetInputFilter{{Path: aws.String("State.Name"), Values: []string{"running"}}},
		}},
		Actions: map[string]fistypes.CreateExperimentTemplateActionInput{"stop": {
			ActionId: aws.String("aws:ec2:stop-instances"), Targets: map[string]string{"Instances": "web"},
			Parameters: map[string]string{"startInstancesAfterDuration": "PT2M"},
		}},
	})).ExperimentTemplate
	if f := template.Targets["web"].Filters; len(f) != 1 || *f[0].Path != "State.Name" || template.Actions["stop"].Parameters["startInstancesAfterDuration"] != "PT2M" {
		t.Errorf("template %+v", template)
	}
	updated := ok[*fis.UpdateExperimentTemplateOutput](t)(c.UpdateExperimentTemplate(t.Context(), &fis.UpdateExperimentTemplateInput{
		Id: template.Id, ExperimentOptions: &fistypes.UpdateExperimentTemplateExperimentOptionsInput{EmptyTargetResolutionMode: "skip"},
	})).ExperimentTemplate
	if updated.ExperimentOptions.EmptyTargetResolutionMode != "skip" || len(updated.Targets) != 1 {
		t.Errorf("template %+v", updated)
	}
	seen := map[string]bool{}
	for pages := fis.NewListActionsPaginator(c, &fis.ListActionsInput{MaxResults: aws.Int32(7)}); pages.HasMorePages(); {
		for _, action := range ok[*fis.ListActionsOutput](t)(pages.NextPage(t.Context())).Actions {
			seen[*action.Id] = true
		}
	}
	if !seen["aws:eks:pod-delete"] || !seen["localstack:do-nothing"] {
		t.Errorf("actions %v", seen)
	}
	wait := &fis.CreateExperimentTemplateInput{
		Description: aws.String("wait"), RoleArn: template.RoleArn, StopConditions: []fistypes.CreateExperimentTemplateStopConditionInput{{Source: aws.String("none")}},
		Actions: map[string]fistypes.CreateExperimentTemplateActionInput{"wait": {ActionId: aws.String("aws:fis:wait"), Parameters: map[string]string{"duration": "PT1M"}}},
	}
	ok[*fis.CreateExperimentTemplateOutput](t)(c.CreateExperimentTemplate(t.Context(), wait))
	wait.ClientToken = nil
	_, err := c.CreateExperimentTemplate(t.Context(), wait)
	wantError(t, err, "ServiceQuotaExceededException", 402, "2 at most")
}
