"""Calls of 60 services with boto3, against the server at AWS_ENDPOINT_URL: each is recognised, and each error
arrives as its service's clients read it. Exits 0 only if all is so."""

import os
import socket
import sys
import time

import boto3
import botocore.endpoint
from botocore.config import Config
from botocore.exceptions import ClientError

ARN = "arn:aws:{}:us-east-1:000000000000:{}".format

# service, method, parameters, the call's name. What nothing tells apart has several, the likeliest first.
CALLS = [
    ("acm", "list_certificates", {}, "acm.ListCertificates"),
    ("amplify", "get_app", {"appId": "d1"}, "amplify.GetApp"),
    ("apigateway", "get_rest_api", {"restApiId": "abc"}, "apigateway.GetRestApi"),
    ("apigatewayv2", "get_apis", {}, "apigatewayv2.GetApis"),
    ("application-autoscaling", "describe_scaling_policies", {"ServiceNamespace": "ecs"}, "application-autoscaling.DescribeScalingPolicies"),
    ("appsync", "list_graphql_apis", {}, "appsync.ListGraphqlApis"),
    ("athena", "get_query_execution", {"QueryExecutionId": "x"}, "athena.GetQueryExecution"),
    ("autoscaling", "describe_auto_scaling_groups", {}, "autoscaling.DescribeAutoScalingGroups"),
    ("backup", "list_backup_vaults", {}, "backup.ListBackupVaults"),
    ("batch", "describe_jobs", {"jobs": ["x"]}, "batch.DescribeJobs"),
    ("bedrock-runtime", "invoke_model", {"modelId": "amazon.titan-text", "body": b"{}"}, "bedrock-runtime.InvokeModel"),
    ("cloudformation", "describe_stacks", {"StackName": "s"}, "cloudformation.DescribeStacks"),
    ("cloudfront", "get_distribution", {"Id": "E1"}, "cloudfront.GetDistribution"),
    ("cloudtrail", "lookup_events", {}, "cloudtrail.LookupEvents"),
    ("cloudwatch", "list_dashboards", {}, "cloudwatch.ListDashboards"),
    ("codebuild", "batch_get_projects", {"names": ["x"]}, "codebuild.BatchGetProjects"),
    ("cognito-idp", "list_user_pools", {"MaxResults": 1}, "cognito-idp.ListUserPools"),
    ("config", "describe_config_rules", {}, "config.DescribeConfigRules"),
    ("docdb", "describe_db_clusters", {}, "rds.DescribeDBClusters|neptune.DescribeDBClusters|docdb.DescribeDBClusters"),
    ("dynamodb", "list_exports", {}, "dynamodb.ListExports"),
    ("dynamodbstreams", "list_streams", {}, "dynamodbstreams.ListStreams"),
    ("ec2", "describe_vpn_gateways", {}, "ec2.DescribeVpnGateways"),
    ("ecr", "describe_repositories", {}, "ecr.DescribeRepositories"),
    ("ecs", "list_attributes", {"targetType": "container-instance"}, "ecs.ListAttributes"),
    ("efs", "describe_file_systems", {}, "efs.DescribeFileSystems"),
    ("eks", "describe_addon_versions", {}, "eks.DescribeAddonVersions"),
    ("elasticache", "describe_snapshots", {}, "elasticache.DescribeSnapshots"),
    ("elb", "describe_load_balancers", {}, "elb.DescribeLoadBalancers"),
    ("elbv2", "describe_load_balancers", {}, "elbv2.DescribeLoadBalancers"),
    ("emr", "list_clusters", {}, "emr.ListClusters"),
    ("es", "describe_elasticsearch_domain", {"DomainName": "logs"}, "es.DescribeElasticsearchDomain"),
    ("events", "list_archives", {}, "events.ListArchives"),
    ("firehose", "list_delivery_streams", {}, "firehose.ListDeliveryStreams"),
    ("glue", "get_databases", {}, "glue.GetDatabases"),
    ("iam", "list_policies", {}, "iam.ListPolicies"),
    ("iot", "list_things", {}, "iot.ListThings"),
    ("kafka", "list_clusters", {}, "kafka.ListClusters"),
    ("kinesis", "describe_limits", {}, "kinesis.DescribeLimits"),
    ("kms", "list_keys", {}, "kms.ListKeys"),
    ("lambda", "list_layers", {}, "lambda.ListLayers"),
    ("logs", "describe_destinations", {}, "logs.DescribeDestinations"),
    ("mq", "list_brokers", {}, "mq.ListBrokers"),
    ("neptune", "describe_db_cluster_endpoints", {}, "rds.DescribeDBClusterEndpoints|neptune.DescribeDBClusterEndpoints"),
    ("opensearch", "describe_domain", {"DomainName": "logs"}, "opensearch.DescribeDomain"),
    ("organizations", "list_accounts", {}, "organizations.ListAccounts"),
    ("rds", "describe_db_log_files", {"DBInstanceIdentifier": "db"}, "rds.DescribeDBLogFiles"),
    ("redshift", "describe_clusters", {}, "redshift.DescribeClusters"),
    ("route53", "list_hosted_zones", {}, "route53.ListHostedZones"),
    ("s3", "get_bucket_acl", {"Bucket": "bucket"}, "s3.GetBucketAcl"),
    ("s3control", "list_jobs", {"AccountId": "000000000000"}, "s3control.ListJobs"),
    ("sagemaker", "list_endpoints", {}, "sagemaker.ListEndpoints"),
    ("secretsmanager", "get_random_password", {}, "secretsmanager.GetRandomPassword"),
    ("servicediscovery", "list_namespaces", {}, "servicediscovery.ListNamespaces"),
    ("ses", "list_identities", {}, "ses.ListIdentities"),
    ("sesv2", "list_email_identities", {}, "sesv2.ListEmailIdentities"),
    ("sns", "publish", {"TopicArn": ARN("sns", "t"), "Message": "m"}, "sns.Publish"),
    ("sqs", "send_message", {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/000000000000/q", "MessageBody": "m"}, "sqs.SendMessage"),
    ("ssm", "describe_sessions", {"State": "Active"}, "ssm.DescribeSessions"),
    ("stepfunctions", "list_activities", {}, "stepfunctions.ListActivities"),
    ("sts", "get_federation_token", {"Name": "fed"}, "sts.GetFederationToken"),
    ("timestream-query", "tag_resource", {"ResourceARN": ARN("timestream", "x"), "Tags": []}, "timestream-query.TagResource|timestream-write.TagResource"),
    ("timestream-write", "list_databases", {}, "timestream-write.ListDatabases"),
    ("wafv2", "list_web_acls", {"Scope": "REGIONAL"}, "wafv2.ListWebACLs"),
    ("xray", "get_sampling_rules", {}, "xray.GetSamplingRules"),
]

# exception and status of a fault, and how often a client that tries three times then tries.
FAULTS = [
    ("ThrottlingException", 400, 3),
    ("Throttling", 400, 3),
    ("SlowDown", 400, 3),
    ("ProvisionedThroughputExceededException", 400, 3),
    ("RequestLimitExceeded", 400, 3),
    ("TooManyRequestsException", 429, 3),
    ("InternalError", 500, 3),
    ("ServiceUnavailable", 503, 3),
    ("AccessDeniedException", 403, 1),
    ("ValidationException", 400, 1),
    ("Service Unavailable", 418, 1),  # a blank: LocalStack's own documents have it
    ("Odd <&\"'>;:/ \u00e4\u20ac code", 400, 1),
]
# What SDKs keep of codes that are not names differs from protocol to protocol; that they get one, and the rest, does not.
MESSAGE = "Failing as per Fault Injection Simulator configuration"

problems = []


def check(condition, *what):
    if not condition:
        problems.append(" ".join(str(w) for w in what))


def connect():
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    endpoint = os.environ["AWS_ENDPOINT_URL"].replace("127.0.0.1", "localhost")  # a name: some clients put accounts before it
    return {name: boto3.client(name, endpoint_url=endpoint, region_name="us-east-1", config=config) for name in {call[0] for call in CALLS}}


def resolve(host, *rest, look_up=socket.getaddrinfo):
    """Finds names below localhost, as browsers and many resolvers do."""
    return look_up("127.0.0.1" if host.endswith("localhost") else host, *rest)


def failure(client, method, parameters):
    try:
        getattr(client, method)(**parameters)
    except ClientError as e:
        return e.response
    return None


def recognised(response, name):
    got = response["ResponseMetadata"]["HTTPHeaders"].get("x-brownout-call", "")
    first, *others = name.split("|")
    return got == first + ("; or=" + ",".join(others) if others else "")


def recognition(clients):
    unserved = 0
    for service, method, parameters, name in CALLS:
        response = failure(clients[service], method, parameters)
        if response is None:
            continue  # served
        metadata, error = response["ResponseMetadata"], response["Error"]
        check(recognised(response, name), name, "is recognised as", metadata["HTTPHeaders"].get("x-brownout-call"))
        if metadata["HTTPStatusCode"] == 501:
            unserved += 1
            check(error["Code"] == "NotImplemented", name, "is refused with", error)
            check(name.split("|")[0] in error["Message"], name, "is not named in", error)
        check(metadata.get("RequestId"), name, "has no request id:", metadata)
    check(unserved >= 55, unserved, "calls are not implemented, want 55 at least")
    return unserved


def start(fis, exception, status):
    template = fis.create_experiment_template(
        description="every call fails", stopConditions=[{"source": "none"}], roleArn="arn:aws:iam::000000000000:role/r",
        actions={"fail": {"actionId": "localstack:generic:api-error", "parameters": {"exception": exception, "errorCode": str(status)}}},
    )["experimentTemplate"]["id"]
    experiment = fis.start_experiment(experimentTemplateId=template)["experiment"]["id"]
    deadline = time.monotonic() + 30
    while fis.get_experiment(id=experiment)["experiment"]["state"]["status"] != "running":
        if time.monotonic() > deadline:
            sys.exit("the experiment does not run within 30 seconds")
    return experiment


def fault(clients, exception, status, attempts):
    for service, method, parameters, name in CALLS:
        response = failure(clients[service], method, parameters)
        if response is None:
            check(False, name, "did not fail with", exception)
            continue
        metadata, error = response["ResponseMetadata"], response["Error"]
        where = f"{name} under {exception}:"
        plain = exception.isalnum()
        check(recognised(response, name), where, "recognised as", metadata["HTTPHeaders"].get("x-brownout-call"))
        check(error["Code"] == exception if plain else error["Code"] and error["Code"].strip(), where, "code", error)
        check(error["Message"] == MESSAGE, where, "message", error)
        check(metadata["HTTPStatusCode"] == status, where, "status", metadata["HTTPStatusCode"])
        check(metadata["RetryAttempts"] == attempts - 1, where, metadata["RetryAttempts"] + 1, "attempts, want", attempts)


def heads(clients):
    s3 = clients["s3"]
    for method, parameters, name in [
        ("head_bucket", {"Bucket": "bucket"}, "s3.HeadBucket"),
        ("head_object", {"Bucket": "bucket", "Key": "key"}, "s3.HeadObject"),
    ]:
        response = failure(s3, method, parameters)
        check(recognised(response, name), name, response)
        check(response["Error"]["Code"] == "503", name, response)  # botocore's stand-in for an answer without a body


def main():
    class Hurry:  # between attempts nobody needs to wait here
        sleep = staticmethod(lambda _: None)

    botocore.endpoint.time = Hurry
    socket.getaddrinfo = resolve
    clients = connect()
    unserved = recognition(clients)
    fis = boto3.client("fis", region_name="us-east-1")
    for exception, status, attempts in FAULTS:
        experiment = start(fis, exception, status)
        fault(clients, exception, status, attempts)
        if status == 503:
            heads(clients)
        fis.stop_experiment(id=experiment)
    print(f"{len(clients)} services, {unserved} of {len(CALLS)} calls not implemented, {len(FAULTS)} faults, {len(problems)} problems")
    if problems:
        sys.exit("\n".join(problems))


main()
