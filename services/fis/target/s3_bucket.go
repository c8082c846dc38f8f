package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:s3:bucket", finder{
		kind: "s3", regionless: true,
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			out, err := q.ask(ctx, "s3", "ListBuckets", nil)
			if err != nil {
				return nil, err
			}
			for _, item := range documents(at(out, "Buckets")) {
				arn := aws.ARN{Partition: aws.Partition(q.Region), Service: "s3", Resource: text(item, "Name")}
				list = append(list, candidate{arn: arn.String(), item: item})
			}
			return list, nil
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			out, err := q.ask(ctx, "s3", "GetBucketTagging", aws.Document{"Bucket": text(c.item, "Name")})
			return tagsOf(out["TagSet"]), err
		},
	})
}
