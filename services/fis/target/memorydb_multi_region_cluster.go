package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:memorydb:multi-region-cluster", finder{
		kind: "memorydb:multiregioncluster", regionless: true,
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			items, err := q.list(ctx, "memorydb", "DescribeMultiRegionClusters", nil, pages{"NextToken", "NextToken"}, "MultiRegionClusters")
			if err != nil {
				return nil, err
			}
			for _, item := range documents(items) {
				list = append(list, candidate{arn: text(item, "ARN"), item: item})
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			out, err := q.ask(ctx, "memorydb", "ListTags", aws.Document{"ResourceArn": c.arn})
			return tagsOf(out["TagList"]), err
		},
	})
}
