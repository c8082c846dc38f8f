package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/fis"
	fistypes "github.com/aws/aws-sdk-go-v2/service/fis/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func text(value string) dynamodbtypes.AttributeValue {
	return &dynamodbtypes.AttributeValueMemberS{Value: value}
}

// createStudents is step 1's table, with an item in it.
func createStudents(t *testing.T, c sdk) *dynamodb.CreateTableOutput {
	t.Helper()
	created := ok[*dynamodb.CreateTableOutput](t)(c.dynamodb().CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("Students"),
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}},
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
		BillingMode:          "PAY_PER_REQUEST",
	}))
	putStudent(t, c)
	return created
}

func studentItem() map[string]dynamodbtypes.AttributeValue {
	return map[string]dynamodbtypes.AttributeValue{"id": text("1"), "first name": text("Ada"), "enrolment date": text("1833-06-05")}
}

func putStudent(t *testing.T, c sdk) {
	t.Helper()
	ok[*dynamodb.PutItemOutput](t)(c.dynamodb().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Students"), Item: studentItem()}))
}

func getStudent() *dynamodb.GetItemInput {
	return &dynamodb.GetItemInput{TableName: aws.String("Students"), Key: map[string]dynamodbtypes.AttributeValue{"id": text("1")}}
}

func wantStudent(t *testing.T, c sdk) {
	t.Helper()
	got := ok[*dynamodb.GetItemOutput](t)(c.dynamodb().GetItem(t.Context(), getStudent()))
	if diff := cmp.Diff(studentItem(), got.Item, cmpopts.IgnoreUnexported(dynamodbtypes.AttributeValueMemberS{})); diff != "" {
		t.Fatalf("the item came back changed (-put +got):\n%s", diff)
	}
}

// templateInput reads a template as the AWS CLI reads its JSON: the names begin with capitals in the SDK only.
func templateInput(t *testing.T, content string) *fis.CreateExperimentTemplateInput {
	t.Helper()
	var in fis.CreateExperimentTemplateInput
	if err := json.Unmarshal([]byte(content), &in); err != nil {
		t.Fatal(err)
	}
	return &in
}

func createTemplate(t *testing.T, c sdk, content string) *fistypes.ExperimentTemplate {
	t.Helper()
	return ok[*fis.CreateExperimentTemplateOutput](t)(c.fis().CreateExperimentTemplate(t.Context(), templateInput(t, content))).ExperimentTemplate
}

// startExperiment starts one and waits until it is reported as running.
func startExperiment(t *testing.T, c sdk, template *string) string {
	t.Helper()
	started := ok[*fis.StartExperimentOutput](t)(c.fis().StartExperiment(t.Context(), &fis.StartExperimentInput{ExperimentTemplateId: template}))
	if state := started.Experiment.State.Status; state != "initiating" && state != "running" {
		t.Fatalf("state %s right after the start, want initiating or running", state)
	}
	wantState(t, c, *started.Experiment.Id, "running")
	return *started.Experiment.Id
}

func wantState(t *testing.T, c sdk, id string, want fistypes.ExperimentStatus) {
	t.Helper()
	eventually(t, "experiment "+id+" is "+string(want), func() error {
		got, err := c.fis().GetExperiment(t.Context(), &fis.GetExperimentInput{Id: &id})
		if err == nil && got.Experiment.State.Status != want {
			err = fmt.Errorf("state %s: %s", got.Experiment.State.Status, aws.ToString(got.Experiment.State.Reason))
		}
		return err
	})
}

func stopExperiment(t *testing.T, c sdk, id string) {
	t.Helper()
	stopped := ok[*fis.StopExperimentOutput](t)(c.fis().StopExperiment(t.Context(), &fis.StopExperimentInput{Id: &id}))
	if state := stopped.Experiment.State.Status; state != "stopped" && state != "stopping" {
		t.Fatalf("state %s after the stop", state)
	}
}

func TestStoryWithSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	tellStory(t, newSDK(s), s)
}

// tellStory is the story's steps 1 to 5 and 8, on a server that holds nothing yet.
func tellStory(t *testing.T, c sdk, s *server) (template, experiment string) {
	t.Helper()
	table := createStudents(t, c).TableDescription
	if table.TableStatus != "ACTIVE" || *table.TableArn != "arn:aws:dynamodb:us-east-1:000000000000:table/Students" ||
		table.BillingModeSummary == nil || *table.ItemCount != 0 || *table.TableSizeBytes != 0 || len(aws.ToString(table.TableId)) != 36 {
		t.Errorf("create-table answers %+v", table)
	}
	wantStudent(t, c)

	made := createTemplate(t, c, getItemTemplate)
	if made.CreationTime == nil || made.LastUpdateTime == nil || *made.RoleArn != "arn:aws:iam:000000000000:role/ExperimentRole" ||
		len(made.StopConditions) != 1 || *made.StopConditions[0].Source != "none" || made.Actions["Test disruption"].Parameters["errorCode"] != "503" ||
		*made.Arn != "arn:aws:fis:us-east-1:000000000000:experiment-template/"+*made.Id {
		t.Errorf("create-experiment-template answers %+v", made)
	}
	// As often as it starts, the fault is on as soon as the experiment is running, and off as soon as it is stopped.
	for range 20 {
		experiment = startExperiment(t, c, made.Id)
		wantUnavailable(t, c, experiment)
		stopExperiment(t, c, experiment)
		wantStudent(t, c)
	}
	wantLists(t, c, *made.Id, experiment)
	return *made.Id, experiment
}

// wantUnavailable is step 4 with three attempts.
func wantUnavailable(t *testing.T, c sdk, experiment string) {
	t.Helper()
	c = c.trying(3)
	c.http.take()
	_, err := c.dynamodb().GetItem(t.Context(), getStudent())
	wantError(t, err, "Service Unavailable", 503, faultMessage)
	want := []answer{}
	for i := range 3 {
		want = append(want, answer{503, "dynamodb.GetItem", experiment + "/Test%20disruption", fmt.Sprintf("attempt=%d; max=3", i+1)})
	}
	if got := c.http.take(); !slices.Equal(got, want) {
		t.Fatalf("got the answers\n%+v\nwant\n%+v", got, want)
	}
	putStudent(t, c)
	if got := c.http.take(); !slices.Equal(got, []answer{{200, "dynamodb.PutItem", "", "attempt=1; max=3"}}) {
		t.Fatalf("put-item is answered with %+v", got)
	}
}

// wantLists is step 8. It leaves the template alone.
func wantLists(t *testing.T, c sdk, template, experiment string) {
	t.Helper()
	experiments := ok[*fis.ListExperimentsOutput](t)(c.fis().ListExperiments(t.Context(), nil)).Experiments
	i := slices.IndexFunc(experiments, func(e fistypes.ExperimentSummary) bool { return *e.Id == experiment })
	if i < 0 || *experiments[i].ExperimentTemplateId != template || experiments[i].State.Status != "stopped" || experiments[i].CreationTime == nil {
		t.Errorf("list-experiments: %+v", experiments)
	}
	templates := ok[*fis.ListExperimentTemplatesOutput](t)(c.fis().ListExperimentTemplates(t.Context(), nil)).ExperimentTemplates
	if !slices.ContainsFunc(templates, func(x fistypes.ExperimentTemplateSummary) bool { return *x.Id == template }) {
		t.Errorf("list-experiment-templates: %+v", templates)
	}
	_, err := c.fis().GetExperiment(t.Context(), &fis.GetExperimentInput{Id: aws.String("EXPnowhere")})
	wantError(t, err, "ResourceNotFoundException", 404, "EXPnowhere")
	_, err = c.fis().StopExperiment(t.Context(), &fis.StopExperimentInput{Id: aws.String("EXPnowhere")})
	wantError(t, err, "ResourceNotFoundException", 404, "EXPnowhere")
	_, err = c.fis().StartExperiment(t.Context(), &fis.StartExperimentInput{ExperimentTemplateId: aws.String("EXTnowhere")})
	wantError(t, err, "ResourceNotFoundException", 404, "EXTnowhere")
	again := createTemplate(t, c, getItemTemplate)
	ok[*fis.DeleteExperimentTemplateOutput](t)(c.fis().DeleteExperimentTemplate(t.Context(), &fis.DeleteExperimentTemplateInput{Id: again.Id}))
	_, err = c.fis().DeleteExperimentTemplate(t.Context(), &fis.DeleteExperimentTemplateInput{Id: again.Id})
	wantError(t, err, "ResourceNotFoundException", 404, *again.Id)
	_, err = c.fis().GetExperimentTemplate(t.Context(), &fis.GetExperimentTemplateInput{Id: again.Id})
	wantError(t, err, "ResourceNotFoundException", 404, *again.Id)
}

// The engine may not dawdle: the machine may be busy with other tests, but not every time.
func TestRunningWithinTenthOfSecond(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	template := createTemplate(t, c, getItemTemplate)
	eventually(t, "an experiment runs within 100 ms", func() error {
		began := time.Now()
		id := startExperiment(t, c, template.Id)
		took := time.Since(began)
		stopExperiment(t, c, id)
		if took > 100*time.Millisecond {
			return fmt.Errorf("it took %v", took)
		}
		return nil
	})
}

func TestOutageWithSDK(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s)
	createStudents(t, c)
	experiment := startExperiment(t, c, createTemplate(t, c, outageTemplate).Id)
	for _, region := range []string{"us-east-1", "us-west-2"} {
		c.http.take()
		_, err := c.in(region).dynamodb().ListTables(t.Context(), nil)
		wantError(t, err, "InternalError", 503, faultMessage)
		if got, want := c.http.take()[0].fault, experiment+"/regionUnavailable-"+region; got != want {
			t.Errorf("x-brownout-fault is %q, want %q", got, want)
		}
		ok[*fis.ListExperimentsOutput](t)(c.in(region).fis().ListExperiments(t.Context(), nil))
	}
	createStudents(t, c.in("eu-central-1"))
	wantStudent(t, c.in("eu-central-1"))
	wantState(t, c, experiment, "running")
	stopExperiment(t, c, experiment)
	ok[*dynamodb.ListTablesOutput](t)(c.in("us-west-2").dynamodb().ListTables(t.Context(), nil))
	wantStudent(t, c)
}

// took is how long a call takes that may fail.
func took(call func() error) (time.Duration, error) {
	began := time.Now()
	err := call()
	return time.Since(began), err
}

func TestLatencyWithSDK(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	const latency = 1500 * time.Millisecond
	createStudents(t, c)
	get := func(region string) func() error {
		return func() error {
			_, err := c.in(region).dynamodb().GetItem(t.Context(), getStudent())
			return err
		}
	}
	experiment := startExperiment(t, c, createTemplate(t, c, latencyTemplate).Id)
	if d, err := took(get("us-east-1")); err != nil || d < latency {
		t.Errorf("get-item took %v and ended with %v, want %v at least and no error", d, err, latency)
	}
	createStudents(t, c.in("eu-west-1"))
	if d, err := took(get("eu-west-1")); err != nil || d >= latency {
		t.Errorf("another region took %v and ended with %v", d, err)
	}

	// A latency and an error on the same call both apply: the delay, then the error.
	failing := startExperiment(t, c, createTemplate(t, c, getItemTemplate).Id)
	c.http.take()
	d, err := took(get("us-east-1"))
	wantError(t, err, "Service Unavailable", 503, faultMessage)
	if d < latency {
		t.Errorf("the error came after %v, want %v at least", d, latency)
	}
	if got, want := c.http.take()[0].fault, experiment+"/Slow,"+failing+"/Test%20disruption"; got != want {
		t.Errorf("x-brownout-fault is %q, want %q", got, want)
	}
	stopExperiment(t, c, failing)
	stopExperiment(t, c, experiment)
	if d, err := took(get("us-east-1")); err != nil || d >= latency {
		t.Errorf("after the stop get-item took %v and ended with %v", d, err)
	}
}

// Without a service the whole region is slow, and none of the other regions.
func TestLatencyOfRegion(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	const latency = 700 * time.Millisecond
	template := createTemplate(t, c, `{"description": "slow region", "stopConditions": [], "roleArn": "arn:aws:iam::000000000000:role/r", "actions":
		{"slow": {"actionId": "localstack:generic:latency", "parameters": {"region": "us-west-2", "latencyMilliseconds": "700"}}}}`)
	startExperiment(t, c, template.Id)
	for region, slow := range map[string]bool{"us-west-2": true, "us-east-1": false} {
		d, err := took(func() error {
			_, err := c.in(region).dynamodb().ListTables(t.Context(), nil)
			return err
		})
		if err != nil || slow && d < latency {
			t.Errorf("%s: %v after %v; slow: %v", region, err, d, slow)
		}
		if got := c.http.take(); (got[len(got)-1].fault != "") != slow {
			t.Errorf("%s: answered with %+v; slow: %v", region, got, slow)
		}
	}
}

// Regions and accounts have tables of their own. An access key of 12 digits is the account.
func TestRegionsAndAccountsAreApart(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	for _, place := range []struct{ region, key, account string }{
		{"us-east-1", "test", "000000000000"}, {"eu-west-1", "test", "000000000000"},
		{"us-east-1", "111122223333", "111122223333"}, {"cn-north-1", "AKIAIOSFODNN7EXAMPLE", "000000000000"},
	} {
		here := c.in(place.region).as(place.key)
		_, err := here.dynamodb().GetItem(t.Context(), getStudent())
		wantError(t, err, "ResourceNotFoundException", 400, "Requested resource not found")
		table := createStudents(t, here)
		partition := "aws"
		if strings.HasPrefix(place.region, "cn-") {
			partition = "aws-cn"
		}
		if want := fmt.Sprintf("arn:%s:dynamodb:%s:%s:table/Students", partition, place.region, place.account); *table.TableDescription.TableArn != want {
			t.Errorf("TableArn is %s, want %s", *table.TableDescription.TableArn, want)
		}
		wantStudent(t, here)
		if tables := ok[*dynamodb.ListTablesOutput](t)(here.dynamodb().ListTables(t.Context(), nil)).TableNames; !slices.Equal(tables, []string{"Students"}) {
			t.Errorf("%+v: tables %v", place, tables)
		}
	}
}

func TestParametersRefusedWithSDK(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	for _, parameters := range []map[string]string{
		{"percentage": "101"}, {"percentage": "-0.1"}, {"percentage": "NaN"}, {"percentage": ""}, {"percentage": "ten"},
		{"errorCode": "200"}, {"errorCode": "600"}, {"errorCode": "x"}, {"latencyMilliseconds": "5"}, {"unheardOf": "1"},
	} {
		in := templateInput(t, getItemTemplate)
		in.Actions["Test disruption"] = fistypes.CreateExperimentTemplateActionInput{ActionId: aws.String("localstack:generic:api-error"), Parameters: parameters}
		_, err := c.fis().CreateExperimentTemplate(t.Context(), in)
		if err == nil {
			t.Errorf("%v was accepted", parameters)
			continue
		}
		wantError(t, err, "ValidationException", 400, "")
	}
	in := templateInput(t, strings.Replace(getItemTemplate, `"percentage": "100"`, `"percentage": "0"`, 1))
	never := ok[*fis.CreateExperimentTemplateOutput](t)(c.fis().CreateExperimentTemplate(t.Context(), in))
	createStudents(t, c)
	startExperiment(t, c, never.ExperimentTemplate.Id)
	for range 50 {
		wantStudent(t, c)
	}
}

// The same client token makes one template and one experiment, however often it is sent. Tags come back.
func TestClientTokensAndTags(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	in := templateInput(t, getItemTemplate)
	in.ClientToken, in.Tags = aws.String("token-1"), map[string]string{"team": "payments"}
	first := ok[*fis.CreateExperimentTemplateOutput](t)(c.fis().CreateExperimentTemplate(t.Context(), in)).ExperimentTemplate
	again := ok[*fis.CreateExperimentTemplateOutput](t)(c.fis().CreateExperimentTemplate(t.Context(), in)).ExperimentTemplate
	in.ClientToken = aws.String("token-2")
	other := ok[*fis.CreateExperimentTemplateOutput](t)(c.fis().CreateExperimentTemplate(t.Context(), in)).ExperimentTemplate
	if *first.Id != *again.Id || *first.Id == *other.Id || first.Tags["team"] != "payments" {
		t.Errorf("templates %s, %s (same token), %s; tags %v", *first.Id, *again.Id, *other.Id, first.Tags)
	}
	run := &fis.StartExperimentInput{ExperimentTemplateId: first.Id, ClientToken: aws.String("token-3"), Tags: map[string]string{"run": "1"}}
	one := ok[*fis.StartExperimentOutput](t)(c.fis().StartExperiment(t.Context(), run)).Experiment
	same := ok[*fis.StartExperimentOutput](t)(c.fis().StartExperiment(t.Context(), run)).Experiment
	if *one.Id != *same.Id || one.Tags["run"] != "1" {
		t.Errorf("experiments %s and %s; tags %v", *one.Id, *same.Id, one.Tags)
	}
}

// An action with a duration ends by itself, and the experiment with it.
func TestDurationEnds(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	createStudents(t, c)
	template := createTemplate(t, c, strings.Replace(getItemTemplate, `"percentage": "100"`, `"duration": "PT2S"`, 1))
	experiment := startExperiment(t, c, template.Id)
	_, err := c.dynamodb().GetItem(t.Context(), getStudent())
	wantError(t, err, "Service Unavailable", 503, faultMessage)
	wantState(t, c, experiment, "completed")
	wantStudent(t, c)
	_, err = c.fis().StopExperiment(t.Context(), &fis.StopExperimentInput{Id: &experiment})
	if err == nil {
		t.Error("a completed experiment could be stopped")
	}
}

// A wrong condition is the caller's error, with AWS's code; the SDK's typed errors work.
func TestTypedErrors(t *testing.T) {
	t.Parallel()
	c := newSDK(start(t))
	createStudents(t, c)
	_, err := c.dynamodb().PutItem(t.Context(), &dynamodb.PutItemInput{
		TableName: aws.String("Students"), Item: studentItem(), ConditionExpression: aws.String("attribute_not_exists(id)"),
		ReturnValuesOnConditionCheckFailure: "ALL_OLD",
	})
	var failed *dynamodbtypes.ConditionalCheckFailedException
	if !errors.As(err, &failed) || failed.Item["first name"] == nil {
		t.Errorf("got %v, want a ConditionalCheckFailedException with the item", err)
	}
	_, err = c.fis().GetExperimentTemplate(t.Context(), &fis.GetExperimentTemplateInput{Id: aws.String("EXTnone")})
	var missing *fistypes.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("got %v, want a ResourceNotFoundException", err)
	}
}
