package target

func init() {
	finds("aws:ec2:vpc-endpoint", finder{
		kind: "ec2:vpc-endpoint", list: ec2Listing("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId", "vpc-endpoint"),
	})
}
