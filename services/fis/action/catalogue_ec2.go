package action

// ec2Actions are those of EC2 and of its volumes.
func ec2Actions() []Action {
	instances := map[string]string{"Instances": "aws:ec2:instance"}
	volumes := map[string]string{"Volumes": "aws:ec2:ebs-volume"}
	return []Action{
		{
			ID:          "aws:ebs:pause-volume-io",
			Description: "Pauses IO for a set of EBS volumes",
			Parameters:  volumesDuration,
			Targets:     volumes,
			TargetLimit: 160,
		},
		{
			ID:          "aws:ebs:volume-io-latency",
			Description: "Inject I/O latency into a set of EBS volumes.",
			Parameters: parametersOf(volumesDuration, map[string]Parameter{
				"readIOPercentage":           optional("The percentage (0.1-100) of read I/O operations to inject latency into. Default: 100.", number(0.1, 100)),
				"readIOLatencyMilliseconds":  optional("The latency of read I/O operations, in milliseconds: 1 (io2) or 10 (others) to 60000. Default: 100.", whole(1, 60000)),
				"writeIOPercentage":          optional("The percentage (0.1-100) of write I/O operations to inject latency into. Default: 100.", number(0.1, 100)),
				"writeIOLatencyMilliseconds": optional("The latency of write I/O operations, in milliseconds: 1 (io2) or 10 (others) to 60000. Default: 100.", whole(1, 60000)),
			}),
			Targets:     volumes,
			TargetLimit: 160,
		},
		{
			ID:          "aws:ec2:api-insufficient-instance-capacity-error",
			Description: "Cause EC2 to return insufficient instance capacity errors to specific callers.",
			Parameters:  parametersOf(usualDuration, percentage, one("availabilityZoneIdentifiers", zones)),
			Targets:     map[string]string{"Roles": "aws:iam:role"}, ARNsOnly: true,
		},
		{
			ID:          "aws:ec2:asg-insufficient-instance-capacity-error",
			Description: "Cause EC2 to return insufficient instance capacity errors to the specified Auto Scaling groups.",
			Parameters: parametersOf(usualDuration, one("availabilityZoneIdentifiers", zones),
				one("percentage", optional("The percentage (1-100) of launch requests to inject the fault into. Default: 100.", whole(1, 100)))),
			Targets:     map[string]string{"AutoScalingGroups": "aws:ec2:autoscaling-group"},
			TargetLimit: 500,
		},
		{
			ID: "aws:ec2:reboot-instances", Description: "Reboot the specified EC2 instances.",
			Targets: instances, TargetLimit: 600,
		},
		{
			ID: "aws:ec2:send-spot-instance-interruptions", Description: "Interrupt the specified EC2 Spot instances.",
			Parameters: one("durationBeforeInterruption", required("The time to wait before interrupting the instances (ISO 8601 duration).", lasting("PT2M", "PT15M"))),
			Targets:    map[string]string{"SpotInstances": "aws:ec2:spot-instance"}, TargetLimit: 100,
		},
		{
			ID: "aws:ec2:stop-instances", Description: "Stop the specified EC2 instances.",
			Parameters: map[string]Parameter{
				"startInstancesAfterDuration":   optional("The time to wait before restarting the instances (ISO 8601 duration).", lasting("PT1M", "PT12H")),
				"completeIfInstancesTerminated": optional("Whether the action completes, too, when instances were terminated before the restart. Default: false.", truth),
			},
			Targets: instances, TargetLimit: 400,
		},
		{
			ID: "aws:ec2:terminate-instances", Description: "Terminate the specified EC2 instances.",
			Targets: instances, TargetLimit: 300,
		},
	}
}
