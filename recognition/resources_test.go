package recognition

import (
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"dynamodb TableName": "table", "dynamodb IndexName": "-", "sqs QueueUrl": "queue", "logs logGroupIdentifiers": "log-group",
		"ec2 InstanceId": "instance", "rds DBInstanceIdentifier": "db", "rds DBSubnetGroupName": "db-subnet-group",
		"elasticache ReplicationGroupId": "replicationgroup", "ssm Names": "parameter", "glue Name": "-", "any ClientRequestToken": "-",
		"any AwsAccountId": "-", "any Name": "-", "any pipelineName": "pipeline", "any PipelineARN": "pipeline", "any KMSKeyId": "-",
		"ecs cluster": "cluster", "any Whatever": "-", "stepfunctions stateMachineArn": "stateMachine", "any Arn": "-",
	} {
		service, member, _ := strings.Cut(subject, " ")
		kind, ok := kindOf(service, member)
		if !ok {
			kind = "-"
		}
		if kind != want {
			t.Errorf("%s: %s, want %s", subject, kind, want)
		}
	}
}

func TestKebab(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"logGroup": "log-group", "DBInstance": "db-instance", "VPC": "vpc", "table": "table", "experimentTemplates": "experiment-templates", "": "",
	} {
		if got := kebab(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestResourceForms is about names that come as ARNs, URLs, parts of ARNs.
func TestResourceForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ service, kind, value, want string }{
		{"dynamodb", "table", "Orders", "table Orders arn:aws:dynamodb:eu-west-1:123456789012:table/Orders"},
		{"dynamodb", "table", "arn:aws:dynamodb:us-east-1:1:table/Orders/index/ByDate", "table Orders arn:aws:dynamodb:us-east-1:1:table/Orders/index/ByDate"},
		{"sqs", "queue", "http://localhost:4566/000000000000/jobs", "queue jobs arn:aws:sqs:eu-west-1:123456789012:jobs"},
		{"sns", "topic", "arn:aws:sns:us-east-1:1:news", "topic news arn:aws:sns:us-east-1:1:news"},
		{"lambda", "function", "123456789012:function:work:live", "function work arn:aws:lambda:eu-west-1:123456789012:function:work"},
		{"lambda", "function", "arn:aws:lambda:us-east-1:1:function:work:live", "function work arn:aws:lambda:us-east-1:1:function:work:live"},
		{"logs", "log-group", "arn:aws:logs:us-east-1:1:log-group:/app/web:*", "log-group /app/web arn:aws:logs:us-east-1:1:log-group:/app/web:*"},
		{"ssm", "parameter", "/app/password", "parameter /app/password arn:aws:ssm:eu-west-1:123456789012:parameter/app/password"},
		{"iam", "role", "reader", "role reader arn:aws:iam::123456789012:role/reader"},
		{"s3", "bucket", "b", "bucket b arn:aws:s3:::b"},
		{"s3", "object", "b/k/l", "object b/k/l arn:aws:s3:::b/k/l"},
		{"kms", "key", "alias/main", "alias main arn:aws:kms:eu-west-1:123456789012:alias/main"},
	} {
		service := catalog.Lookup(c.service)
		g := gathering{call: &aws.Call{Region: "eu-west-1", Account: "123456789012"}, service: service, op: service.Operations[0]}
		g.add(c.kind, c.value)
		g.add(c.kind, c.value)
		if len(g.found) != 1 {
			t.Fatalf("%s: %+v", c.value, g.found)
		}
		if got := g.found[0].Type + " " + g.found[0].Name + " " + g.found[0].FullARN(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.value, got, c.want)
		}
	}
}

func BenchmarkResources(b *testing.B) {
	r := request(b, benchmarks[0].head)
	body := []byte(`{"TableName": "Orders", "Key": {"id": {"S": "12345678"}}, "ConsistentRead": true}`)
	var call aws.Call
	var first [1]aws.Resource
	found := New().Recognize(r, &call)
	b.ReportAllocs()
	for b.Loop() {
		if len(Resources(r, body, &call, found.Operation, first[:0])) != 1 {
			b.Fatal("no resource")
		}
	}
}
