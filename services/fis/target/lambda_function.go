package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:lambda:function", finder{
		kind: "lambda:function",
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			items, err := q.list(ctx, "lambda", "ListFunctions", nil, pages{"NextMarker", "Marker"}, "Functions")
			if err != nil {
				return nil, err
			}
			for _, item := range documents(items) {
				list = append(list, candidate{arn: text(item, "FunctionArn"), item: item})
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			out, err := q.ask(ctx, "lambda", "ListTags", aws.Document{"Resource": c.arn})
			return tagsOf(out["Tags"]), err
		},
	})
}
