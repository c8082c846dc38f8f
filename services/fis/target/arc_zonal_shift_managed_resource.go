package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:arc:zonal-shift-managed-resource", finder{
		// It may be of several types, so the tagging API is not asked for one.
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			items, err := q.list(ctx, "arc-zonal-shift", "ListManagedResources", nil, pages{"nextToken", "nextToken"}, "Items")
			if err != nil {
				return nil, err
			}
			for _, item := range documents(items) {
				list = append(list, candidate{arn: text(item, "arn"), item: item})
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			out, err := q.ask(ctx, "resourcegroupstaggingapi", "GetResources", aws.Document{"ResourceARNList": []any{c.arn}})
			tags := map[string]string{}
			for _, item := range documents(at(out, "ResourceTagMappingList")) {
				tags = tagsOf(item["Tags"])
			}
			return tags, err
		},
	})
}
