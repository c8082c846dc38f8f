package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	finds("aws:dsql:cluster", finder{kind: "dsql:cluster", list: func(ctx context.Context, q *Query) (list []candidate, err error) {
		clusters, err := q.list(ctx, "dsql", "ListClusters", nil, pages{"nextToken", "nextToken"}, "Clusters")
		if err != nil {
			return nil, err
		}
		for _, cluster := range documents(clusters) {
			item, err := q.ask(ctx, "dsql", "GetCluster", aws.Document{"identifier": text(cluster, "identifier")})
			if err != nil {
				return nil, err
			}
			list = append(list, candidate{arn: text(item, "arn"), item: item, tags: tagsOf(item["tags"])})
		}
		return list, nil
	}})
}
