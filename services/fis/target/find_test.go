package target_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/target"
)

type doc = aws.Document

// world is what each call answers; a func is asked for the answer, an error is the answer.
type world map[string]any

func (w world) ask(_ context.Context, _, service, operation string, in aws.Document) (aws.Document, error) {
	switch answer := w[service+"."+operation].(type) {
	case doc:
		return answer, nil
	case error:
		return nil, answer
	case func(aws.Document) aws.Document:
		return answer(in), nil
	}
	return nil, aws.NotImplemented("Nobody answers " + service + "." + operation + ".")
}

func list(of ...any) []any { return of }

func tag(key, value string) []any { return list(doc{"Key": key, "Value": value}) }

// everything is an AWS with something of each type: what is meant is tagged app=blue and lives in zone a.
var everything = world{
	"ec2.DescribeInstances": doc{"Reservations": list(doc{"Instances": list(
		doc{"InstanceId": "i-1", "InstanceLifecycle": "spot", "Tags": tag("app", "blue")}, doc{"InstanceId": "i-2", "Tags": tag("app", "blue")},
	)}, doc{"Instances": list(doc{"InstanceId": "i-3", "State": doc{"Name": "terminated"}, "Tags": tag("app", "blue")}, doc{"InstanceId": "i-4"})})},
	"ec2.DescribeAvailabilityZones": doc{"AvailabilityZones": list(doc{"ZoneName": "us-east-1a", "ZoneId": "use1-az6"})},
	"ec2.DescribeVolumes": doc{"Volumes": list(
		doc{"VolumeId": "vol-1", "AvailabilityZone": "us-east-1a", "Tags": tag("app", "blue")}, doc{"VolumeId": "vol-2", "AvailabilityZone": "us-east-1b", "Tags": tag("app", "blue")})},
	"ec2.DescribeSubnets": doc{"Subnets": list(
		doc{"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1a"}, doc{"SubnetId": "subnet-2", "VpcId": "vpc-2", "AvailabilityZone": "us-east-1a"},
		doc{"SubnetId": "subnet-3", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1b"})},
	"ec2.DescribeTransitGateways": doc{"TransitGateways": list(doc{"TransitGatewayId": "tgw-1", "Tags": tag("app", "blue")})},
	"ec2.DescribeVpcEndpoints":    doc{"VpcEndpoints": list(doc{"VpcEndpointId": "vpce-1", "Tags": tag("app", "blue")})},
	"autoscaling.DescribeAutoScalingGroups": func(in aws.Document) aws.Document {
		if in["NextToken"] == nil {
			return doc{"NextToken": "more", "AutoScalingGroups": list(doc{"AutoScalingGroupARN": "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:1:autoScalingGroupName/one", "Tags": tag("app", "red")})}
		}
		return doc{"AutoScalingGroups": list(doc{"AutoScalingGroupARN": "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:2:autoScalingGroupName/two", "Tags": tag("app", "blue")})}
	},
	"ecs.ListClusters":     doc{"clusterArns": list("arn:aws:ecs:us-east-1:1:cluster/c")},
	"ecs.DescribeClusters": doc{"clusters": list(doc{"clusterArn": "arn:aws:ecs:us-east-1:1:cluster/c", "status": "ACTIVE", "tags": list(doc{"key": "app", "value": "blue"})})},
	"ecs.ListTasks": func(in aws.Document) aws.Document {
		if in["serviceName"] == "none" {
			return doc{}
		}
		return doc{"taskArns": list("arn:aws:ecs:us-east-1:1:task/c/t1", "arn:aws:ecs:us-east-1:1:task/c/t2")}
	},
	"ecs.DescribeTasks": doc{"tasks": list(
		doc{"taskArn": "arn:aws:ecs:us-east-1:1:task/c/t1", "launchType": "FARGATE", "tags": list(doc{"key": "app", "value": "blue"})}, doc{"taskArn": "arn:aws:ecs:us-east-1:1:task/c/t2", "launchType": "EC2"})},
	"eks.ListClusters":      doc{"clusters": list("k")},
	"eks.DescribeCluster":   doc{"cluster": doc{"arn": "arn:aws:eks:us-east-1:1:cluster/k", "tags": doc{"app": "blue"}}},
	"eks.ListNodegroups":    doc{"nodegroups": list("n")},
	"eks.DescribeNodegroup": doc{"nodegroup": doc{"nodegroupArn": "arn:aws:eks:us-east-1:1:nodegroup/k/n/1", "tags": doc{"app": "blue"}}},
	"elasticache.DescribeReplicationGroups": doc{"ReplicationGroups": list(
		doc{"ARN": "arn:aws:elasticache:us-east-1:1:replicationgroup:one", "NodeGroups": list(doc{"NodeGroupMembers": list(doc{"PreferredAvailabilityZone": "us-east-1a"}, doc{"PreferredAvailabilityZone": "us-east-1b"})})},
		doc{"ARN": "arn:aws:elasticache:us-east-1:1:replicationgroup:two", "NodeGroups": list(doc{"NodeGroupMembers": list(doc{"PreferredAvailabilityZone": "us-east-1b"})})})},
	"elasticache.ListTagsForResource": doc{"TagList": tag("app", "blue")},
	"iam.ListRoles":                   doc{"Roles": list(doc{"Arn": "arn:aws:iam::1:role/one", "RoleName": "one"}, doc{"Arn": "arn:aws:iam::1:role/two", "RoleName": "two"})},
	"iam.ListRoleTags": func(in aws.Document) aws.Document {
		return doc{"Tags": tag("app", map[any]string{"one": "blue"}[in["RoleName"]])}
	},
	"kinesis.ListStreams":           doc{"StreamNames": list("s")},
	"kinesis.DescribeStreamSummary": doc{"StreamDescriptionSummary": doc{"StreamARN": "arn:aws:kinesis:us-east-1:1:stream/s", "StreamName": "s"}},
	"kinesis.ListTagsForStream":     doc{"Tags": tag("app", "blue")},
	"lambda.ListFunctions":          doc{"Functions": list(doc{"FunctionArn": "arn:aws:lambda:us-east-1:1:function:f"}, doc{"FunctionArn": "arn:aws:lambda:us-east-1:1:function:g"})},
	"lambda.ListTags": func(in aws.Document) aws.Document {
		return doc{"Tags": doc{"app": map[any]string{"arn:aws:lambda:us-east-1:1:function:f": "blue"}[in["Resource"]]}}
	},
	"memorydb.DescribeMultiRegionClusters": doc{"MultiRegionClusters": list(doc{"ARN": "arn:aws:memorydb::1:multiregioncluster/m"})},
	"memorydb.ListTags":                    doc{"TagList": tag("app", "blue")},
	"rds.DescribeDBClusters": doc{"DBClusters": list(
		doc{"DBClusterArn": "arn:aws:rds:us-east-1:1:cluster:one", "TagList": tag("app", "blue"), "DBClusterMembers": list(doc{"DBInstanceIdentifier": "d1", "IsClusterWriter": true}, doc{"DBInstanceIdentifier": "d2", "IsClusterWriter": false})},
		doc{"DBClusterArn": "arn:aws:rds:us-east-1:1:cluster:two", "TagList": tag("app", "blue"), "DBClusterMembers": list(doc{"DBInstanceIdentifier": "d2", "IsClusterWriter": true})})},
	"rds.DescribeDBInstances": doc{"DBInstances": list(
		doc{"DBInstanceArn": "arn:aws:rds:us-east-1:1:db:d1", "DBInstanceIdentifier": "d1", "AvailabilityZone": "us-east-1a", "TagList": tag("app", "blue")},
		doc{"DBInstanceArn": "arn:aws:rds:us-east-1:1:db:d2", "DBInstanceIdentifier": "d2", "AvailabilityZone": "us-east-1b", "TagList": tag("app", "blue")})},
	"s3.ListBuckets":      doc{"Buckets": list(doc{"Name": "b"})},
	"s3.GetBucketTagging": doc{"TagSet": tag("app", "blue")},
	"dynamodb.ListTables": doc{"TableNames": list("global", "local")},
	"dynamodb.DescribeTable": func(in aws.Document) aws.Document {
		table := doc{"TableArn": "arn:aws:dynamodb:us-east-1:1:table/" + in["TableName"].(string)}
		if in["TableName"] == "global" {
			table["Replicas"] = list(doc{"RegionName": "us-west-2"})
		}
		return doc{"Table": table}
	},
	"dynamodb.ListTagsOfResource":             doc{"Tags": tag("app", "blue")},
	"dsql.ListClusters":                       doc{"clusters": list(doc{"identifier": "q"})},
	"dsql.GetCluster":                         doc{"arn": "arn:aws:dsql:us-east-1:1:cluster/q", "tags": doc{"app": "blue"}},
	"arc-zonal-shift.ListManagedResources":    doc{"items": list(doc{"arn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/l/1"})},
	"directconnect.DescribeVirtualInterfaces": doc{"virtualInterfaces": list(doc{"virtualInterfaceId": "dxvif-1", "tags": list(doc{"key": "app", "value": "blue"})})},
}

func query(id string) target.Query {
	return target.Query{Type: id, Account: "1", Region: "us-east-1", Ask: everything.ask}
}

func TestFindByTag(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{
		"aws:ec2:instance":                    {"arn:aws:ec2:us-east-1:1:instance/i-1", "arn:aws:ec2:us-east-1:1:instance/i-2"},
		"aws:ec2:spot-instance":               {"arn:aws:ec2:us-east-1:1:instance/i-1"},
		"aws:ec2:ebs-volume":                  {"arn:aws:ec2:us-east-1:1:volume/vol-1", "arn:aws:ec2:us-east-1:1:volume/vol-2"},
		"aws:ec2:transit-gateway":             {"arn:aws:ec2:us-east-1:1:transit-gateway/tgw-1"},
		"aws:ec2:vpc-endpoint":                {"arn:aws:ec2:us-east-1:1:vpc-endpoint/vpce-1"},
		"aws:ec2:autoscaling-group":           {"arn:aws:autoscaling:us-east-1:1:autoScalingGroup:2:autoScalingGroupName/two"},
		"aws:ecs:cluster":                     {"arn:aws:ecs:us-east-1:1:cluster/c"},
		"aws:ecs:task":                        {"arn:aws:ecs:us-east-1:1:task/c/t1"},
		"aws:eks:cluster":                     {"arn:aws:eks:us-east-1:1:cluster/k"},
		"aws:eks:nodegroup":                   {"arn:aws:eks:us-east-1:1:nodegroup/k/n/1"},
		"aws:elasticache:replicationgroup":    {"arn:aws:elasticache:us-east-1:1:replicationgroup:one", "arn:aws:elasticache:us-east-1:1:replicationgroup:two"},
		"aws:iam:role":                        {"arn:aws:iam::1:role/one"},
		"aws:kinesis:stream":                  {"arn:aws:kinesis:us-east-1:1:stream/s"},
		"aws:lambda:function":                 {"arn:aws:lambda:us-east-1:1:function:f"},
		"aws:memorydb:multi-region-cluster":   {"arn:aws:memorydb::1:multiregioncluster/m"},
		"aws:rds:cluster":                     {"arn:aws:rds:us-east-1:1:cluster:one", "arn:aws:rds:us-east-1:1:cluster:two"},
		"aws:rds:db":                          {"arn:aws:rds:us-east-1:1:db:d1", "arn:aws:rds:us-east-1:1:db:d2"},
		"aws:s3:bucket":                       {"arn:aws:s3:::b"},
		"aws:dynamodb:global-table":           {"arn:aws:dynamodb:us-east-1:1:table/global"},
		"aws:dsql:cluster":                    {"arn:aws:dsql:us-east-1:1:cluster/q"},
		"aws:directconnect:virtual-interface": {"arn:aws:directconnect:us-east-1:1:dxvif/dxvif-1"},
	} {
		q := query(id)
		q.Tags = map[string]string{"app": "blue"}
		check(t, id, q, want...)
		q.Tags = map[string]string{"app": "green"}
		check(t, id, q)
	}
}

func check(t *testing.T, name string, q target.Query, want ...string) {
	t.Helper()
	found, err := target.Find(context.Background(), q)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	var arns []string
	for _, r := range found {
		arns = append(arns, r.ARN)
		if r.Account != q.Account || r.Information["arn"] != r.ARN {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if !slices.Equal(arns, want) {
		t.Errorf("%s: found %v, want %v", name, arns, want)
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id         string
		parameters map[string]string
		want       []string
	}{
		{"aws:ec2:ebs-volume", map[string]string{"availabilityZoneIdentifier": "us-east-1b"}, []string{"arn:aws:ec2:us-east-1:1:volume/vol-2"}},
		{"aws:ec2:ebs-volume", map[string]string{"availabilityZoneIdentifier": "use1-az6"}, []string{"arn:aws:ec2:us-east-1:1:volume/vol-1"}},
		{"aws:ec2:ebs-volume", map[string]string{"availabilityZoneIdentifier": "use1-az9"}, nil},
		{"aws:ec2:subnet", map[string]string{"vpc": "vpc-1"}, []string{"arn:aws:ec2:us-east-1:1:subnet/subnet-1", "arn:aws:ec2:us-east-1:1:subnet/subnet-3"}},
		{"aws:ec2:subnet", map[string]string{"vpc": "vpc-1", "availabilityZoneIdentifier": "us-east-1a"}, []string{"arn:aws:ec2:us-east-1:1:subnet/subnet-1"}},
		{"aws:ecs:task", map[string]string{"cluster": "c"}, []string{"arn:aws:ecs:us-east-1:1:task/c/t1", "arn:aws:ecs:us-east-1:1:task/c/t2"}},
		{"aws:ecs:task", map[string]string{"cluster": "c", "service": "none"}, nil},
		{"aws:elasticache:replicationgroup", map[string]string{"availabilityZoneIdentifier": "us-east-1a"}, []string{"arn:aws:elasticache:us-east-1:1:replicationgroup:one"}},
		{"aws:rds:cluster", map[string]string{"writerAvailabilityZoneIdentifiers": "us-east-1b, us-east-1c"}, []string{"arn:aws:rds:us-east-1:1:cluster:two"}},
		{"aws:rds:cluster", map[string]string{"writerAvailabilityZoneIdentifiers": "all"}, []string{"arn:aws:rds:us-east-1:1:cluster:one", "arn:aws:rds:us-east-1:1:cluster:two"}},
		{"aws:rds:db", map[string]string{"availabilityZoneIdentifiers": "us-east-1a"}, []string{"arn:aws:rds:us-east-1:1:db:d1"}},
	} {
		q := query(c.id)
		q.Parameters = c.parameters
		check(t, c.id, q, c.want...)
	}
}

// Paths may begin with capital letters also where the API's members do not.
func TestFilterOfACamelCaseAPI(t *testing.T) {
	t.Parallel()
	q := query("aws:ecs:task")
	q.Filters = []target.Filter{{Path: "LaunchType", Values: []string{"EC2"}}}
	check(t, "capital", q, "arn:aws:ecs:us-east-1:1:task/c/t2")
	q.Filters = []target.Filter{{Path: "launchType", Values: []string{"EC2"}}}
	check(t, "lower case", q, "arn:aws:ecs:us-east-1:1:task/c/t2")
}

func TestFindByARN(t *testing.T) {
	t.Parallel()
	q := query("aws:rds:db")
	q.ARNs = []string{"arn:aws:rds:us-east-1:1:db:d1", "arn:aws:rds:us-east-1:999999999999:db:d2"}
	check(t, "of another account", q, q.ARNs...)

	// LocalStack's own test reboots a database through a target of instances.
	q = query("aws:ec2:instance")
	q.ARNs = []string{"arn:aws:rds:us-east-1:1:db:d1"}
	check(t, "of another type", q, q.ARNs...)
	q.Strict = true
	fails(t, "of another type, strictly", q, "InvalidTarget", target.Empty)

	q = query("aws:iam:role")
	q.ARNs = []string{"arn:aws:iam::1:role/nobody"}
	check(t, "a role that is not there", q, q.ARNs...)

	q = query("aws:dynamodb:global-table")
	q.ARNs = []string{"arn:aws:dynamodb:us-east-1:1:table/local"}
	check(t, "a table without replicas", q, q.ARNs...)

	q = query("aws:ec2:instance")
	q.ARNs = []string{"arn:aws:ec2:us-east-1:1:instance/i-9"}
	fails(t, "nothing", q, "InvalidTarget", target.Empty)
	q.ARNs = []string{"i-1"}
	fails(t, "no ARN", q, "InvalidTarget", target.Empty+" i-1 is not an ARN.")
	q.Ask = world{}.ask
	q.ARNs = []string{"arn:aws:ec2:us-east-1:1:instance/i-9"}
	check(t, "when nobody can tell", q, q.ARNs...)
}

func fails(t *testing.T, name string, q target.Query, code, reason string) {
	t.Helper()
	found, err := target.Find(context.Background(), q)
	var e *target.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Reason, reason) || len(found) > 0 {
		t.Errorf("%s: found %v, %v; want %s %q", name, found, err, code, reason)
	}
}

// Where the API of the service is not there, the tagging API may be, and the other way round.
func TestTaggingAPI(t *testing.T) {
	t.Parallel()
	mapping := doc{"ResourceTagMappingList": list(
		doc{"ResourceARN": "arn:aws:lambda:us-east-1:1:function:g", "Tags": tag("app", "blue")}, doc{"ResourceARN": "arn:aws:lambda:us-east-1:1:function:h", "Tags": tag("app", "green")})}
	q := query("aws:lambda:function")
	q.Tags = map[string]string{"app": "blue"}
	q.Ask = world{"resourcegroupstaggingapi.GetResources": mapping}.ask
	check(t, "without ListFunctions", q, "arn:aws:lambda:us-east-1:1:function:g")
	q.Ask = world{"resourcegroupstaggingapi.GetResources": mapping, "lambda.ListFunctions": everything["lambda.ListFunctions"], "lambda.ListTags": errors.New("not asked")}.ask
	check(t, "with both", q, "arn:aws:lambda:us-east-1:1:function:g")
	q.Ask = world{"resourcegroupstaggingapi.GetResources": doc{}, "lambda.ListFunctions": everything["lambda.ListFunctions"], "lambda.ListTags": everything["lambda.ListTags"]}.ask
	check(t, "when it knows nothing", q, "arn:aws:lambda:us-east-1:1:function:f")
	q.Ask = world{"resourcegroupstaggingapi.GetResources": doc{}}.ask
	fails(t, "without ListFunctions, of something that it does not know", q, "InvalidTarget", "is not carried out here")
	q.Ask = world{}.ask
	fails(t, "without both", q, "InvalidTarget", "is not carried out here")
	q.Ask = world{"lambda.ListFunctions": &aws.Error{Code: "AccessDeniedException", Message: "no", Status: 403}}.ask
	fails(t, "without permission", q, "AuthorizationFailure", "AccessDeniedException: no")
	q.Ask = world{"lambda.ListFunctions": &aws.Error{Code: "ServiceException", Message: "down", Status: 500}}.ask
	fails(t, "when it is down", q, "DependentServiceFailure", "ServiceException: down")
}

func TestNobodyKnowsPods(t *testing.T) {
	t.Parallel()
	fails(t, "pods", query("aws:eks:pod"), "InvalidTarget", "aws:eks:pod")
}

// Every type of the catalogue is found, but for pods.
func TestEveryType(t *testing.T) {
	t.Parallel()
	for _, kind := range target.All() {
		q := query(kind.ID)
		if _, err := target.Find(context.Background(), q); (err != nil) != (kind.ID == "aws:eks:pod") {
			t.Errorf("%s: %v", kind.ID, err)
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	var all []target.Resource
	for i := range 10 {
		all = append(all, target.Resource{ARN: string(rune('a' + i))})
	}
	for mode, n := range map[string]int{
		"ALL": 10, "COUNT(1)": 1, "COUNT(10)": 10, "COUNT(11)": 10, "COUNT(0)": 0, "COUNT(99999999999999999999)": 10,
		"PERCENT(100)": 10, "PERCENT(99)": 9, "PERCENT(9)": 0, "PERCENT(35)": 3,
	} {
		chosen := target.Choose(all, mode, "EXP1")
		if len(chosen) != n || !slices.IsSortedFunc(chosen, func(a, b target.Resource) int { return strings.Compare(a.ARN, b.ARN) }) {
			t.Errorf("%s: %v", mode, chosen)
		}
		if again := target.Choose(all, mode, "EXP1"); len(again) != n || n > 0 && again[0].ARN != chosen[0].ARN {
			t.Errorf("%s: %v, then %v", mode, chosen, again)
		}
	}
	counts := map[string]int{}
	for seed := range 1000 {
		counts[target.Choose(all, "COUNT(1)", string(rune(seed)))[0].ARN]++
	}
	for arn, n := range counts {
		if n < 50 || n > 160 {
			t.Errorf("%s was chosen %d times of 1000", arn, n)
		}
	}
}
