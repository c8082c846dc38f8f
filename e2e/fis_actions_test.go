package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// LocalStack's own example of an experiment on EC2, as its documents have it: the role's ARN is not one.
const localStackEC2 = `{
  "description": "Experiment to stop an EC2 instance",
  "roleArn": "arn:aws:iam:123456789012:role/ExperimentRole",
  "stopConditions": [{"source": "none"}],
  "targets": {"InstancesToStop": {"resourceType": "aws:ec2:instance", "resourceArns": ["%s"], "selectionMode": "ALL"}},
  "actions": {"StopInstance": {"actionId": "aws:ec2:stop-instances", "targets": {"Instances": "InstancesToStop"}}},
  "tags": {}
}`

// instances are the states of all instances, by id.
func (c *cli) instances() map[string]string {
	c.t.Helper()
	states := map[string]string{}
	reservations, _ := c.ok("ec2", "describe-instances")["Reservations"].([]any)
	for _, r := range reservations {
		list, _ := at(r, "Instances").([]any)
		for _, i := range list {
			states[fmt.Sprint(at(i, "InstanceId"))] = fmt.Sprint(at(i, "State", "Name"))
		}
	}
	return states
}

// runInstances makes instances with the tag Name=web and answers their ids.
func (c *cli) runInstances(count int) (ids []string) {
	c.t.Helper()
	made := c.ok("ec2", "run-instances", "--image-id", "ami-12c6146b", "--count", fmt.Sprint(count),
		"--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=web}]")
	list, _ := made["Instances"].([]any)
	for _, i := range list {
		ids = append(ids, fmt.Sprint(at(i, "InstanceId")))
	}
	if len(ids) != count {
		c.t.Fatalf("%d instances, want %d", len(ids), count)
	}
	return ids
}

// ends waits until an experiment has ended, and answers it.
func (c *cli) ends(id, status string) any {
	c.t.Helper()
	var experiment any
	eventually(c.t, "the experiment ends", func() error {
		experiment = c.ok("fis", "get-experiment", "--id", id)["experiment"]
		switch at(experiment, "state", "status") {
		case "completed", "stopped", "failed", "cancelled":
			return nil
		}
		return fmt.Errorf("it is %v", at(experiment, "state"))
	})
	if got := at(experiment, "state", "status"); got != status {
		c.t.Fatalf("the experiment is %v, want %s: %v", got, status, at(experiment, "state"))
	}
	return experiment
}

// TestLocalStacksEC2Example: the example stops an instance of moto's, and DescribeInstances shows it.
func TestLocalStacksEC2Example(t *testing.T) {
	t.Parallel()
	s := start(t, "--upstream", startMoto(t).URL)
	c := newCLI(t, s)
	ids := c.runInstances(2)
	template := c.createTemplate("experiment.json", fmt.Sprintf(localStackEC2, "arn:aws:ec2:us-east-1:000000000000:instance/"+ids[0]))
	started := c.ok("fis", "start-experiment", "--experiment-template-id", template)
	c.ends(fmt.Sprint(at(started, "experiment", "id")), "completed")
	if got := c.instances(); got[ids[0]] != "stopped" || got[ids[1]] != "running" {
		t.Errorf("instances %v", got)
	}

	// On the command line, by tag, and started again after five minutes that nobody waits for.
	later := strings.NewReplacer(`"resourceArns": ["%s"]`, `"resourceTags": {"Name": "web"}`,
		`"aws:ec2:stop-instances",`, `"aws:ec2:stop-instances", "parameters": {"startInstancesAfterDuration": "PT5M"},`).Replace(localStackEC2)
	template = c.createTemplate("later.json", later)
	id := c.startsRunning(template)
	eventually(t, "both are stopped", func() error {
		if got := c.instances(); got[ids[0]] != "stopped" || got[ids[1]] != "stopped" {
			return fmt.Errorf("instances %v", got)
		}
		return nil
	})
	c.brownout("clock", "advance", "5m")
	c.ends(id, "completed")
	if got := c.instances(); got[ids[0]] != "running" || got[ids[1]] != "running" {
		t.Errorf("instances %v", got)
	}

	// Whoever stops the experiment gets the instances back at once.
	id = c.startsRunning(template)
	c.ok("fis", "stop-experiment", "--id", id)
	c.ends(id, "stopped")
	if got := c.instances(); got[ids[0]] != "running" || got[ids[1]] != "running" {
		t.Errorf("instances %v", got)
	}
}

// startsRunning starts an experiment and waits until it runs.
func (c *cli) startsRunning(template string) string {
	c.t.Helper()
	id := fmt.Sprint(at(c.ok("fis", "start-experiment", "--experiment-template-id", template), "experiment", "id"))
	eventually(c.t, "the experiment runs", func() error {
		if state := at(c.ok("fis", "get-experiment", "--id", id), "experiment", "state"); at(state, "status") != "running" {
			return fmt.Errorf("it is %v", state)
		}
		return nil
	})
	return id
}

// brownout runs the binary beside the server, and wants success.
func (c *cli) brownout(arguments ...string) string {
	c.t.Helper()
	environment := c.environment
	for _, variable := range c.environment {
		if url, ok := strings.CutPrefix(variable, "AWS_ENDPOINT_URL="); ok {
			environment = append(environment[:len(environment):len(environment)], "BROWNOUT_URL="+url)
		}
	}
	r := execute(c.t, environment, program.brownout, arguments...)
	if r.code != 0 {
		c.t.Fatalf("brownout %s: exit code %d\n%s%s", strings.Join(arguments, " "), r.code, r.stdout, r.stderr)
	}
	return r.stdout
}

// TestCallsOfARoleFail: calls of the target role's sessions are throttled, in EC2's own words; those of another
// role are not. Who is who is learnt from moto's AssumeRole.
func TestCallsOfARoleFail(t *testing.T) {
	t.Parallel()
	s := start(t, "--upstream", startMoto(t).URL)
	c := newCLI(t, s)
	callers := map[string]*cli{}
	for _, role := range []string{"Deployer", "Reader"} {
		arn := fmt.Sprint(at(c.ok("iam", "create-role", "--role-name", role, "--assume-role-policy-document", `{"Version":"2012-10-17","Statement":[]}`), "Role", "Arn"))
		credentials := at(c.ok("sts", "assume-role", "--role-arn", arn, "--role-session-name", "ci"), "Credentials")
		callers[role] = newCLI(t, s, "AWS_ACCESS_KEY_ID="+fmt.Sprint(at(credentials, "AccessKeyId")),
			"AWS_SECRET_ACCESS_KEY="+fmt.Sprint(at(credentials, "SecretAccessKey")), "AWS_SESSION_TOKEN="+fmt.Sprint(at(credentials, "SessionToken")))
		if role != "Deployer" {
			continue
		}
		template, err := json.Marshal(map[string]any{
			"description": "calls of the role Deployer are throttled", "roleArn": arn, "stopConditions": []any{map[string]any{"source": "none"}},
			"targets": map[string]any{"Role": map[string]any{"resourceType": "aws:iam:role", "resourceArns": []string{arn}, "selectionMode": "ALL"}},
			"actions": map[string]any{"Throttle": map[string]any{"actionId": "aws:fis:inject-api-throttle-error", "targets": map[string]any{"Roles": "Role"},
				"parameters": map[string]any{"service": "ec2", "operations": "DescribeInstances,RunInstances", "percentage": "100", "duration": "PT5M"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.startsRunning(c.createTemplate("throttle.json", string(template)))
	}
	callers["Deployer"].fails("(RequestLimitExceeded)", "ec2", "describe-instances")
	callers["Deployer"].ok("ec2", "describe-volumes")
	callers["Reader"].ok("ec2", "describe-instances")
	c.fails("(RequestLimitExceeded)", "ec2", "describe-instances") // of whom nothing is known counts as the role
	c.brownout("clock", "advance", "5m")
	callers["Deployer"].ok("ec2", "describe-instances")
}
