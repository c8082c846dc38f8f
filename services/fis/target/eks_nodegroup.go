package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:eks:nodegroup", finder{kind: "eks:nodegroup", list: func(ctx context.Context, q *Query) (list []candidate, err error) {
		clusters, err := eksClusters(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, cluster := range clusters {
			names, err := q.list(ctx, "eks", "ListNodegroups", aws.Document{"clusterName": cluster}, pages{"nextToken", "nextToken"}, "Nodegroups")
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				out, err := q.ask(ctx, "eks", "DescribeNodegroup", aws.Document{"clusterName": cluster, "nodegroupName": name})
				if err != nil {
					return nil, err
				}
				for _, item := range documents(at(out, "Nodegroup")) {
					list = append(list, candidate{arn: text(item, "nodegroupArn"), item: item, tags: tagsOf(item["tags"])})
				}
			}
		}
		return list, nil
	}})
}
