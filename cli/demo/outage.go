package demo

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

const twoRegionsDown = `{"actions": {
    "east is down": {"actionId": "localstack:generic:api-error", "parameters": {"region": "us-east-1", "errorCode": "503"}},
    "west is down": {"actionId": "localstack:generic:api-error", "parameters": {"region": "us-west-2", "errorCode": "503"}}},
  "description": "Two regions are down",
  "stopConditions": [{"source": "none"}],
  "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`

func (s *story) regionalOutage(ctx context.Context) error {
	err := s.during(ctx, east, twoRegionsDown, func(id string) error {
		for _, down := range []struct {
			request
			owner string
		}{
			{request{name: "dynamodb.GetItem", region: east, in: getItem()}, id + "/east%20is%20down"},
			{request{name: "dynamodb.ListTables", region: west}, id + "/west%20is%20down"},
		} {
			a, err := s.client.do(ctx, down.request)
			if err != nil {
				return err
			}
			s.check(a.allStatuses(maxAttempts, statusUnavailable) && a.refused(statusUnavailable, "InternalError") && a.failure.Message == faultMessage &&
				a.allFaults(down.owner), down.region+" is down: (InternalError) "+faultMessage, []any{a, a.faults})
		}
		for _, r := range []request{
			{name: "dynamodb.CreateTable", region: central, in: newTable(tableName)},
			{name: "dynamodb.PutItem", region: central, in: aws.Document{"TableName": tableName, "Item": student()}},
		} {
			if err := s.works(ctx, r, r.name+" works in "+central); err != nil {
				return err
			}
		}
		if err := s.works(ctx, request{name: "fis.ListExperiments", region: west}, "FIS can be reached in "+west); err != nil {
			return err
		}
		return s.works(ctx, request{name: "fis.GetExperiment", region: east, in: aws.Document{"id": id}}, "and in "+east)
	})
	if err != nil {
		return err
	}
	if err := s.works(ctx, request{name: "dynamodb.GetItem", region: east, in: getItem()}, east+" is up again"); err != nil {
		return err
	}
	return s.works(ctx, request{name: "dynamodb.ListTables", region: west}, west+" is up again")
}
