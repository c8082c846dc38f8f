package e2e

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/docdb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/efs"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/elasticsearchservice"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/neptune"
	"github.com/aws/aws-sdk-go-v2/service/opensearch"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/timestreamquery"
	"github.com/aws/aws-sdk-go-v2/service/timestreamwrite"
)

// sdkCall is one call of one client.
type sdkCall struct {
	name string // as x-brownout-call is to have it: User-Agent tells even RDS, Neptune and DocumentDB apart
	make func(ctx context.Context, c aws.Config) error
}

// service is the part of the name before the dot.
func (c sdkCall) service() string {
	service, _, _ := strings.Cut(c.name, ".")
	return service
}

// of is a call of a client that newClient makes. What it answers is of no interest here.
func of[Client, In, Out, Option any](name string, newClient func(aws.Config, ...func(*Option)) Client,
	call func(Client, context.Context, In, ...func(*Option)) (Out, error), in In,
) sdkCall {
	return sdkCall{name, func(ctx context.Context, c aws.Config) error {
		_, err := call(newClient(c), ctx, in)
		return err
	}}
}

// sdkCalls are calls of many services, by the protocol that the SDK for Go speaks with them. None is
// one that Brownout is likely to serve itself some day.
var sdkCalls = map[string][]sdkCall{
	"RPC v2 CBOR": {
		of("cloudwatch.DescribeInsightRules", cloudwatch.NewFromConfig, (*cloudwatch.Client).DescribeInsightRules, &cloudwatch.DescribeInsightRulesInput{}),
	},
	"AWS JSON": {
		of("sqs.ListMessageMoveTasks", sqs.NewFromConfig, (*sqs.Client).ListMessageMoveTasks, &sqs.ListMessageMoveTasksInput{SourceArn: aws.String("arn:aws:sqs:us-east-1:000000000000:q")}),
		of("dynamodb.ListContributorInsights", dynamodb.NewFromConfig, (*dynamodb.Client).ListContributorInsights, &dynamodb.ListContributorInsightsInput{}),
		of("kinesis.DescribeLimits", kinesis.NewFromConfig, (*kinesis.Client).DescribeLimits, &kinesis.DescribeLimitsInput{}),
		of("kms.DescribeKey", kms.NewFromConfig, (*kms.Client).DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/a")}),
		of("secretsmanager.GetRandomPassword", secretsmanager.NewFromConfig, (*secretsmanager.Client).GetRandomPassword, &secretsmanager.GetRandomPasswordInput{}),
		of("ssm.ListDocuments", ssm.NewFromConfig, (*ssm.Client).ListDocuments, &ssm.ListDocumentsInput{}),
		of("ecs.ListAccountSettings", ecs.NewFromConfig, (*ecs.Client).ListAccountSettings, &ecs.ListAccountSettingsInput{}),
		of("events.ListArchives", eventbridge.NewFromConfig, (*eventbridge.Client).ListArchives, &eventbridge.ListArchivesInput{}),
		of("stepfunctions.ListActivities", sfn.NewFromConfig, (*sfn.Client).ListActivities, &sfn.ListActivitiesInput{}),
		// The first thing that Timestream's clients do is to ask for an endpoint.
		of("timestream-query.DescribeEndpoints", timestreamquery.NewFromConfig, (*timestreamquery.Client).DescribeEndpoints, &timestreamquery.DescribeEndpointsInput{}),
		of("timestream-write.DescribeEndpoints", timestreamwrite.NewFromConfig, (*timestreamwrite.Client).DescribeEndpoints, &timestreamwrite.DescribeEndpointsInput{}),
		of("logs.DescribeDestinations", cloudwatchlogs.NewFromConfig, (*cloudwatchlogs.Client).DescribeDestinations, &cloudwatchlogs.DescribeDestinationsInput{}),
	},
	"query": {
		of("sts.GetFederationToken", sts.NewFromConfig, (*sts.Client).GetFederationToken, &sts.GetFederationTokenInput{Name: aws.String("fed")}),
		of("iam.ListAccountAliases", iam.NewFromConfig, (*iam.Client).ListAccountAliases, &iam.ListAccountAliasesInput{}),
		of("sns.Publish", sns.NewFromConfig, (*sns.Client).Publish, &sns.PublishInput{TopicArn: aws.String("arn:aws:sns:us-east-1:000000000000:t"), Message: aws.String("m")}),
		of("autoscaling.DescribeAccountLimits", autoscaling.NewFromConfig, (*autoscaling.Client).DescribeAccountLimits, &autoscaling.DescribeAccountLimitsInput{}),
		of("cloudformation.DescribeStacks", cloudformation.NewFromConfig, (*cloudformation.Client).DescribeStacks, &cloudformation.DescribeStacksInput{}),
		of("elasticache.DescribeSnapshots", elasticache.NewFromConfig, (*elasticache.Client).DescribeSnapshots, &elasticache.DescribeSnapshotsInput{}),
		of("ses.ListIdentities", ses.NewFromConfig, (*ses.Client).ListIdentities, &ses.ListIdentitiesInput{}),
		of("rds.DescribeDBClusters", rds.NewFromConfig, (*rds.Client).DescribeDBClusters, &rds.DescribeDBClustersInput{}),
		of("neptune.DescribeDBClusters", neptune.NewFromConfig, (*neptune.Client).DescribeDBClusters, &neptune.DescribeDBClustersInput{}),
		of("docdb.DescribeDBClusters", docdb.NewFromConfig, (*docdb.Client).DescribeDBClusters, &docdb.DescribeDBClustersInput{}),
	},
	"EC2 query": {
		of("ec2.DescribeVpnGateways", ec2.NewFromConfig, (*ec2.Client).DescribeVpnGateways, &ec2.DescribeVpnGatewaysInput{}),
	},
	"REST-XML": {
		of("s3.GetBucketAcl", s3.NewFromConfig, (*s3.Client).GetBucketAcl, &s3.GetBucketAclInput{Bucket: aws.String("bucket")}),
		of("s3.CreateMultipartUpload", s3.NewFromConfig, (*s3.Client).CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: aws.String("bucket"), Key: aws.String("a/b c")}),
		of("s3.CopyObject", s3.NewFromConfig, (*s3.Client).CopyObject, &s3.CopyObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), CopySource: aws.String("from/key")}),
		of("s3control.ListJobs", s3control.NewFromConfig, (*s3control.Client).ListJobs, &s3control.ListJobsInput{AccountId: aws.String("000000000000")}),
		of("route53.ListHostedZones", route53.NewFromConfig, (*route53.Client).ListHostedZones, &route53.ListHostedZonesInput{}),
		of("cloudfront.GetDistribution", cloudfront.NewFromConfig, (*cloudfront.Client).GetDistribution, &cloudfront.GetDistributionInput{Id: aws.String("E1")}),
	},
	"REST-JSON": {
		of("lambda.Invoke", lambda.NewFromConfig, (*lambda.Client).Invoke, &lambda.InvokeInput{FunctionName: aws.String("f"), Payload: []byte("{}")}),
		of("apigateway.GetRestApi", apigateway.NewFromConfig, (*apigateway.Client).GetRestApi, &apigateway.GetRestApiInput{RestApiId: aws.String("abc")}),
		of("apigatewayv2.GetApi", apigatewayv2.NewFromConfig, (*apigatewayv2.Client).GetApi, &apigatewayv2.GetApiInput{ApiId: aws.String("abc")}),
		of("eks.DescribeAddonVersions", eks.NewFromConfig, (*eks.Client).DescribeAddonVersions, &eks.DescribeAddonVersionsInput{}),
		of("batch.DescribeJobs", batch.NewFromConfig, (*batch.Client).DescribeJobs, &batch.DescribeJobsInput{Jobs: []string{"j"}}),
		of("efs.DescribeFileSystems", efs.NewFromConfig, (*efs.Client).DescribeFileSystems, &efs.DescribeFileSystemsInput{}),
		of("iot.ListThings", iot.NewFromConfig, (*iot.Client).ListThings, &iot.ListThingsInput{}),
		of("sesv2.ListEmailIdentities", sesv2.NewFromConfig, (*sesv2.Client).ListEmailIdentities, &sesv2.ListEmailIdentitiesInput{}),
		of("es.DescribeElasticsearchDomain", elasticsearchservice.NewFromConfig, (*elasticsearchservice.Client).DescribeElasticsearchDomain,
			&elasticsearchservice.DescribeElasticsearchDomainInput{DomainName: aws.String("logs")}),
		of("opensearch.DescribeDomain", opensearch.NewFromConfig, (*opensearch.Client).DescribeDomain, &opensearch.DescribeDomainInput{DomainName: aws.String("logs")}),
	},
}
