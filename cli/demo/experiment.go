package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// getItemFails is the template as LocalStack's documentation has it: a blank in the action's name, a
// role ARN with a missing colon, no targets.
const getItemFails = `{"actions": {"Test disruption": {"actionId": "localstack:generic:api-error",
    "parameters": {"service": "dynamodb", "operation": "GetItem", "percentage": "100",
                   "exception": "Service Unavailable", "errorCode": "503"}}},
  "description": "Template for interfering with the DynamoDB service",
  "stopConditions": [{"source": "none"}],
  "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`

func (s *story) createTemplate(ctx context.Context) (err error) {
	var a *answer
	if s.template, a, err = s.create(ctx, east, getItemFails); err != nil {
		return err
	}
	template := at(a.out, "experimentTemplate")
	missing := ""
	for _, name := range []string{"id", "arn", "description", "actions", "stopConditions", "creationTime", "lastUpdateTime", "roleArn"} {
		if at(template, name) == nil {
			missing += " " + name
		}
	}
	s.check(a.succeeded() && missing == "", "the template is accepted as it stands", []any{a, "missing:" + missing})
	s.check(textAt(template, "roleArn") == roleARN && textAt(template, "actions", action, "parameters", "operation") == "GetItem",
		"it is given back as it was written", template)
	return nil
}

// startLimit is how soon the experiment must be running.
const startLimit = 100 * time.Millisecond

func (s *story) startExperiment(ctx context.Context) error {
	id, first, within, err := s.begin(ctx, east, s.template)
	if err != nil {
		return err
	}
	s.check(first == "initiating" || first == "running", "experiment "+id+" starts", "its first state is "+first)
	s.check(within <= startLimit, fmt.Sprintf("it is running within %v", startLimit), within)
	return nil
}

func (s *story) failingCalls(ctx context.Context) error {
	a, err := s.client.do(ctx, request{name: "dynamodb.GetItem", region: east, in: getItem()})
	if err != nil {
		return err
	}
	s.check(a.allStatuses(maxAttempts, statusUnavailable), "all ten attempts are answered with 503", a)
	s.check(a.failure != nil && a.failure.Code == "Service Unavailable" && a.failure.Message == faultMessage,
		"the error says: (Service Unavailable) "+faultMessage, a)
	s.check(a.allFaults(s.experiments[0]+"/Test%20disruption") && a.call == "dynamodb.GetItem",
		"x-brownout-fault names the experiment and the action", a.faults)
	const line = "AWS dynamodb.GetItem => 503 (Service Unavailable)"
	s.check(s.lines.count(line) == maxAttempts, "the log has a line for each attempt: "+line, fmt.Sprintf("%d lines", s.lines.count(line)))
	for _, r := range []request{
		{name: "dynamodb.PutItem", region: east, in: aws.Document{"TableName": tableName, "Item": student()}},
		{name: "dynamodb.DescribeTable", region: east, in: aws.Document{"TableName": tableName}},
		{name: "dynamodb.Scan", region: east, in: aws.Document{"TableName": tableName}},
	} {
		if err := s.works(ctx, r, r.name+" goes on working"); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) stopExperiment(ctx context.Context) error {
	if err := s.stop(ctx, east, s.experiments[0]); err != nil {
		return err
	}
	return s.works(ctx, request{name: "dynamodb.GetItem", region: east, in: getItem()}, "GetItem works again, at once")
}
