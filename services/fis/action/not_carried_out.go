package action

import "slices"

// NotCarriedOut reports whether the id is that of an AWS action that Brownout knows of but cannot
// carry out. Any other id that Lookup does not find is no action at all.
func NotCarriedOut(id string) bool {
	_, found := slices.BinarySearch(notCarriedOut, id)
	return found
}

// notCarriedOut are the actions of the AWS FIS user guide (end of 2025), in order.
var notCarriedOut = []string{
	"aws:arc:start-zonal-autoshift",
	"aws:cloudwatch:assert-alarm-state",
	"aws:directconnect:virtual-interface-disconnect",
	"aws:dsql:cluster-connection-failure",
	"aws:dynamodb:global-table-pause-replication",
	"aws:ebs:pause-volume-io",
	"aws:ebs:volume-io-latency",
	"aws:ec2:api-insufficient-instance-capacity-error",
	"aws:ec2:asg-insufficient-instance-capacity-error",
	"aws:ec2:reboot-instances",
	"aws:ec2:send-spot-instance-interruptions",
	"aws:ec2:stop-instances",
	"aws:ec2:terminate-instances",
	"aws:ecs:drain-container-instances",
	"aws:ecs:stop-task",
	"aws:ecs:task-cpu-stress",
	"aws:ecs:task-io-stress",
	"aws:ecs:task-kill-process",
	"aws:ecs:task-network-blackhole-port",
	"aws:ecs:task-network-latency",
	"aws:ecs:task-network-packet-loss",
	"aws:eks:inject-kubernetes-custom-resource",
	"aws:eks:pod-cpu-stress",
	"aws:eks:pod-delete",
	"aws:eks:pod-io-stress",
	"aws:eks:pod-memory-stress",
	"aws:eks:pod-network-blackhole-port",
	"aws:eks:pod-network-latency",
	"aws:eks:pod-network-packet-loss",
	"aws:eks:terminate-nodegroup-instances",
	"aws:elasticache:interrupt-cluster-az-power",
	"aws:elasticache:replicationgroup-interrupt-az-power",
	"aws:fis:inject-api-internal-error",
	"aws:fis:inject-api-throttle-error",
	"aws:fis:inject-api-unavailable-error",
	"aws:kinesis:stream-expired-iterator-exception",
	"aws:kinesis:stream-provisioned-throughput-exception",
	"aws:lambda:invocation-add-delay",
	"aws:lambda:invocation-error",
	"aws:lambda:invocation-http-integration-response",
	"aws:memorydb:multi-region-cluster-pause-replication",
	"aws:network:disrupt-connectivity",
	"aws:network:disrupt-vpc-endpoint",
	"aws:network:route-table-disrupt-cross-region-connectivity",
	"aws:network:transit-gateway-disrupt-cross-region-connectivity",
	"aws:rds:failover-db-cluster",
	"aws:rds:reboot-db-instances",
	"aws:s3:bucket-pause-replication",
	"aws:ssm:send-command",
	"aws:ssm:start-automation-execution",
}
