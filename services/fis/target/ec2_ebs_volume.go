package target

import "context"

func init() {
	volumes := ec2Listing("DescribeVolumes", "Volumes", "VolumeId", "volume")
	finds("aws:ec2:ebs-volume", finder{kind: "ec2:volume", list: func(ctx context.Context, q *Query) ([]candidate, error) {
		list, err := volumes(ctx, q)
		if err != nil {
			return nil, err
		}
		return q.inZones(ctx, list, "availabilityZoneIdentifier", "AvailabilityZone")
	}})
}
