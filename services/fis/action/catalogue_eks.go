package action

// eksActions are those of EKS beside those on pods.
func eksActions() []Action {
	return []Action{
		{
			ID:          "aws:eks:inject-kubernetes-custom-resource",
			Description: "Run a ChaosMesh or Litmus experiment on a single target cluster.",
			Parameters: map[string]Parameter{
				"kubernetesApiVersion": required("The API version of the custom resource: chaos-mesh.org/v1alpha1 or litmuschaos.io/v1alpha1.", oneOf("chaos-mesh.org/v1alpha1", "litmuschaos.io/v1alpha1")),
				"kubernetesKind": required("The kind of the custom resource.", oneOf(
					"AWSChaos", "DNSChaos", "GCPChaos", "HTTPChaos", "IOChaos", "JVMChaos", "KernelChaos", "NetworkChaos", "PhysicalMachineChaos",
					"PodChaos", "PodHttpChaos", "PodIOChaos", "PodNetworkChaos", "Schedule", "StressChaos", "TimeChaos", "ChaosEngine")),
				"kubernetesNamespace": required("The namespace of the custom resource.", nil),
				"kubernetesSpec":      required("The spec of the custom resource as a JSON object.", object),
				"maxDuration":         required("The maximum time for the custom resource to complete (ISO 8601 duration).", lasting("PT1M", "PT12H")),
			},
			Targets:     map[string]string{"Cluster": "aws:eks:cluster"},
			TargetLimit: 1, ARNsOnly: true,
		},
		{
			ID:          "aws:eks:terminate-nodegroup-instances",
			Description: "Terminates a percentage of the underlying EC2 instances in an EKS cluster.",
			Parameters:  one("instanceTerminationPercentage", required("The percentage (1-100) of instances to terminate.", whole(1, 100))),
			Targets:     map[string]string{"Nodegroups": "aws:eks:nodegroup"},
			TargetLimit: 100,
		},
	}
}

// eksPodActions are those on pods beside their network. All need a service account and a pod of FIS's own.
func eksPodActions() []Action {
	policy := func(words ...string) map[string]Parameter {
		return one("fisPodSecurityPolicy", optional("The security standard of the pod that FIS makes.", oneOf(words...)))
	}
	anyPolicy := policy("privileged", "baseline", "restricted")
	workers := func(byDefault string) map[string]Parameter {
		return one("workers", optional("The number of stressors. Default: "+byDefault+".", whole(0, unbounded)))
	}
	percent := func(byDefault string) map[string]Parameter {
		return one("percent", optional("The target load percentage. Default: "+byDefault+".", whole(0, 100)))
	}
	all := []Action{
		{
			ID: "aws:eks:pod-cpu-stress", Description: "Run CPU stress on the specified pods.",
			Parameters: parametersOf(podCommon(), usualDuration, anyPolicy, percent("100"), workers("0")),
		},
		{
			ID: "aws:eks:pod-delete", Description: "Delete the specified pods.",
			Parameters: parametersOf(podCommon(), anyPolicy,
				one("gracePeriodSeconds", optional("The seconds that a pod has to end; 0 deletes it at once. Default: the pod's own.", whole(0, unbounded)))),
		},
		{
			ID: "aws:eks:pod-io-stress", Description: "Run I/O stress on the specified pods.",
			Parameters: parametersOf(podCommon(), usualDuration, policy("privileged", "baseline"), percent("80"), workers("1")),
		},
		{
			ID: "aws:eks:pod-memory-stress", Description: "Run memory stress on the specified pods.",
			Parameters: parametersOf(podCommon(), usualDuration, anyPolicy, percent("80"), workers("1")),
		},
	}
	return onPods(all)
}

// eksPodNetworkActions are those on the network of pods.
func eksPodNetworkActions() []Action {
	network := map[string]Parameter{
		"interface":    optional("The network interfaces, separated using commas: DEFAULT (default), ALL, or names.", anyList),
		"flowsPercent": optional("The percentage (1-100) of network flows that are affected. Default: 100.", whole(1, 100)),
		"sources":      optional("The sources of traffic, separated using commas without blanks: IPv4 addresses, CIDR blocks, domain names, Availability Zones, ALL, DYNAMODB, S3. Default: ALL.", anyList),
	}
	return onPods([]Action{
		{
			ID: "aws:eks:pod-network-blackhole-port", Description: "Drop the traffic of a port of the specified pods.",
			Parameters: parametersOf(podCommon(), usualDuration, map[string]Parameter{
				"protocol":    required("The protocol: tcp or udp.", oneOf("tcp", "udp")),
				"trafficType": required("The type of traffic: ingress or egress.", oneOf("ingress", "egress")),
				"port":        required("The port whose traffic is dropped.", port),
			}),
		},
		{
			ID: "aws:eks:pod-network-latency", Description: "Add latency to the traffic of the specified pods.",
			Parameters: parametersOf(podCommon(), usualDuration, network, networkDelay()),
		},
		{
			ID: "aws:eks:pod-network-packet-loss", Description: "Add packet loss to the traffic of the specified pods.",
			Parameters: parametersOf(podCommon(), usualDuration, network,
				one("lossPercent", optional("The percentage of packets that are lost. Default: 7.", whole(0, 100)))),
		},
	})
}

func onPods(all []Action) []Action {
	for i := range all {
		all[i].Targets, all[i].TargetLimit = map[string]string{"Pods": "aws:eks:pod"}, 1000
	}
	return all
}

// podCommon are the parameters of everything that is done to pods.
func podCommon() map[string]Parameter {
	return map[string]Parameter{
		"kubernetesServiceAccount": required("The Kubernetes service account that FIS works as.", nil),
		"fisPodContainerImage":     optional("The container image of the pod that FIS makes.", nil),
		"maxErrorsPercent":         optional("The percentage of targets that can fail before the action fails. Default: 0.", whole(0, 100)),
		"fisPodLabels":             optional("The labels of the pod that FIS makes.", nil),
		"fisPodAnnotations":        optional("The annotations of the pod that FIS makes.", nil),
	}
}
