package target

import (
	"maps"
	"slices"
	"strings"
)

// types are all resource types by id: those of the AWS FIS user guide (end of 2025) and one that it
// has dropped but old templates use. AWS's descriptions are not known; these are ours.
var types = func() map[string]*Type {
	all := map[string]*Type{}
	for _, t := range catalogued() {
		if _, dup := all[t.ID]; dup {
			panic("target: the catalogue has " + t.ID + " twice")
		}
		all[t.ID] = &t
	}
	return all
}()

// Lookup finds a resource type by its id; nil when there is none.
func Lookup(id string) *Type { return types[id] }

// All is every resource type, in order of the ids.
func All() []*Type {
	return slices.SortedFunc(maps.Values(types), func(a, b *Type) int { return strings.Compare(a.ID, b.ID) })
}

func catalogued() []Type {
	zone := map[string]Parameter{"availabilityZoneIdentifier": {Description: "The Availability Zone of the resources, by name or ID."}}
	return []Type{
		{ID: "aws:arc:zonal-shift-managed-resource", Description: "A resource that Amazon Application Recovery Controller can shift away from an Availability Zone"},
		{ID: "aws:directconnect:virtual-interface", Description: "A Direct Connect virtual interface"},
		{ID: "aws:dsql:cluster", Description: "An Aurora DSQL cluster"},
		{ID: "aws:dynamodb:global-table", Description: "A DynamoDB global table"},
		{ID: "aws:ec2:autoscaling-group", Description: "An EC2 Auto Scaling group"},
		{ID: "aws:ec2:ebs-volume", Description: "An EBS volume", ParametersOnly: true, Parameters: zone},
		{ID: "aws:ec2:instance", Description: "An EC2 instance"},
		{ID: "aws:ec2:spot-instance", Description: "An EC2 Spot instance"},
		{ID: "aws:ec2:subnet", Description: "A subnet of a VPC", ParametersOnly: true, Parameters: map[string]Parameter{
			"availabilityZoneIdentifier": zone["availabilityZoneIdentifier"],
			"vpc":                        {Description: "The ID of the VPC of the subnets."},
		}},
		{ID: "aws:ec2:transit-gateway", Description: "A transit gateway"},
		{ID: "aws:ec2:vpc-endpoint", Description: "A VPC endpoint"},
		{ID: "aws:ecs:cluster", Description: "An ECS cluster"},
		{ID: "aws:ecs:task", Description: "An ECS task", ParametersOnly: true, Parameters: map[string]Parameter{
			"cluster": {Description: "The cluster of the tasks, by name or ARN."},
			"service": {Description: "The service of the tasks, by name or ARN."},
		}},
		{ID: "aws:eks:cluster", Description: "An EKS cluster"},
		{ID: "aws:eks:nodegroup", Description: "An EKS managed node group"},
		{ID: "aws:eks:pod", Description: "A Kubernetes pod of an EKS cluster", NoARNs: true, NoTags: true, NoFilters: true, ParametersOnly: true, Parameters: map[string]Parameter{
			"clusterIdentifier":          {Description: "The EKS cluster, by name or ARN.", Required: true},
			"namespace":                  {Description: "The Kubernetes namespace of the pods.", Required: true},
			"selectorType":               {Description: "How the pods are found: labelSelector, deploymentName or podName.", Required: true, OneOf: []string{"labelSelector", "deploymentName", "podName"}},
			"selectorValue":              {Description: "The label selector, name of the deployment, or name of the pod.", Required: true},
			"availabilityZoneIdentifier": zone["availabilityZoneIdentifier"],
			"targetContainerName":        {Description: "The name of the container in the pod. Default: the first container."},
		}},
		{ID: "aws:elasticache:redis-replicationgroup", Description: "Deprecated: an ElastiCache replication group. Use aws:elasticache:replicationgroup.", Parameters: zone},
		{ID: "aws:elasticache:replicationgroup", Description: "An ElastiCache replication group", NoARNs: true, TagsRequired: true, Parameters: map[string]Parameter{
			"availabilityZoneIdentifier": {Description: "The Availability Zone whose nodes are affected, by name or ID.", Required: true},
		}},
		{ID: "aws:iam:role", Description: "An IAM role"},
		{ID: "aws:kinesis:stream", Description: "A Kinesis data stream"},
		{ID: "aws:lambda:function", Description: "A Lambda function", Parameters: map[string]Parameter{
			"functionQualifier": {Description: "The version or alias of the functions. Default: all."},
		}},
		{ID: "aws:memorydb:multi-region-cluster", Description: "A MemoryDB multi-Region cluster"},
		{ID: "aws:rds:cluster", Description: "An Aurora or DocumentDB DB cluster", ParametersOnly: true, Parameters: map[string]Parameter{
			"writerAvailabilityZoneIdentifiers": {Description: "The Availability Zones of the clusters' writers, by name or ID, separated using commas, or all."},
		}},
		{ID: "aws:rds:db", Description: "An RDS DB instance", ParametersOnly: true, Parameters: map[string]Parameter{
			"availabilityZoneIdentifiers": {Description: "The Availability Zones of the instances, by name or ID, separated using commas, or all."},
		}},
		{ID: "aws:s3:bucket", Description: "An S3 bucket", NoARNs: true, TagsRequired: true},
	}
}
