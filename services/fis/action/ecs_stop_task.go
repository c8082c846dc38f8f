package action

import (
	"context"
	"fmt"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

func init() { carryOut("aws:ecs:stop-task", nil, stopTasks) }

// stopTasks stops tasks one by one: ECS has no call for several.
func stopTasks(ctx context.Context, r *Run) error {
	var first error
	for i, resource := range r.resources() {
		account := resource.Account
		if account == "" {
			account = r.Account
		}
		cluster := clusterOf(resource.ARN)
		_, err := r.effect(ctx, fmt.Sprintf("stop-%d", i+1), "stop the ECS task "+nameOf(resource.ARN), func(ctx context.Context) (aws.Document, error) {
			_, err := r.Ask(ctx, account, "ecs", "StopTask", aws.Document{
				"cluster": cluster, "task": resource.ARN, "reason": "Stopped by the AWS FIS experiment " + r.Experiment,
			})
			return nil, err
		}, func(ctx context.Context) (bool, error) {
			out, err := r.Ask(ctx, account, "ecs", "DescribeTasks", aws.Document{"cluster": cluster, "tasks": []any{resource.ARN}})
			if err != nil {
				return false, err
			}
			tasks := documents(out, "tasks")
			return len(tasks) == 0 || text(tasks[0], "desiredStatus") == "STOPPED" || text(tasks[0], "lastStatus") == "STOPPED", nil
		})
		if err != nil && first == nil {
			first = err
		}
	}
	if first != nil {
		return first
	}
	return r.Host.Running(ctx)
}

// clusterOf is the cluster in a task's ARN, ".../task/CLUSTER/ID"; before 2018 it had none.
func clusterOf(arn string) string {
	if parsed, ok := aws.ParseARN(arn); ok {
		if parts := strings.Split(parsed.Resource, "/"); len(parts) == 3 {
			return parts[1]
		}
	}
	return "default"
}
