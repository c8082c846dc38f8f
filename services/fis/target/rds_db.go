package target

import "context"

func init() {
	finds("aws:rds:db", finder{kind: "rds:db", list: func(ctx context.Context, q *Query) ([]candidate, error) {
		list, err := rdsInstances(ctx, q)
		if err != nil {
			return nil, err
		}
		return q.inZones(ctx, list, "availabilityZoneIdentifiers", "AvailabilityZone")
	}})
}

func rdsInstances(ctx context.Context, q *Query) (list []candidate, err error) {
	items, err := q.list(ctx, "rds", "DescribeDBInstances", nil, pages{"Marker", "Marker"}, "DBInstances")
	if err != nil {
		return nil, err
	}
	for _, item := range documents(items) {
		list = append(list, candidate{arn: text(item, "DBInstanceArn"), item: item, tags: tagsOf(item["TagList"])})
	}
	return list, nil
}
