package target

import (
	"context"
	"slices"
)

func init() {
	finds("aws:rds:cluster", finder{kind: "rds:cluster", list: func(ctx context.Context, q *Query) (list []candidate, err error) {
		items, err := q.list(ctx, "rds", "DescribeDBClusters", nil, pages{"Marker", "Marker"}, "DBClusters")
		if err != nil {
			return nil, err
		}
		for _, item := range documents(items) {
			list = append(list, candidate{arn: text(item, "DBClusterArn"), item: item, tags: tagsOf(item["TagList"])})
		}
		return withWriterIn(ctx, q, list)
	}})
}

// withWriterIn keeps the clusters whose writer is in one of the zones of the parameter.
func withWriterIn(ctx context.Context, q *Query, list []candidate) ([]candidate, error) {
	zones, any, err := q.zones(ctx, "writerAvailabilityZoneIdentifiers")
	if err != nil || any {
		return list, err
	}
	databases, err := rdsInstances(ctx, q)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, c := range databases {
		there[text(c.item, "DBInstanceIdentifier")] = slices.Contains(zones, text(c.item, "AvailabilityZone"))
	}
	return slices.DeleteFunc(list, func(c candidate) bool {
		for _, member := range documents(at(c.item, "DBClusterMembers")) {
			if writer, _ := member["IsClusterWriter"].(bool); writer && there[text(member, "DBInstanceIdentifier")] {
				return false
			}
		}
		return true
	}), nil
}
