package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:ec2:instance", finder{kind: "ec2:instance", list: func(ctx context.Context, q *Query) ([]candidate, error) {
		return instances(ctx, q, func(aws.Document) bool { return true })
	}})
}
