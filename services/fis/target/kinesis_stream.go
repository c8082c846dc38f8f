package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:kinesis:stream", finder{
		kind: "kinesis:stream",
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			names, err := q.list(ctx, "kinesis", "ListStreams", nil, pages{"NextToken", "NextToken"}, "StreamNames")
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				out, err := q.ask(ctx, "kinesis", "DescribeStreamSummary", aws.Document{"StreamName": name})
				if err != nil {
					return nil, err
				}
				for _, item := range documents(at(out, "StreamDescriptionSummary")) {
					list = append(list, candidate{arn: text(item, "StreamARN"), item: item})
				}
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			out, err := q.ask(ctx, "kinesis", "ListTagsForStream", aws.Document{"StreamName": text(c.item, "StreamName")})
			return tagsOf(out["Tags"]), err
		},
	})
}
