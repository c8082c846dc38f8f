package e2e

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	student = `{"id": {"S": "1"}, "first name": {"S": "Ada"}, "enrolment date": {"S": "1833-06-05"}}`
	key     = `{"id": {"S": "1"}}`
)

// createStudents is step 1's table.
func (c *cli) createStudents(region string) map[string]any {
	c.t.Helper()
	return c.ok("dynamodb", "create-table", "--table-name", "Students", "--attribute-definitions", "AttributeName=id,AttributeType=S",
		"--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST", "--region", region)
}

func (c *cli) createTemplate(name, content string) string {
	c.t.Helper()
	created := c.ok("fis", "create-experiment-template", "--cli-input-json", file(c.t, name, content))
	id, _ := at(created, "experimentTemplate", "id").(string)
	if !strings.HasPrefix(id, "EXT") {
		c.t.Fatalf("template id %q, want EXT...", id)
	}
	return id
}

// startExperiment starts one and waits until it runs.
func (c *cli) startExperiment(template string) string {
	c.t.Helper()
	started := c.ok("fis", "start-experiment", "--experiment-template-id", template)
	if state := at(started, "experiment", "state", "status"); state != "initiating" && state != "running" {
		c.t.Fatalf("state %v right after the start, want initiating or running", state)
	}
	id, _ := at(started, "experiment", "id").(string)
	if !strings.HasPrefix(id, "EXP") {
		c.t.Fatalf("experiment id %q, want EXP...", id)
	}
	// The next run of the CLI takes longer than the 100 ms that the experiment has.
	if state := at(c.ok("fis", "get-experiment", "--id", id), "experiment", "state", "status"); state != "running" {
		c.t.Fatalf("state %v, want running", state)
	}
	return id
}

func (c *cli) stopExperiment(id string) {
	c.t.Helper()
	stopped := c.ok("fis", "stop-experiment", "--id", id)
	if state := at(stopped, "experiment", "state", "status"); state != "stopped" && state != "stopping" {
		c.t.Fatalf("state %v after the stop", state)
	}
}

func (c *cli) getStudent(region string) []string {
	return []string{"dynamodb", "get-item", "--table-name", "Students", "--key", key, "--region", region}
}

func TestStoryWithCLI(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newCLI(t, s)

	// 1: a table, an item whose attribute names hold blanks.
	table := c.createStudents("us-east-1")
	for path, want := range map[string]any{
		"TableStatus": "ACTIVE", "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/Students",
		"TableName": "Students", "ItemCount": 0.0, "TableSizeBytes": 0.0,
	} {
		if got := at(table, "TableDescription", path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if mode := at(table, "TableDescription", "BillingModeSummary", "BillingMode"); mode != "PAY_PER_REQUEST" {
		t.Errorf("BillingMode is %v", mode)
	}
	if id, _ := at(table, "TableDescription", "TableId").(string); len(id) != 36 {
		t.Errorf("TableId is %q, want a UUID", id)
	}
	c.ok("dynamodb", "put-item", "--table-name", "Students", "--item", student)
	c.wantStudent("us-east-1")

	// 2 and 3: a template as LocalStack's documents have it, and an experiment from it.
	template := c.createTemplate("dynamodb-experiment.json", getItemTemplate)
	experiment := c.startExperiment(template)

	// 4: get-item fails, nothing else does.
	c.fails("An error occurred (Service Unavailable) when calling the GetItem operation (reached max retries: 1): "+faultMessage, c.getStudent("us-east-1")...)
	c.ok("dynamodb", "put-item", "--table-name", "Students", "--item", student)
	c.ok("dynamodb", "scan", "--table-name", "Students")
	for i, line := range s.log(unavailableAt, 2) {
		if want := experiment + "/Test%20disruption"; line.Fault != want || line.Attempt != i+1 || line.Region != "us-east-1" || line.Took == nil || line.Time.IsZero() {
			t.Errorf("log line %d is %+v, want attempt %d, fault %s, region, time and time taken", i, line, i+1, want)
		}
	}
	s.log("AWS dynamodb.PutItem => 200", 2)

	// 5: and works again when the experiment is stopped.
	c.stopExperiment(experiment)
	c.wantStudent("us-east-1")

	// 8: lists, single ones, deletion, wrong ids.
	c.lists(template, experiment)
}

func (c *cli) wantStudent(region string) {
	c.t.Helper()
	got := c.ok(c.getStudent(region)...)
	if at(got, "Item", "first name", "S") != "Ada" || at(got, "Item", "enrolment date", "S") != "1833-06-05" {
		c.t.Fatalf("got %v", got)
	}
}

// lists is step 8.
func (c *cli) lists(template, experiment string) {
	t := c.t
	t.Helper()
	experiments, _ := at(c.ok("fis", "list-experiments"), "experiments").([]any)
	if len(experiments) != 1 || at(experiments[0], "id") != experiment || at(experiments[0], "experimentTemplateId") != template ||
		at(experiments[0], "state", "status") != "stopped" || at(experiments[0], "creationTime") == nil {
		t.Errorf("list-experiments: %v", experiments)
	}
	templates, _ := at(c.ok("fis", "list-experiment-templates"), "experimentTemplates").([]any)
	if len(templates) != 1 || at(templates[0], "id") != template {
		t.Errorf("list-experiment-templates: %v", templates)
	}
	got := c.ok("fis", "get-experiment-template", "--id", template)
	if at(got, "experimentTemplate", "actions", "Test disruption", "parameters", "exception") != "Service Unavailable" {
		t.Errorf("get-experiment-template: %v", got)
	}
	c.ok("fis", "delete-experiment-template", "--id", template)
	c.fails("An error occurred (ResourceNotFoundException) when calling the GetExperimentTemplate operation", "fis", "get-experiment-template", "--id", template)
	c.fails(template, "fis", "delete-experiment-template", "--id", template)
	c.fails("EXPnowhere", "fis", "get-experiment", "--id", "EXPnowhere")
}

// As it is out of the box, AWS CLI v1 tries ten times, which takes about 26 seconds.
func TestTenAttemptsOfCLI(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newCLI(t, s, "AWS_MAX_ATTEMPTS=10", "AWS_RETRY_MODE=legacy")
	c.createStudents("us-east-1")
	c.startExperiment(c.createTemplate("dynamodb-experiment.json", getItemTemplate))
	c.fails("An error occurred (Service Unavailable) when calling the GetItem operation (reached max retries: 9): "+faultMessage, c.getStudent("us-east-1")...)
	attempts := s.log(unavailableAt, 10)
	if len(attempts) != 10 {
		t.Fatalf("%d attempts, want 10", len(attempts))
	}
	for i, line := range attempts {
		if line.Attempt != i+1 || i > 0 && line.MaxAttempt != 10 {
			t.Errorf("attempt %d is logged as %+v", i+1, line)
		}
	}
}

func TestOutageWithCLI(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newCLI(t, s)
	c.createStudents("us-east-1")
	experiment := c.startExperiment(c.createTemplate("outage.json", outageTemplate))
	for _, region := range []string{"us-east-1", "us-west-2"} {
		c.fails("An error occurred (InternalError) when calling the ListTables operation (reached max retries: 1): "+faultMessage,
			"dynamodb", "list-tables", "--region", region)
	}
	c.createStudents("eu-central-1")
	c.ok("dynamodb", "put-item", "--table-name", "Students", "--item", student, "--region", "eu-central-1")
	if experiments, _ := at(c.ok("fis", "list-experiments"), "experiments").([]any); len(experiments) != 1 {
		t.Errorf("list-experiments: %v", experiments)
	}
	c.ok("fis", "list-experiments", "--region", "us-west-2")
	c.stopExperiment(experiment)
	c.ok("dynamodb", "list-tables", "--region", "us-west-2")
}

func TestLatencyWithCLI(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newCLI(t, s)
	c.createStudents("us-east-1")
	experiment := c.startExperiment(c.createTemplate("latency.json", latencyTemplate))
	c.ok("dynamodb", "put-item", "--table-name", "Students", "--item", student)
	c.ok("dynamodb", "list-tables", "--region", "eu-west-1")
	c.stopExperiment(experiment)
	// The log tells how long a call took without the time that Python takes to start.
	for message, slow := range map[string]bool{"AWS dynamodb.PutItem => 200": true, "AWS dynamodb.ListTables => 200": false} {
		took := time.Duration(*s.log(message, 1)[0].Took)
		if slow != (took >= 1500*time.Millisecond) {
			t.Errorf("%s took %v; slow: %v", message, took, slow)
		}
	}
}

// A percentage and a status that cannot be meant are refused when the template is made.
func TestParametersRefusedWithCLI(t *testing.T) {
	t.Parallel()
	c := newCLI(t, start(t))
	for _, change := range [][2]string{
		{`"percentage": "100"`, `"percentage": "101"`}, {`"percentage": "100"`, `"percentage": "-1"`}, {`"percentage": "100"`, `"percentage": "often"`},
		{`"errorCode": "503"`, `"errorCode": "399"`}, {`"errorCode": "503"`, `"errorCode": "600"`},
	} {
		c.fails("An error occurred (ValidationException) when calling the CreateExperimentTemplate operation", "fis", "create-experiment-template",
			"--cli-input-json", file(t, "wrong.json", strings.Replace(getItemTemplate, change[0], change[1], 1)))
	}
}

// A share is a share: with the same seed the same calls fail.
func TestSeedRepeatsDraws(t *testing.T) {
	t.Parallel()
	outcomes := func(seed int) (text string) {
		s := start(t, "--seed", strconv.Itoa(seed))
		half := strings.Replace(getItemTemplate, `"percentage": "100"`, `"percentage": "50"`, 1)
		newCLI(t, s).startExperiment(newCLI(t, s).createTemplate("half.json", half))
		client := newSDK(s)
		createStudents(t, client)
		for range 40 {
			_, err := client.dynamodb().GetItem(t.Context(), getStudent())
			text += map[bool]string{true: "1", false: "0"}[err == nil]
		}
		return text
	}
	first, again, other := outcomes(7), outcomes(7), outcomes(8)
	if first != again || first == other || strings.Count(first, "1") < 8 || strings.Count(first, "0") < 8 {
		t.Errorf("seed 7: %s\nseed 7: %s\nseed 8: %s", first, again, other)
	}
}
