"""Faults of calls that only the upstream (moto) can answer, as boto3 sees them, against Brownout at AWS_ENDPOINT_URL.

Exits 0 only if all is as told.
"""

import hashlib
import io
import json
import os
import sys
import time
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError, ResponseStreamingError
from botocore.response import StreamingBody  # noqa: F401  what get_object answers

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
ONCE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, inject_host_prefix=False)


def client(service, session=boto3, config=ONCE):
    return session.client(service, region_name="us-east-1", config=config)


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def control(method, path, body=None):
    request = urllib.request.Request(ENDPOINT + "/_brownout/" + path, body and json.dumps(body).encode(), method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


class rule:
    """While it lasts, a rule is in force."""

    def __init__(self, match, effect, **more):
        self.rule = {"match": match, "effect": effect} | more

    def __enter__(self):
        self.id = control("POST", "rules", self.rule)["rules"][0]["id"]
        return self

    def __exit__(self, *_):
        control("DELETE", "rules/" + self.id)


def fails(call, code, status):
    try:
        answer = call()
    except ClientError as e:
        got = (e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"])
        check(got == (code, status), f"the error is {(code, status)}; it is {e.response}")
        check("x-brownout-fault" in e.response["ResponseMetadata"]["HTTPHeaders"], e.response)
        return
    sys.exit(f"not so: the call fails with {code}; it answered {answer}")


sqs, s3, sns, kinesis = client("sqs"), client("s3"), client("sns"), client("kinesis")
functions, secrets, ec2, iam, sts = client("lambda"), client("secretsmanager"), client("ec2"), client("iam"), client("sts")
queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
check(queue.startswith(ENDPOINT + "/"), f"the queue's URL {queue} is the gateway's")
topic = sns.create_topic(Name="news")["TopicArn"]
s3.create_bucket(Bucket="photos")
s3.put_object(Bucket="photos", Key="a", Body=b"x" * 100_000)
kinesis.create_stream(StreamName="s", ShardCount=1)
secrets.create_secret(Name="hush", SecretString="v")

# Errors, in each protocol, as the service itself would make them.
for service, call, effect, code, status in (
    ("sqs", lambda: sqs.send_message(QueueUrl=queue, MessageBody="m"), {"kind": "error", "code": "OverLimit", "status": 403}, "OverLimit", 403),
    ("sns", lambda: sns.publish(TopicArn=topic, Message="m"), {"kind": "throttle"}, "Throttling", 400),
    ("s3", lambda: s3.get_object(Bucket="photos", Key="a"), {"kind": "throttle"}, "SlowDown", 503),
    ("kinesis", lambda: kinesis.put_record(StreamName="s", Data=b"d", PartitionKey="p"), {"kind": "throttle"}, "ProvisionedThroughputExceededException", 400),
    ("lambda", lambda: functions.list_functions(), {"kind": "throttle"}, "TooManyRequestsException", 429),
    ("secretsmanager", lambda: secrets.get_secret_value(SecretId="hush"), {"kind": "error", "code": "InternalServiceError", "status": 500}, "InternalServiceError", 500),
    ("ec2", lambda: ec2.describe_vpcs(), {"kind": "throttle"}, "RequestLimitExceeded", 503),
    ("iam", lambda: iam.list_users(), {"kind": "error", "code": "ServiceFailure", "status": 500}, "ServiceFailure", 500),
):
    call()
    with rule({"service": service}, effect):
        fails(call, code, status)
    call()

# By resource: the other queue's calls go on.
other = sqs.create_queue(QueueName="bills")["QueueUrl"]
with rule({"service": "sqs", "resource": "orders"}, {"kind": "unavailable"}):
    try:
        sqs.send_message(QueueUrl=queue, MessageBody="m")
        sys.exit("not so: sending to orders fails")
    except ClientError as e:
        check(e.response["ResponseMetadata"]["HTTPStatusCode"] == 503, e.response)
    sqs.send_message(QueueUrl=other, MessageBody="m")

# SDKs get over what passes.
with rule({"service": "sqs"}, {"kind": "throttle"}, when={"first": 2}):
    patient = client("sqs", config=Config(retries={"total_max_attempts": 5, "mode": "standard"}))
    answer = patient.send_message(QueueUrl=queue, MessageBody="m")
    check(answer["ResponseMetadata"]["RetryAttempts"] == 2, answer)

with rule({"service": "s3"}, {"kind": "delay", "duration": "400ms"}):
    began = time.monotonic()
    s3.head_object(Bucket="photos", Key="a")
    check(time.monotonic() - began >= 0.4, "the call takes 400 ms longer")

# The upload is carried out although its answer is lost.
with rule({"service": "s3", "operation": "PutObject"}, {"kind": "after-commit"}):
    try:
        s3.put_object(Bucket="photos", Key="lost", Body=b"nevertheless")
        sys.exit("not so: the answer is lost")
    except ConnectionClosedError:
        pass
check(s3.get_object(Bucket="photos", Key="lost")["Body"].read() == b"nevertheless", "the object is there")

# Bodies that break off, and bodies with wrong bytes, while they stream.
for effect in ({"kind": "truncate", "after_bytes": 5000}, {"kind": "reset", "after_bytes": 5000}):
    with rule({"service": "s3", "operation": "GetObject"}, effect):
        try:
            read = s3.get_object(Bucket="photos", Key="a")["Body"].read()
            sys.exit(f"not so: the body breaks off; there were {len(read)} bytes")
        except (ResponseStreamingError, HTTPClientError):
            pass
with rule({"service": "s3", "operation": "GetObject"}, {"kind": "corrupt", "bytes": 3}):
    plain = client("s3", config=ONCE.merge(Config(response_checksum_validation="when_required")))
    read = plain.get_object(Bucket="photos", Key="a")["Body"].read()
    check(len(read) == 100_000 and read.count(b"x") == 99_997, f"three bytes are others: {len(read)}, {read.count(b'x')}")

# Roles: who has assumed one through the upstream is known here.
def acting(credentials):
    return boto3.Session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


trust = {"Version": "2012-10-17", "Statement": []}
iam.create_role(RoleName="Orders", Path="/shop/", AssumeRolePolicyDocument=json.dumps(trust))
role = iam.get_role(RoleName="Orders")["Role"]["Arn"]
night = client("sqs", acting(sts.assume_role(RoleArn=role, RoleSessionName="night")["Credentials"]))
web = client("sqs", acting(sts.assume_role_with_web_identity(RoleArn="arn:aws:iam::123456789012:role/Web", RoleSessionName="web", WebIdentityToken="t" * 8)["Credentials"]))
with rule({"service": "sqs", "role": role}, {"kind": "access-denied"}):
    for n, (who, wanted) in enumerate(((night, 403), (web, 200), (sqs, 200))):
        try:
            status = who.list_queues()["ResponseMetadata"]["HTTPStatusCode"]
        except ClientError as e:
            status = e.response["ResponseMetadata"]["HTTPStatusCode"]
        check(status in (wanted, 400) if wanted == 403 else status == wanted, f"caller {n}: {status}, want {wanted}")
with rule({"service": "sqs", "caller": "arn:aws:sts::123456789012:assumed-role/Web/web"}, {"kind": "error", "code": "Mine", "status": 418}):
    fails(web.list_queues, "Mine", 418)
    night.list_queues()

# An experiment of FIS, which Brownout answers itself.
fis = client("fis")
template = fis.create_experiment_template(
    description="queues", stopConditions=[{"source": "none"}], roleArn="arn:aws:iam::000000000000:role/ExperimentRole",
    actions={"down": {"actionId": "localstack:generic:api-error", "parameters": {"service": "sqs", "errorCode": "503"}}},
)["experimentTemplate"]["id"]
experiment = fis.start_experiment(experimentTemplateId=template)["experiment"]["id"]
deadline = time.monotonic() + 30
while fis.get_experiment(id=experiment)["experiment"]["state"]["status"] != "running":
    check(time.monotonic() < deadline, "the experiment runs within 30 seconds")
try:
    sqs.list_queues()
    sys.exit("not so: SQS is down")
except ClientError as e:
    check(e.response["ResponseMetadata"]["HTTPStatusCode"] == 503, e.response)
sns.list_topics()
fis.stop_experiment(id=experiment)
sqs.list_queues()

# A hundred megabytes up in parts and down again, with the checksums that SDKs use.
block = bytes(range(256)) * 4096
size, sent = 100, hashlib.sha256()


class Source(io.RawIOBase):
    left = size

    def readable(self):
        return True

    def readinto(self, into):
        data = block[: len(into)]
        if self.left <= 0:
            return 0
        self.left -= len(data) / len(block)
        sent.update(data)
        into[: len(data)] = data
        return len(data)


busy = client("s3", config=Config(s3={"addressing_style": "path"}, max_pool_connections=10))
busy.upload_fileobj(io.BufferedReader(Source(), len(block)), "photos", "large")
got = hashlib.sha256()
body = busy.get_object(Bucket="photos", Key="large")["Body"]
for piece in iter(lambda: body.read(1 << 20), b""):
    got.update(piece)
check(got.digest() == sent.digest(), "what comes back is what was sent")
