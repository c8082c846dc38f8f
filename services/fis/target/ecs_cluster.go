package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() { finds("aws:ecs:cluster", finder{kind: "ecs:cluster", list: ecsClusters}) }

func ecsClusters(ctx context.Context, q *Query) (list []candidate, err error) {
	arns, err := q.list(ctx, "ecs", "ListClusters", nil, pages{"nextToken", "nextToken"}, "ClusterArns")
	if err != nil {
		return nil, err
	}
	err = chunks(arns, 100, func(part []any) error {
		out, err := q.ask(ctx, "ecs", "DescribeClusters", aws.Document{"clusters": part, "include": []any{"TAGS"}})
		if err != nil {
			return err
		}
		for _, item := range documents(at(out, "Clusters")) {
			list = append(list, candidate{arn: text(item, "clusterArn"), item: item, tags: tagsOf(item["tags"])})
		}
		return nil
	})
	return list, err
}
