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
			list = append(list, candidate{arn: q.ownedARN(item, "ec2", resource+"/"+text(item, id)), item: item, tags: tagsOf(item["Tags"])})
		}
		return list, nil
	}
}

// ownedARN is the ARN of an item that may say whose it is: some emulators have one account for everybody.
func (q *Query) ownedARN(item aws.Document, service, resource string) string {
	account := text(item, "OwnerId")
	if account == "" {
		account = q.Account
	}
	return aws.NewARN(service, q.Region, account, resource).String()
}

// instances are the EC2 instances that there are still.
func instances(ctx context.Context, q *Query, keep func(item aws.Document) bool) (list []candidate, err error) {
	reservations, err := q.list(ctx, "ec2", "DescribeInstances", nil, pages{"NextToken", "NextToken"}, "Reservations")
	if err != nil {
		return nil, err
	}
	gone := Filter{Path: "State.Name", Values: []string{"shutting-down", "terminated"}}
	for _, reservation := range documents(reservations) {
		for _, item := range documents(at(reservation, "Instances")) {
			if !gone.holds(item) && keep(item) {
				arn := q.ownedARN(reservation, "ec2", "instance/"+text(item, "InstanceId"))
				list = append(list, candidate{arn: arn, item: item, tags: tagsOf(item["Tags"])})
			}
		}
	}
	return list, nil
}
