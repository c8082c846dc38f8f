package action

// networkActions are those of VPCs and gateways.
func networkActions() []Action {
	subnets := map[string]string{"Subnets": "aws:ec2:subnet"}
	crossRegion := parametersOf(usualDuration, one("region", required("The Region to be isolated.", region)))
	return []Action{
		{
			ID: "aws:network:disrupt-connectivity", Description: "Deny the specified traffic of the specified subnets.",
			Parameters: parametersOf(usualDuration, map[string]Parameter{
				"scope": required("The traffic to deny: all, availability-zone, dynamodb, prefix-list, s3, s3express or vpc.",
					oneOf("all", "availability-zone", "dynamodb", "prefix-list", "s3", "s3express", "vpc")),
				"prefixListIdentifier": optional("The name, ID or ARN of the prefix list. Needed when scope is prefix-list.", nil),
			}),
			Check: func(parameters map[string]string) error {
				if parameters["scope"] == "prefix-list" && parameters["prefixListIdentifier"] == "" {
					return &ParameterError{"scope", "needs the parameter prefixListIdentifier, too"}
				}
				return nil
			},
			Targets: subnets, TargetLimit: 100,
		},
		{
			ID: "aws:network:disrupt-vpc-endpoint", Description: "Deny the traffic of the specified interface VPC endpoints.",
			Parameters: usualDuration, Targets: map[string]string{"VPCEndpoints": "aws:ec2:vpc-endpoint"},
		},
		{
			ID: "aws:network:route-table-disrupt-cross-region-connectivity", Description: "Deny the traffic of the specified subnets to another Region.",
			Parameters: crossRegion, Targets: subnets, TargetLimit: 50,
		},
		{
			ID: "aws:network:transit-gateway-disrupt-cross-region-connectivity", Description: "Deny the traffic of the specified transit gateways' peering attachments to another Region.",
			Parameters: crossRegion, Targets: map[string]string{"TransitGateways": "aws:ec2:transit-gateway"}, TargetLimit: 50,
		},
	}
}
