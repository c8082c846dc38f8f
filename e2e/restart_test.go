package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/fis"
)

// What was acknowledged survives kill -9: tables, items, templates, experiments. A running experiment
// resumes its faults, and ends properly when it is stopped.
func TestKillAndRestart(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", data)
	c := newSDK(s)
	template, stopped := tellStory(t, c, s)
	running := startExperiment(t, c, &template)
	s.kill()

	s = start(t, "--data", data)
	c = newSDK(s)
	wantState(t, c, running, "running")
	wantState(t, c, stopped, "stopped")
	wantUnavailable(t, c, running)
	ok[*fis.GetExperimentTemplateOutput](t)(c.fis().GetExperimentTemplate(t.Context(), &fis.GetExperimentTemplateInput{Id: &template}))
	stopExperiment(t, c, running)
	wantStudent(t, c)
	s.kill()

	// The story can be told again, on the same folder.
	s = start(t, "--data", data)
	c = newSDK(s)
	wantState(t, c, running, "stopped")
	wantStudent(t, c)
	deleteStudents(t, c)
	tellStory(t, c, s)
	s.stop()
}

func deleteStudents(t *testing.T, c sdk) {
	t.Helper()
	in := &dynamodb.DeleteTableInput{TableName: getStudent().TableName}
	ok[*dynamodb.DeleteTableOutput](t)(c.dynamodb().DeleteTable(t.Context(), in))
}

// The CLI and boto3 tell the story again after a kill, too: what boto3 left behind is there.
func TestBoto3AfterKill(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", data)
	if r := execute(t, environment(t, s.URL), program.python, "testdata/story.py"); r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.kill()

	s = start(t, "--data", data)
	cli := newCLI(t, s)
	cli.wantStudent("us-east-1")
	count := cli.ok("dynamodb", "query", "--table-name", "Orders", "--index-name", "by-state", "--key-condition-expression", "#s = :s",
		"--expression-attribute-names", `{"#s": "state"}`, "--expression-attribute-values", `{":s": {"S": "paid"}}`, "--select", "COUNT")
	if at(count, "Count") != 29.0 {
		t.Errorf("the index has %v paid orders, want 29", at(count, "Count"))
	}
	if experiments, _ := at(cli.ok("fis", "list-experiments"), "experiments").([]any); len(experiments) != 3 {
		t.Errorf("%d experiments, want 3", len(experiments))
	}
}

// An experiment whose time has passed while the server was down ends properly, and leaves no fault.
func TestEndWhileDown(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, "--data", data)
	c := newSDK(s)
	createStudents(t, c)
	experiment := startExperiment(t, c, createTemplate(t, c, strings.Replace(getItemTemplate, `"percentage": "100"`, `"duration": "PT1S"`, 1)).Id)
	s.kill()

	// Starting it again may take less than the rest of the second; then it ends in front of our eyes.
	c = newSDK(start(t, "--data", data))
	wantState(t, c, experiment, "completed")
	wantStudent(t, c)
}
