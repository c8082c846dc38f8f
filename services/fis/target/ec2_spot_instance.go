package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:ec2:spot-instance", finder{kind: "ec2:instance", list: func(ctx context.Context, q *Query) ([]candidate, error) {
		return instances(ctx, q, func(item aws.Document) bool { return text(item, "InstanceLifecycle") == "spot" })
	}})
}
