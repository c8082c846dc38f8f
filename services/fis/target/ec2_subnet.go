package target

import (
	"context"
	"slices"
)

func init() {
	subnets := ec2Listing("DescribeSubnets", "Subnets", "SubnetId", "subnet")
	finds("aws:ec2:subnet", finder{kind: "ec2:subnet", list: func(ctx context.Context, q *Query) ([]candidate, error) {
		list, err := subnets(ctx, q)
		if err != nil {
			return nil, err
		}
		if vpc := q.Parameters["vpc"]; vpc != "" {
			list = slices.DeleteFunc(list, func(c candidate) bool { return text(c.item, "VpcId") != vpc })
		}
		return q.inZones(ctx, list, "availabilityZoneIdentifier", "AvailabilityZone")
	}})
}
