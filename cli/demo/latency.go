package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

const (
	slowService = `{"actions": {"slow": {"actionId": "localstack:generic:latency",
    "parameters": {"service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": "1000"}}},
  "description": "DynamoDB is slow in us-east-1", "stopConditions": [], "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`
	slowServiceBy = time.Second

	slowRegion = `{"actions": {"slow": {"actionId": "localstack:generic:latency",
    "parameters": {"region": "us-west-2", "latencyMilliseconds": "300"}}},
  "description": "All of us-west-2 is slow", "stopConditions": [], "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`
	slowRegionBy = 300 * time.Millisecond

	slowAndBroken = `{"actions": {
    "slow": {"actionId": "localstack:generic:latency", "parameters": {"service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": "200"}},
    "broken": {"actionId": "localstack:generic:api-error", "parameters": {"service": "dynamodb", "operation": "GetItem", "errorCode": "503"}}},
  "description": "GetItem is slow, and then fails", "stopConditions": [], "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`
	slowAndBrokenBy = 200 * time.Millisecond

	// rawNumber has a number where the API wants a string, as LocalStack's documentation has it.
	rawNumber = `{"actions": {"slow": {"actionId": "localstack:generic:latency",
    "parameters": {"service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": 5000}}},
  "description": "A number in place of a string", "stopConditions": [], "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`
)

func (s *story) latency(ctx context.Context) error {
	err := s.during(ctx, east, slowService, func(string) error {
		get := request{name: "dynamodb.GetItem", region: east, in: getItem()}
		if err := s.slow(ctx, get, slowServiceBy, "DynamoDB in us-east-1"); err != nil {
			return err
		}
		get.region = central
		if err := s.works(ctx, get, "DynamoDB in eu-central-1 does not"); err != nil {
			return err
		}
		return s.works(ctx, request{name: "fis.ListExperiments", region: east}, "nor does another service in us-east-1")
	})
	if err != nil {
		return err
	}
	err = s.during(ctx, east, slowRegion, func(string) error {
		if err := s.slow(ctx, request{name: "dynamodb.ListTables", region: west}, slowRegionBy, "without a service, all of us-west-2"); err != nil {
			return err
		}
		return s.works(ctx, request{name: "dynamodb.ListTables", region: east}, "us-east-1 does not")
	})
	if err != nil {
		return err
	}
	if err := s.acceptNumber(ctx); err != nil {
		return err
	}
	return s.compose(ctx)
}

// slow checks that a call succeeds, but not before this much time has passed.
func (s *story) slow(ctx context.Context, r request, by time.Duration, who string) error {
	a, err := s.client.do(ctx, r)
	if err != nil {
		return err
	}
	s.check(a.succeeded() && a.faults[0] != "" && a.took >= by, fmt.Sprintf("%s takes %v longer, and then succeeds", who, by), a)
	return nil
}

func (s *story) acceptNumber(ctx context.Context) error {
	id, a, err := s.create(ctx, east, rawNumber)
	if err != nil {
		return err
	}
	s.check(a.succeeded(), "latencyMilliseconds may be a JSON number: 5000", a)
	if a, err = s.client.do(ctx, request{name: "fis.GetExperimentTemplate", region: east, in: aws.Document{"id": id}}); err != nil {
		return err
	}
	given := at(a.out, "experimentTemplate", "actions", "slow", "parameters", "latencyMilliseconds")
	s.check(given == any("5000"), `it is given back as the string "5000"`, fmt.Sprintf("%T %[1]v", given))
	return nil
}

// compose lets a delay and an error meet on one call. One attempt shows it.
func (s *story) compose(ctx context.Context) error {
	return s.during(ctx, east, slowAndBroken, func(id string) error {
		a, err := s.client.do(ctx, request{name: "dynamodb.GetItem", region: east, in: getItem(), attempts: 1})
		if err != nil {
			return err
		}
		s.check(a.took >= slowAndBrokenBy && a.refused(statusUnavailable, "InternalError"), "a latency and an error both apply: the delay, then the error", a)
		hit := map[string]bool{id + "/slow," + id + "/broken": true, id + "/broken," + id + "/slow": true}
		s.check(hit[a.faults[0]], "and x-brownout-fault names both", a.faults)
		return nil
	})
}
