package target

import (
	"context"
	"slices"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:dynamodb:global-table", finder{
		kind: "dynamodb:table",
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			names, err := q.list(ctx, "dynamodb", "ListTables", nil, pages{"LastEvaluatedTableName", "ExclusiveStartTableName"}, "TableNames")
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				out, err := q.ask(ctx, "dynamodb", "DescribeTable", aws.Document{"TableName": name})
				if err != nil {
					return nil, err
				}
				for _, item := range documents(at(out, "Table")) {
					arn := text(item, "TableArn")
					// A table without replicas is none of the type, but whoever names it means it.
					if len(at(item, "Replicas")) > 0 || slices.ContainsFunc(q.ARNs, func(named string) bool { return same(named, arn) }) {
						list = append(list, candidate{arn: arn, item: item})
					}
				}
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			items, err := q.list(ctx, "dynamodb", "ListTagsOfResource", aws.Document{"ResourceArn": c.arn}, pages{"NextToken", "NextToken"}, "Tags")
			return tagsOf(items), err
		},
	})
}
