package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

// ec2Listing lists what an operation of EC2 describes: the items at path, each with an id and Tags.
func ec2Listing(operation, path, id, resource string) func(ctx context.Context, q *Query) ([]candidate, error) {
	return func(ctx context.Context, q *Query) (list []candidate, err error) {
		items, err := q.list(ctx, "ec2", operation, nil, pages{"NextToken", "NextToken"}, path)
		if err != nil {
			return nil, err
		}
		for _, item := range documents(items) {
			list = append(list, candidate{arn: q.arn("ec2", resource+"/"+text(item, id)), item: item, tags: tagsOf(item["Tags"])})
		}
		return list, nil
	}
}

// instances are the EC2 instances that there are still.
func instances(ctx context.Context, q *Query, keep func(item aws.Document) bool) (list []candidate, err error) {
	all, err := ec2Listing("DescribeInstances", "Reservations.Instances", "InstanceId", "instance")(ctx, q)
	if err != nil {
		return nil, err
	}
	gone := Filter{Path: "State.Name", Values: []string{"shutting-down", "terminated"}}
	for _, c := range all {
		if !gone.holds(c.item) && keep(c.item) {
			list = append(list, c)
		}
	}
	return list, nil
}
