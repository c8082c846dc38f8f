package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

// Roles need not exist: what counts is who calls.
func init() {
	finds("aws:iam:role", finder{
		kind: "iam:role", anyARN: true, regionless: true,
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			items, err := q.list(ctx, "iam", "ListRoles", nil, pages{"Marker", "Marker"}, "Roles")
			if err != nil {
				return nil, err
			}
			for _, item := range documents(items) {
				list = append(list, candidate{arn: text(item, "Arn"), item: item})
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			items, err := q.list(ctx, "iam", "ListRoleTags", aws.Document{"RoleName": text(c.item, "RoleName")}, pages{"Marker", "Marker"}, "Tags")
			return tagsOf(items), err
		},
	})
}
