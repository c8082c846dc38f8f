package action

// ecsActions are those of ECS beside those on the network.
func ecsActions() []Action {
	tasks := map[string]string{"Tasks": "aws:ecs:task"}
	return []Action{
		{
			ID:          "aws:ecs:drain-container-instances",
			Description: "Drain percentage of underlying EC2 instances on an ECS cluster.",
			Parameters:  parametersOf(usualDuration, one("drainagePercentage", required("The percentage (1-100) of container instances to drain.", whole(1, 100)))),
			Targets:     map[string]string{"Clusters": "aws:ecs:cluster"},
			TargetLimit: 100,
		},
		{ID: "aws:ecs:stop-task", Description: "Stop the specified ECS tasks.", Targets: tasks, TargetLimit: 500},
		{
			ID: "aws:ecs:task-cpu-stress", Description: "Run CPU stress on the specified ECS tasks.",
			Parameters: parametersOf(usualDuration, installing, map[string]Parameter{
				"percent": optional("The target load percentage, from 0 (none) to 100 (full). Default: 100.", whole(0, 100)),
				"workers": optional("The number of stressors; 0 is all of them. Default: 0.", whole(0, unbounded)),
			}),
			Targets: tasks, TargetLimit: 200,
		},
		{
			ID: "aws:ecs:task-io-stress", Description: "Run I/O stress on the specified ECS tasks.",
			Parameters: parametersOf(usualDuration, installing, map[string]Parameter{
				"percent": optional("The percentage of free space on the file system to use. Default: 80.", whole(0, 100)),
				"workers": optional("The number of workers. Default: 1.", whole(0, unbounded)),
			}),
			Targets: tasks, TargetLimit: 200,
		},
		{
			ID: "aws:ecs:task-kill-process", Description: "Stop the specified process in the specified ECS tasks.",
			Parameters: parametersOf(installing, map[string]Parameter{
				"processName": required("The name of the process to stop.", nil),
				"signal":      optional("The signal to send: SIGTERM (default) or SIGKILL.", oneOf("SIGTERM", "SIGKILL")),
			}),
			Targets: tasks, TargetLimit: 200,
		},
	}
}

// ecsNetworkActions are those on the network of ECS tasks.
func ecsNetworkActions() []Action {
	tasks := map[string]string{"Tasks": "aws:ecs:task"}
	endpoints := one("useEcsFaultInjectionEndpoints", optional("Whether the ECS agent's fault injection endpoints are used. Default: false.", truth))
	flows := one("flowsPercent", optional("The percentage (1-100) of network flows that are affected. Default: 100.", whole(1, 100)))
	sources := one("sources", optional("The sources of traffic, separated using commas without blanks: IPv4 addresses, CIDR blocks, domain names, Availability Zones, ALL, DYNAMODB, S3. Default: ALL.", anyList))
	return []Action{
		{
			ID: "aws:ecs:task-network-blackhole-port", Description: "Drop the traffic of a port of the specified ECS tasks.",
			Parameters: parametersOf(usualDuration, installing, endpoints, map[string]Parameter{
				"port":        required("The port whose traffic is dropped.", port),
				"trafficType": required("The type of traffic: ingress or egress.", oneOf("ingress", "egress")),
				"protocol":    optional("The protocol: tcp (default) or udp.", oneOf("tcp", "udp")),
			}),
			Targets: tasks, TargetLimit: 200,
		},
		{
			ID: "aws:ecs:task-network-latency", Description: "Add latency to the egress traffic of the specified ECS tasks.",
			Parameters: parametersOf(usualDuration, installing, endpoints, flows, sources, networkDelay()),
			Targets:    tasks, TargetLimit: 200,
		},
		{
			ID: "aws:ecs:task-network-packet-loss", Description: "Add packet loss to the egress traffic of the specified ECS tasks.",
			Parameters: parametersOf(usualDuration, installing, endpoints, flows, sources,
				one("lossPercent", optional("The percentage of packets that are lost. Default: 7.", whole(0, 100)))),
			Targets: tasks, TargetLimit: 200,
		},
	}
}

var installing = one("installDependencies", optional("Whether the SSM agent installs what the action needs. Default: True.", truth))

// networkDelay are the parameters of latency in tasks and pods.
func networkDelay() map[string]Parameter {
	return map[string]Parameter{
		"delayMilliseconds":  optional("The delay, in milliseconds. Default: 200.", whole(0, unbounded)),
		"jitterMilliseconds": optional("The jitter, in milliseconds. Default: 10.", whole(0, unbounded)),
	}
}
