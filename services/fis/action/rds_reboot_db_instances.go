package action

import (
	"context"
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	carryOut("aws:rds:reboot-db-instances", nil, func(ctx context.Context, r *Run) error {
		return r.eachResource(ctx, "reboot", "reboot the DB instance", func(ctx context.Context, account, name string) error {
			in := aws.Document{"DBInstanceIdentifier": name}
			if text, given := r.Parameters["forceFailover"]; given {
				in["ForceFailover"] = isTrue(text)
			}
			_, err := r.Ask(ctx, account, "rds", "RebootDBInstance", in)
			return err
		}, func(ctx context.Context, account, name string) (bool, error) {
			out, err := r.Ask(ctx, account, "rds", "DescribeDBInstances", aws.Document{"DBInstanceIdentifier": name})
			if err != nil {
				return false, err
			}
			for _, instance := range documents(out, "DBInstances") {
				if text(instance, "DBInstanceStatus") == "rebooting" {
					return true, nil
				}
			}
			return false, nil
		})
	})
}

// eachResource does one call for each resource, each at most once. It goes on after a failure and answers
// the first. happened may be nil: see Run.effect.
func (r *Run) eachResource(ctx context.Context, name, doing string, call func(ctx context.Context, account, name string) error,
	happened func(ctx context.Context, account, name string) (bool, error)) error {
	n := 0
	err := r.eachAccount(func(g group) error {
		var first error
		for _, resource := range g.names {
			n++
			var look func(context.Context) (bool, error)
			if happened != nil {
				look = func(ctx context.Context) (bool, error) { return happened(ctx, g.account, resource) }
			}
			_, err := r.effect(ctx, fmt.Sprintf("%s-%d", name, n), doing+" "+resource, func(ctx context.Context) (aws.Document, error) {
				return nil, call(ctx, g.account, resource)
			}, look)
			if err != nil && first == nil {
				first = err
			}
		}
		return first
	})
	if err != nil {
		return err
	}
	return r.Host.Running(ctx)
}
