package action

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	// A reboot leaves no trace in what EC2 tells of an instance.
	carryOut("aws:ec2:reboot-instances", nil, once("reboot", "reboot the EC2 instances",
		func(r *Run, ctx context.Context, g group) (aws.Document, error) {
			return r.Ask(ctx, g.account, "ec2", "RebootInstances", aws.Document{"InstanceIds": listOfAny(g.names)})
		}, nil))
}
