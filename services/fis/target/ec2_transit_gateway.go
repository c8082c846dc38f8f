package target

func init() {
	finds("aws:ec2:transit-gateway", finder{
		kind: "ec2:transit-gateway", list: ec2Listing("DescribeTransitGateways", "TransitGateways", "TransitGatewayId", "transit-gateway"),
	})
}
