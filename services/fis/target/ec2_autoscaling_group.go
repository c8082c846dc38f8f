package target

import "context"

func init() {
	finds("aws:ec2:autoscaling-group", finder{kind: "autoscaling:autoScalingGroup", list: func(ctx context.Context, q *Query) (list []candidate, err error) {
		items, err := q.list(ctx, "autoscaling", "DescribeAutoScalingGroups", nil, pages{"NextToken", "NextToken"}, "AutoScalingGroups")
		if err != nil {
			return nil, err
		}
		for _, item := range documents(items) {
			list = append(list, candidate{arn: text(item, "AutoScalingGroupARN"), item: item, tags: tagsOf(item["Tags"])})
		}
		return list, nil
	}})
}
