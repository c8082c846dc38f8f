package dynamodb

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// resource is what a ResourceArn names: a table, or a stream of one.
type resource struct {
	table  tableName
	stream string // its label; empty: the table
}

// parseResource reads the ResourceArn of the operations on tags and policies.
func parseResource(call *aws.Call, text string) (resource, error) {
	if !isTableARN(text) {
		return resource{}, invalidParameter("ARNs must start with 'arn:': " + text)
	}
	arn, ok := aws.ParseARN(text)
	name, isTable := strings.CutPrefix(arn.Resource, "table/")
	switch {
	case !ok || arn.Service != "dynamodb" || !isTable:
		return resource{}, invalidParameter("Provided Arn is not a DynamoDB resource arn: " + text)
	case arn.Account != call.Account:
		return resource{}, refused("AccessDeniedException", "User: "+call.Account+" is not authorized to perform: dynamodb:"+call.Operation+" on resource: "+text)
	}
	name, label, isStream := strings.Cut(name, streamPart)
	if !isStream && strings.Contains(name, "/") {
		return resource{}, invalidParameter("Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " + text)
	}
	return resource{tableName{arn.Account, arn.Region, name}, label}, nil
}
