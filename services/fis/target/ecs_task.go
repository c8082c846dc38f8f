package target

import (
	"context"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

func init() { finds("aws:ecs:task", finder{kind: "ecs:task", list: ecsTasks}) }

// ecsTasks are the running tasks of the cluster and service of the parameters, else of all clusters.
func ecsTasks(ctx context.Context, q *Query) (list []candidate, err error) {
	clusters, err := ecsTaskClusters(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, cluster := range clusters {
		in := aws.Document{"cluster": cluster}
		if service := q.Parameters["service"]; service != "" {
			in["serviceName"] = service
		}
		arns, err := q.list(ctx, "ecs", "ListTasks", in, pages{"nextToken", "nextToken"}, "TaskArns")
		if err != nil {
			return nil, err
		}
		err = chunks(arns, 100, func(part []any) error {
			out, err := q.ask(ctx, "ecs", "DescribeTasks", aws.Document{"cluster": cluster, "tasks": part, "include": []any{"TAGS"}})
			if err != nil {
				return err
			}
			for _, item := range documents(at(out, "Tasks")) {
				list = append(list, candidate{arn: text(item, "taskArn"), item: item, tags: tagsOf(item["tags"])})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ecsTaskClusters are the clusters whose tasks are asked for: that of the parameter, those that the
// ARNs name (task/CLUSTER/ID), else all.
func ecsTaskClusters(ctx context.Context, q *Query) (clusters []string, err error) {
	if cluster := q.Parameters["cluster"]; cluster != "" {
		return []string{cluster}, nil
	}
	for _, arn := range q.ARNs {
		if parts := strings.Split(aws.RelativeName(arn), "/"); len(parts) == 3 && !slices.Contains(clusters, parts[1]) {
			clusters = append(clusters, parts[1])
		}
	}
	if len(clusters) > 0 {
		return clusters, nil
	}
	arns, err := q.list(ctx, "ecs", "ListClusters", nil, pages{"nextToken", "nextToken"}, "ClusterArns")
	for _, arn := range arns {
		if s, ok := arn.(string); ok {
			clusters = append(clusters, s)
		}
	}
	return clusters, err
}
