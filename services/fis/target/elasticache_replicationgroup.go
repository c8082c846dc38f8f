package target

import (
	"context"

	"github.com/brownoutdev/brownout/aws"
)

func init() {
	groups := finder{
		kind: "elasticache:replicationgroup",
		list: func(ctx context.Context, q *Query) (list []candidate, err error) {
			items, err := q.list(ctx, "elasticache", "DescribeReplicationGroups", nil, pages{"Marker", "Marker"}, "ReplicationGroups")
			if err != nil {
				return nil, err
			}
			for _, item := range documents(items) {
				list = append(list, candidate{arn: text(item, "ARN"), item: item})
			}
			return q.inZones(ctx, list, "availabilityZoneIdentifier", "NodeGroups.NodeGroupMembers.PreferredAvailabilityZone")
		},
		tags: func(ctx context.Context, q *Query, c candidate) (map[string]string, error) {
			out, err := q.ask(ctx, "elasticache", "ListTagsForResource", aws.Document{"ResourceName": c.arn})
			return tagsOf(out["TagList"]), err
		},
	}
	finds("aws:elasticache:replicationgroup", groups)
	finds("aws:elasticache:redis-replicationgroup", groups)
}
