package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:eks:cluster", finder{kind: "eks:cluster", list: func(ctx context.Context, q *Query) (list []candidate, err error) {
		names, err := eksClusters(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			out, err := q.ask(ctx, "eks", "DescribeCluster", aws.Document{"name": name})
			if err != nil {
				return nil, err
			}
			for _, item := range documents(at(out, "Cluster")) {
				list = append(list, candidate{arn: text(item, "arn"), item: item, tags: tagsOf(item["tags"])})
			}
		}
		return list, nil
	}})
}

func eksClusters(ctx context.Context, q *Query) ([]any, error) {
	return q.list(ctx, "eks", "ListClusters", nil, pages{"nextToken", "nextToken"}, "Clusters")
}
