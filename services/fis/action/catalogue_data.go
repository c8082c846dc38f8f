package action

// dataActions are those of data stores.
func dataActions() []Action {
	return []Action{
		{
			ID: "aws:dynamodb:global-table-pause-replication", Description: "Pause the replication of the specified DynamoDB global tables.",
			Parameters: usualDuration, Targets: map[string]string{"Tables": "aws:dynamodb:global-table"}, TargetLimit: 60,
		},
		{
			ID: "aws:dsql:cluster-connection-failure", Description: "Cause connection failures on the specified Aurora DSQL clusters.",
			Parameters: parametersOf(usualDuration, percentage), Targets: map[string]string{"Clusters": "aws:dsql:cluster"}, TargetLimit: 100,
		},
		{
			ID: "aws:elasticache:replicationgroup-interrupt-az-power", Description: "Interrupt the power of nodes of the specified replication groups in an Availability Zone.",
			Parameters: usualDuration, Targets: map[string]string{"ReplicationGroups": "aws:elasticache:replicationgroup"}, TargetLimit: 50,
		},
		{
			ID: "aws:elasticache:interrupt-cluster-az-power", Description: "Deprecated: interrupt the power of nodes of the specified replication groups in an Availability Zone. Use aws:elasticache:replicationgroup-interrupt-az-power.",
			Parameters: usualDuration, Targets: map[string]string{"ReplicationGroups": "aws:elasticache:redis-replicationgroup"}, TargetLimit: 5,
		},
		{
			ID: "aws:memorydb:multi-region-cluster-pause-replication", Description: "Pause the replication between the members of the specified MemoryDB multi-Region clusters.",
			// region is in AWS's own scenarios, though not in its reference.
			Parameters: parametersOf(usualDuration, one("region", optional("The Region whose replication is paused.", region))),
			Targets:    map[string]string{"MultiRegionClusters": "aws:memorydb:multi-region-cluster"}, TargetLimit: 50,
		},
		{
			ID: "aws:rds:failover-db-cluster", Description: "Failover a DB Cluster to one of the replicas.",
			Targets: map[string]string{"Clusters": "aws:rds:cluster"}, TargetLimit: 160,
		},
		{
			ID: "aws:rds:reboot-db-instances", Description: "Reboot the specified DB instances.",
			Parameters: one("forceFailover", optional("Whether instances in several Availability Zones fail over. Default: false.", truth)),
			Targets:    map[string]string{"DBInstances": "aws:rds:db"}, TargetLimit: 130,
			AlsoTakes: map[string]string{"Instances": "aws:ec2:instance"},
		},
		{
			ID: "aws:s3:bucket-pause-replication", Description: "Pause the replication from the specified buckets to destination buckets.",
			Parameters: parametersOf(usualDuration, map[string]Parameter{
				"region":             required("The Region of the destination buckets.", region),
				"destinationBuckets": optional("The destination buckets, separated using commas. Default: all.", anyList),
				"prefixes":           optional("The key prefixes of the replication rules' filters, separated using commas. Default: all.", anyList),
			}),
			Targets: map[string]string{"Buckets": "aws:s3:bucket"}, TargetLimit: 25,
		},
	}
}

// eventActions are those of streams and functions.
func eventActions() []Action {
	streams := map[string]string{"KinesisStreams": "aws:kinesis:stream"}
	functions := map[string]string{"Functions": "aws:lambda:function"}
	invocations := one("invocationPercentage", optional("The percentage (1-100) of invocations to inject the fault into. Default: 100.", whole(1, 100)))
	prevent := one("preventExecution", required("Whether the function's code is kept from running.", truth))
	return []Action{
		{
			ID: "aws:kinesis:stream-provisioned-throughput-exception", Description: "Cause the specified Kinesis streams to return provisioned throughput exceeded exceptions.",
			Parameters: parametersOf(usualDuration, percentage), Targets: streams, TargetLimit: 280,
		},
		{
			ID: "aws:kinesis:stream-expired-iterator-exception", Description: "Cause the specified Kinesis streams to return expired iterator exceptions.",
			Parameters: parametersOf(usualDuration, percentage), Targets: streams, TargetLimit: 280,
		},
		{
			ID: "aws:lambda:invocation-add-delay", Description: "Delay the start of the specified functions.",
			Parameters: parametersOf(usualDuration, invocations,
				one("startupDelayMilliseconds", optional("The delay, in milliseconds, from 0 to 900000. Default: 1000.", whole(0, 900000)))),
			Targets: functions, TargetLimit: 140,
		},
		{
			ID: "aws:lambda:invocation-error", Description: "Mark invocations of the specified functions as failed.",
			Parameters: parametersOf(usualDuration, invocations, prevent), Targets: functions, TargetLimit: 140,
		},
		{
			ID: "aws:lambda:invocation-http-integration-response", Description: "Replace the responses of the specified functions.",
			Parameters: parametersOf(usualDuration, invocations, prevent, map[string]Parameter{
				"contentTypeHeader": required("The value of the HTTP content type header that the function returns.", nil),
				"statusCode":        required("The HTTP status code (000-999) that the function returns.", matching(`^[0-9]{3}$`, "a status code from 000 to 999")),
			}),
			Targets: functions, TargetLimit: 140,
		},
	}
}
