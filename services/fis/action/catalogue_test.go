package action_test

import (
	"testing"

	"github.com/brownoutdev/brownout/services/fis/action"
)

// TestForms: what the parameters of actions take, without and with strict.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, name, text string
		lenient, exact string // what is said; empty: taken
	}{
		{"aws:fis:wait", "duration", "PT1S", "", "is not a duration from PT1M to PT12H"},
		{"aws:fis:wait", "duration", "PT1M", "", ""},
		{"aws:fis:wait", "duration", "PT12H", "", ""},
		{"aws:fis:wait", "duration", "PT12H1S", "is not a duration from PT1S to PT12H", "is not a duration from PT1M to PT12H"},
		{"aws:fis:wait", "duration", "5m", "is not an ISO 8601 duration such as PT5M", "is not an ISO 8601 duration such as PT5M"},
		{"aws:ebs:pause-volume-io", "duration", "PT1S", "", ""},
		{"aws:directconnect:virtual-interface-disconnect", "duration", "PT5M", "", "is not a duration from PT10M to PT12H"},
		{"aws:ec2:send-spot-instance-interruptions", "durationBeforeInterruption", "PT20M", "is not a duration from PT1S to PT15M", "is not a duration from PT2M to PT15M"},
		{"aws:fis:inject-api-internal-error", "service", "dynamodb", "", "is none of ec2, kinesis"},
		{"aws:fis:inject-api-internal-error", "operations", "DescribeInstances, RunInstances", "", ""},
		{"aws:fis:inject-api-internal-error", "operations", "Describe Instances", `has the element "Describe Instances", which is not the name of an operation`, `has the element "Describe Instances", which is not the name of an operation`},
		{"aws:fis:inject-api-internal-error", "operations", "A,,B", "has an empty element", "has an empty element"},
		{"aws:fis:inject-api-internal-error", "percentage", "0", "is not a whole number from 1 to 100", "is not a whole number from 1 to 100"},
		{"aws:ebs:volume-io-latency", "readIOPercentage", "0.1", "", ""},
		{"aws:ebs:volume-io-latency", "readIOPercentage", "NaN", "is not a number from 0.1 to 100", "is not a number from 0.1 to 100"},
		{"aws:ec2:asg-insufficient-instance-capacity-error", "availabilityZoneIdentifiers", "use1-az1, us-east-1b", "", ""},
		{"aws:ecs:task-cpu-stress", "installDependencies", "True", "", ""},
		{"aws:ecs:task-cpu-stress", "workers", "-1", "is not a whole number from 0", "is not a whole number from 0"},
		{"aws:ssm:send-command", "documentArn", "arn:aws:ssm:us-east-1::document/AWSFIS-Run-CPU-Stress", "", ""},
		{"aws:ssm:send-command", "documentArn", "arn:aws:ssm:us-east-1::AWSFIS-Run-Network-Latency-Sources", "", ""},
		{"aws:ssm:start-automation-execution", "documentArn", "arn:aws-cn:ssm:cn-north-1:1:automation-definition/Mine:$DEFAULT", "", ""},
		{"aws:ssm:send-command", "documentArn", "arn:aws:ssm:us-east-1:1:document/", "is not the ARN of an SSM document", "is not the ARN of an SSM document"},
		{"aws:ssm:send-command", "documentArn", "AWSFIS-Run-CPU-Stress", "is not the ARN of an SSM document", "is not the ARN of an SSM document"},
		{"aws:ssm:send-command", "documentParameters", "{\"commands\": [\"a\nb\"],\n\t\"n\": 1, \"b\": true, \"q\": \"a\\\"\nb\"}", "", ""},
		{"aws:ssm:send-command", "documentParameters", "[1]", "is not a JSON object", "is not a JSON object"},
		{"aws:ssm:send-command", "documentParameters", "null", "is not a JSON object", "is not a JSON object"},
		{"aws:lambda:invocation-http-integration-response", "statusCode", "007", "", ""},
		{"aws:cloudwatch:assert-alarm-state", "alarmStates", "OK,BAD", `has the element "BAD", which is none of OK, ALARM, INSUFFICIENT_DATA`, `has the element "BAD", which is none of OK, ALARM, INSUFFICIENT_DATA`},
		{"aws:cloudwatch:assert-alarm-state", "alarmArns", "arn:aws:cloudwatch:us-east-1:1:alarm:a b", "", ""},
		{"aws:network:disrupt-connectivity", "scope", "prefix-list", "needs the parameter prefixListIdentifier, too", "needs the parameter prefixListIdentifier, too"},
	} {
		for _, strict := range []bool{false, true} {
			want := c.lenient
			if strict {
				want = c.exact
			}
			got := ""
			if problems := action.Lookup(c.id).Problems(map[string]string{c.name: c.text}, strict); len(problems) > 0 {
				got = problems[0].Message
			}
			if got != want && !(c.id == "aws:fis:inject-api-internal-error" && want == "") { // its Check may say more
				t.Errorf("%s of %s, strict %v: %q: %q, want %q", c.name, c.id, strict, c.text, got, want)
			}
		}
	}
}
