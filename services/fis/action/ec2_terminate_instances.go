package action

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	carryOut("aws:ec2:terminate-instances", nil, once("terminate", "terminate the EC2 instances",
		func(r *Run, ctx context.Context, g group) (aws.Document, error) {
			return r.Ask(ctx, g.account, "ec2", "TerminateInstances", aws.Document{"InstanceIds": listOfAny(g.names)})
		},
		func(r *Run, g group) func(context.Context) (bool, error) {
			return r.inStates(g.account, g.names, instanceShuttingDown, instanceTerminated)
		}))
}
