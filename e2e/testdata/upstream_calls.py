"""The same calls twice: straight to an upstream, and through Brownout. The answers have to be the same.

usage: upstream_calls.py UPSTREAM BROWNOUT

The upstream is moto's server: it forgets everything and begins its random numbers anew before each round, so ids agree, too.
Exits 0 only if every answer is the same: what the SDK read, the status, and the headers.
"""

import datetime
import io
import json
import re
import sys
import time
import urllib.request
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

SESSION = boto3.Session("test", "test", region_name="us-east-1")
DATES = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.]*(Z|\+00:00)?|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\b1[789]\d{8}(\.\d+|\d{3})?\b|\b20\d{6}T\d{6}Z\b|\b20\d\d[-/]\d\d[-/]\d\d\b")
UUIDS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
# What moto draws from the system, so that its seed does not decide it; and a sum over dates.
RANDOM = {"SessionToken", "UploadId", "VpcSecurityGroupId", "x-amz-crc32"}
# What is about one connection or one moment, and what Brownout adds.
HEADERS = {"date", "connection", "x-brownout-call", "last-modified"}


class Round:
    """One round of calls, and what was answered."""

    def __init__(self, endpoint):
        self.endpoint, self.clients, self.answers = endpoint, {}, []
        self.host = endpoint.removeprefix("http://")

    def client(self, service):
        if service not in self.clients:
            config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, inject_host_prefix=False, read_timeout=60)
            self.clients[service] = SESSION.client(service, endpoint_url=self.endpoint, config=config)
        return self.clients[service]

    def __call__(self, service, operation, **parameters):
        try:
            answer = getattr(self.client(service), operation)(**parameters)
        except ClientError as e:
            answer = e.response
        except (BotoCoreError, ResponseParserError) as e:
            answer = {"failed": repr(e)}
        self.note(f"{service}.{operation}", answer)
        return answer

    def note(self, name, answer):
        self.answers.append((name, self.plain(answer)))

    def plain(self, value):
        """value, without what differs from round to round."""
        match value:
            case dict():
                return {self.plain(k): self.header(v) if k == "HTTPHeaders" else "<random>" if k in RANDOM else self.plain(v) for k, v in value.items()}
            case list() | tuple():
                return [self.plain(v) for v in value]
            case datetime.datetime():
                return "<date>"
            case bytes():
                return self.plain(value.decode("latin-1"))
            case str():
                return UUIDS.sub("<id>", DATES.sub("<date>", value.replace(self.host, "<endpoint>")))
            case int() | float() if 1.6e9 < value < 2e9 or 1.6e12 < value < 2e12:
                return "<date>"
            case _ if hasattr(value, "read"):
                return self.plain(value.read())
        return value

    def header(self, headers):
        plain = {k.lower(): "<random>" if k.lower() in RANDOM else self.plain(v) for k, v in headers.items() if k.lower() not in HEADERS}
        # The endpoint's name is as long as its port has digits, and dates have fractions of seconds or none.
        if plain.get("content-type", "").startswith(("text", "application/")) and "content-length" in plain:
            plain["content-length"] = "<some>"
        return plain

    def raw(self, name, method, path, body=None, headers=None):
        """A request that no SDK made."""
        request = urllib.request.Request(path if path.startswith("http") else self.endpoint + path, body, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                self.note(name, [answer.status, self.header(dict(answer.headers)), answer.read()])
        except urllib.error.HTTPError as e:
            self.note(name, [e.code, self.header(dict(e.headers)), e.read()])


def code():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr(zipfile.ZipInfo("main.py"), "def handler(event, context):\n    return event\n")
    return archive.getvalue()


ROLE = "arn:aws:iam::123456789012:role/Orders"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ODD = "a b+c/d é ü%2F~!*'();:@&=,$ x"


def s3(call):
    call("s3", "create_bucket", Bucket="photos")
    call("s3", "create_bucket", Bucket="NotAllowed")
    call("s3", "head_bucket", Bucket="photos")
    call("s3", "head_bucket", Bucket="none")
    call("s3", "list_buckets")
    call("s3", "put_bucket_versioning", Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    call("s3", "get_bucket_versioning", Bucket="photos")
    for key in ("plain.txt", "folder/../x", ODD, "trailing/", "//double"):
        call("s3", "put_object", Bucket="photos", Key=key, Body=b"hello" * 20, ContentType="text/x-odd", Metadata={"who": "ada"})
        call("s3", "get_object", Bucket="photos", Key=key)
        call("s3", "head_object", Bucket="photos", Key=key)
    call("s3", "put_object", Bucket="photos", Key="stream", Body=io.BytesIO(bytes(range(256)) * 2000), ChecksumAlgorithm="CRC32")
    call("s3", "put_object", Bucket="photos", Key="sha", Body=b"x" * 70000, ChecksumAlgorithm="SHA256")
    call("s3", "put_object", Bucket="photos", Key="empty", Body=b"")
    call("s3", "get_object", Bucket="photos", Key="empty")
    call("s3", "get_object", Bucket="photos", Key="stream", Range="bytes=10-19")
    call("s3", "get_object", Bucket="photos", Key="stream", Range="bytes=9999999-")
    call("s3", "get_object", Bucket="photos", Key="plain.txt", IfNoneMatch='"' + "0" * 32 + '"')
    etag = call("s3", "head_object", Bucket="photos", Key="plain.txt").get("ETag", "")
    call("s3", "get_object", Bucket="photos", Key="plain.txt", IfNoneMatch=etag)
    call("s3", "get_object", Bucket="photos", Key="none")
    call("s3", "list_objects_v2", Bucket="photos", Prefix="a", MaxKeys=1)
    call("s3", "list_objects", Bucket="photos", Delimiter="/")
    call("s3", "list_object_versions", Bucket="photos")
    call("s3", "copy_object", Bucket="photos", Key="copy", CopySource={"Bucket": "photos", "Key": "plain.txt"})
    upload = call("s3", "create_multipart_upload", Bucket="photos", Key="parts")["UploadId"]
    parts = []
    for n, part in enumerate((b"a" * (5 << 20), b"b" * 100), 1):
        parts.append({"PartNumber": n, "ETag": call("s3", "upload_part", Bucket="photos", Key="parts", UploadId=upload, PartNumber=n, Body=part)["ETag"]})
    call("s3", "list_parts", Bucket="photos", Key="parts", UploadId=upload)
    call("s3", "complete_multipart_upload", Bucket="photos", Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    call("s3", "head_object", Bucket="photos", Key="parts")
    call("s3", "put_object_tagging", Bucket="photos", Key="plain.txt", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    call("s3", "get_object_tagging", Bucket="photos", Key="plain.txt")
    call("s3", "put_bucket_policy", Bucket="photos", Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    call("s3", "get_bucket_policy", Bucket="photos")
    call("s3", "get_bucket_location", Bucket="photos")
    call("s3", "delete_objects", Bucket="photos", Delete={"Objects": [{"Key": "copy"}, {"Key": "empty"}]})
    call("s3", "delete_bucket", Bucket="photos")
    client = call.client("s3")
    call.raw("s3 presigned GET", "GET", client.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": ODD}))
    call.raw("s3 presigned PUT", "PUT", client.generate_presigned_url("put_object", Params={"Bucket": "photos", "Key": "signed"}), b"signed body")
    call.raw("s3 anonymous GET", "GET", "/photos/plain.txt")


def sqs(call):
    url = call("sqs", "create_queue", QueueName="orders", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    assert url.startswith(call.endpoint), url
    call("sqs", "get_queue_url", QueueName="orders")
    call("sqs", "get_queue_url", QueueName="none")
    call("sqs", "list_queues")
    call("sqs", "receive_message", QueueUrl=url, WaitTimeSeconds=1)
    call("sqs", "send_message", QueueUrl=url, MessageBody="hello ü", MessageAttributes={"n": {"DataType": "Number", "StringValue": "1"}})
    call("sqs", "send_message_batch", QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": f"m{n}"} for n in range(3)])
    got = call("sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    for message in got.get("Messages", []):
        call("sqs", "delete_message", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
    call("sqs", "create_queue", QueueName="orders.fifo", Attributes={"FifoQueue": "true"})
    call("sqs", "tag_queue", QueueUrl=url, Tags={"a": "b"})
    call("sqs", "list_queue_tags", QueueUrl=url)


def sns(call):
    topic = call("sns", "create_topic", Name="news")["TopicArn"]
    call("sns", "subscribe", TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:orders")
    call("sns", "publish", TopicArn=topic, Message="hello & <goodbye>")
    call("sns", "publish", TopicArn=topic + "x", Message="nobody")
    call("sns", "list_subscriptions_by_topic", TopicArn=topic)
    call("sns", "get_topic_attributes", TopicArn=topic)
    call("sns", "list_topics")


def dynamodb(call):
    call("dynamodb", "create_table", TableName="Orders", BillingMode="PAY_PER_REQUEST", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
         AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    for n in range(5):
        call("dynamodb", "put_item", TableName="Orders", Item={"id": {"S": str(n)}, "n": {"N": str(n)}, "b": {"B": b"\x00\xff"}, "l": {"L": [{"NULL": True}]}})
    call("dynamodb", "get_item", TableName="Orders", Key={"id": {"S": "1"}})
    call("dynamodb", "query", TableName="Orders", KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "2"}})
    call("dynamodb", "scan", TableName="Orders", FilterExpression="n > :n", ExpressionAttributeValues={":n": {"N": "2"}})
    call("dynamodb", "put_item", TableName="Orders", Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")
    call("dynamodb", "transact_write_items", TransactItems=[{"Delete": {"TableName": "Orders", "Key": {"id": {"S": "1"}}, "ConditionExpression": "n = :z", "ExpressionAttributeValues": {":z": {"N": "9"}}}}])
    call("dynamodb", "describe_table", TableName="None")
    streams = call("dynamodbstreams", "list_streams", TableName="Orders")
    call("dynamodbstreams", "describe_stream", StreamArn=streams["Streams"][0]["StreamArn"])


def identity(call):
    call("iam", "create_role", RoleName="Orders", AssumeRolePolicyDocument=TRUST)
    call("iam", "create_role", RoleName="Orders", AssumeRolePolicyDocument=TRUST)
    call("iam", "get_role", RoleName="Orders")
    call("iam", "put_role_policy", RoleName="Orders", PolicyName="p", PolicyDocument=TRUST.replace('"Principal": {"Service": "lambda.amazonaws.com"}, ', '"Resource": "*", '))
    call("iam", "list_roles", MaxItems=2)
    call("iam", "create_user", UserName="ada")
    call("iam", "list_users")
    call("iam", "get_user", UserName="nobody")
    call("sts", "get_caller_identity")
    call("sts", "assume_role", RoleArn=ROLE, RoleSessionName="night")
    call("sts", "get_session_token")
    call("kms", "create_key", Description="k")
    key = call("kms", "list_keys")["Keys"][0]["KeyId"]
    call("kms", "create_alias", AliasName="alias/k", TargetKeyId=key)
    call("kms", "describe_key", KeyId="alias/k")
    call("kms", "describe_key", KeyId="alias/none")
    call("secretsmanager", "create_secret", Name="s", SecretString="hush")
    call("secretsmanager", "get_secret_value", SecretId="s")
    call("secretsmanager", "get_secret_value", SecretId="none")
    call("secretsmanager", "list_secrets")
    call("secretsmanager", "put_secret_value", SecretId="s", SecretBinary=b"\x00\x01")
    call("ssm", "put_parameter", Name="/a/b", Value="v", Type="String")
    call("ssm", "get_parameter", Name="/a/b")
    call("ssm", "get_parameters_by_path", Path="/a")
    call("ssm", "get_parameter", Name="/none")
    call("acm", "request_certificate", DomainName="example.com")
    call("acm", "list_certificates")
    call("organizations", "create_organization", FeatureSet="ALL")
    call("organizations", "list_accounts")
    call("account", "get_alternate_contact", AlternateContactType="BILLING")
    call("ram", "create_resource_share", name="share")
    call("ram", "get_resource_shares", resourceOwner="SELF")


def compute(call):
    call("lambda", "create_function", FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="main.handler", Code={"ZipFile": code()})
    call("lambda", "get_function_configuration", FunctionName="f")
    call("lambda", "list_functions")
    call("lambda", "get_function", FunctionName="none")
    call("lambda", "list_tags", Resource="arn:aws:lambda:us-east-1:123456789012:function:f")
    vpc = call("ec2", "create_vpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    call("ec2", "create_subnet", VpcId=vpc, CidrBlock="10.0.1.0/24")
    call("ec2", "describe_vpcs", VpcIds=[vpc])
    call("ec2", "describe_subnets", Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    group = call("ec2", "create_security_group", GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    call("ec2", "authorize_security_group_ingress", GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    call("ec2", "describe_security_groups", GroupIds=[group])
    call("ec2", "describe_instances")
    call("ec2", "describe_instances", InstanceIds=["i-0123456789abcdef0"])
    call("ec2", "create_key_pair", KeyName="k", DryRun=True)
    call("ecs", "create_cluster", clusterName="c")
    call("ecs", "list_clusters")
    call("ecs", "describe_clusters", clusters=["c", "none"])
    call("ecr", "create_repository", repositoryName="repository")
    call("ecr", "describe_repositories")
    call("ecr", "get_authorization_token")
    call("eks", "list_clusters")
    call("eks", "describe_cluster", name="none")
    call("autoscaling", "create_launch_configuration", LaunchConfigurationName="l", ImageId="ami-12345678", InstanceType="t3.micro")
    call("autoscaling", "describe_launch_configurations")
    call("autoscaling", "describe_auto_scaling_groups")
    call("batch", "describe_job_queues")
    call("elbv2", "describe_load_balancers")
    call("elbv2", "describe_load_balancers", Names=["none"])
    call("elb", "describe_load_balancers")
    call("elasticbeanstalk", "create_application", ApplicationName="a")
    call("elasticbeanstalk", "describe_environments")


def messages(call):
    call("kinesis", "create_stream", StreamName="s", ShardCount=2)
    call("kinesis", "describe_stream_summary", StreamName="s")
    call("kinesis", "put_record", StreamName="s", Data=b"\x00\x01\xfe", PartitionKey="p")
    iterator = call("kinesis", "get_shard_iterator", StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
    call("kinesis", "get_records", ShardIterator=iterator["ShardIterator"])
    call("kinesis", "describe_stream", StreamName="none")
    call("firehose", "create_delivery_stream", DeliveryStreamName="d", S3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::photos"})
    call("firehose", "put_record", DeliveryStreamName="d", Record={"Data": b"line\n"})
    call("firehose", "list_delivery_streams")
    call("events", "put_rule", Name="r", ScheduleExpression="rate(5 minutes)")
    call("events", "put_events", Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])
    call("events", "list_rules")
    call("events", "describe_rule", Name="none")
    call("scheduler", "create_schedule", Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": ROLE, "RoleArn": ROLE})
    call("scheduler", "get_schedule", Name="s")
    call("stepfunctions", "create_state_machine", name="m", definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}), roleArn=ROLE)
    call("stepfunctions", "list_state_machines")
    call("ses", "verify_email_identity", EmailAddress="ada@example.com")
    call("ses", "send_email", Source="ada@example.com", Destination={"ToAddresses": ["bob@example.com"]}, Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}})
    call("ses", "list_identities")
    call("sesv2", "list_contact_lists")
    call("mq", "list_brokers")
    call("pinpoint", "create_app", CreateApplicationRequest={"Name": "a"})
    call("iot", "create_thing", thingName="t")
    call("iot", "list_things")
    call("kafka", "list_clusters")


def observation(call):
    call("logs", "create_log_group", logGroupName="g")
    call("logs", "create_log_stream", logGroupName="g", logStreamName="s")
    call("logs", "put_log_events", logGroupName="g", logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": "hello"}])
    call("logs", "get_log_events", logGroupName="g", logStreamName="s")
    call("logs", "describe_log_groups")
    call("logs", "describe_log_streams", logGroupName="none")
    call("cloudwatch", "put_metric_data", Namespace="N", MetricData=[{"MetricName": "m", "Value": 1.5}])
    call("cloudwatch", "list_metrics", Namespace="N")
    call("cloudwatch", "put_metric_alarm", AlarmName="a", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, Namespace="N", MetricName="m", Period=60, Statistic="Sum", Threshold=1)
    call("cloudwatch", "describe_alarms")
    call("cloudtrail", "create_trail", Name="trail", S3BucketName="photos")
    call("cloudtrail", "describe_trails")
    call("config", "describe_configuration_recorders")
    call("guardduty", "create_detector", Enable=True)
    call("guardduty", "list_detectors")
    call("resourcegroupstaggingapi", "get_resources")
    call("resource-groups", "create_group", Name="g", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps({"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": []})})
    call("resource-groups", "list_groups")
    call("budgets", "describe_budgets", AccountId="123456789012")
    call("support", "describe_trusted_advisor_checks", language="en")


def networks(call):
    zone = call("route53", "create_hosted_zone", Name="example.com.", CallerReference="r")["HostedZone"]["Id"]
    call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": {"Name": "a.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}}]})
    call("route53", "list_resource_record_sets", HostedZoneId=zone)
    call("route53", "get_hosted_zone", Id="none")
    call("cloudfront", "list_distributions")
    call("cloudfront", "get_distribution", Id="none")
    call("appsync", "create_graphql_api", name="g", authenticationType="API_KEY")
    call("appsync", "list_graphql_apis")
    call("servicediscovery", "create_http_namespace", Name="n")
    call("servicediscovery", "list_namespaces")
    call("wafv2", "list_web_acls", Scope="REGIONAL")
    call("appmesh", "list_meshes")
    call("globalaccelerator", "list_accelerators")  # moto has no such service


def data(call):
    call("rds", "create_db_instance", DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20, MasterUsername="root", MasterUserPassword="password1")
    call("rds", "describe_db_instances")
    call("rds", "describe_db_instances", DBInstanceIdentifier="none")
    call("redshift", "describe_clusters")
    call("elasticache", "describe_cache_clusters")
    call("efs", "create_file_system", CreationToken="t")
    call("efs", "describe_file_systems")
    call("athena", "create_work_group", Name="w")
    call("athena", "list_work_groups")
    call("emr", "list_clusters")
    call("glacier", "create_vault", vaultName="v")
    call("glacier", "list_vaults")
    call("backup", "create_backup_plan", BackupPlan={"BackupPlanName": "p", "Rules": []})
    call("backup", "list_backup_plans")
    call("opensearch", "list_domain_names")
    call("dax", "describe_clusters")
    call("timestream-write", "create_database", DatabaseName="t")
    call("transfer", "describe_server", ServerId="s-0123456789abcdef0")
    call("datasync", "list_locations")
    call("codecommit", "get_repository", repositoryName="none")
    call("codebuild", "list_projects")
    call("codepipeline", "list_pipelines")
    call("sagemaker", "list_models")
    call("bedrock", "list_custom_models")
    call("polly", "synthesize_speech", Text="hello", OutputFormat="mp3", VoiceId="Joanna")
    call("transcribe", "list_transcription_jobs")
    call("cognito-identity", "list_identity_pools", MaxResults=5)
    call("service-quotas", "list_service_quotas", ServiceCode="vpc")
    call("appconfig", "create_application", Name="a")
    call("application-autoscaling", "describe_scalable_targets", ServiceNamespace="ecs")
    call("swf", "list_domains", registrationStatus="REGISTERED")


SCRIPTS = (s3, sqs, sns, dynamodb, identity, compute, messages, observation, networks, data)


def play(upstream, endpoint):
    for path in ("reset", "seed?a=42"):
        urllib.request.urlopen(urllib.request.Request(f"{upstream}/moto-api/{path}", method="POST")).read()
    call = Round(endpoint)
    for script in SCRIPTS:
        began = time.monotonic()
        script(call)
        print(f"{endpoint} {script.__name__}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    return call.answers


def main(upstream, brownout):
    play(upstream, upstream)  # modules of moto that are loaded now draw random numbers
    straight, through = play(upstream, upstream), play(upstream, brownout)
    names = [name for name, _ in straight]
    different = [(a, b) for a, b in zip(straight, through) if a != b]
    for (name, a), (other, b) in different[:10]:
        print(f"{name}: straight\n  {json.dumps(a, sort_keys=True)[:2000]}\nthrough Brownout ({other})\n  {json.dumps(b, sort_keys=True)[:2000]}")
    services = {name.split(".")[0].split(" ")[0] for name in names}
    failed = sum(isinstance(a, dict) and "failed" in a for _, a in straight)
    print(f"{len(names)} calls of {len(services)} services, {len(different)} answered differently, {failed} unreadable without Brownout, too")
    if different or len(straight) != len(through) or len(names) < 200 or len(services) < 40:
        sys.exit(1)


main(*sys.argv[1:])
