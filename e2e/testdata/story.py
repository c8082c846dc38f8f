"""The story's steps 1 to 8 with boto3, against the server at AWS_ENDPOINT_URL. Exits 0 only if all is as told."""

import json
import sys
import time

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.config import Config
from botocore.exceptions import ClientError
from decimal import Decimal

MESSAGE = "Failing as per Fault Injection Simulator configuration"


def client(service, region="us-east-1", attempts=1):
    return boto3.client(service, region_name=region, config=Config(retries={"total_max_attempts": attempts}))


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def fails(call, code, status, text, attempts=1):
    try:
        answer = call()
    except ClientError as e:
        got = (e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"], e.response["ResponseMetadata"]["RetryAttempts"])
        check(got == (code, status, attempts - 1), f"the error is {(code, status, attempts - 1)}; it is {got}")
        check(text in e.response["Error"]["Message"], f"{text!r} is in {e.response['Error']['Message']!r}")
        return e.response
    sys.exit(f"not so: the call fails with {code}; it answered {answer}")


def start(fis, template):
    experiment = fis.start_experiment(experimentTemplateId=template)["experiment"]
    check(experiment["state"]["status"] in ("initiating", "running"), f"{experiment['state']} is initiating or running")
    deadline = time.monotonic() + 30
    while fis.get_experiment(id=experiment["id"])["experiment"]["state"]["status"] != "running":
        check(time.monotonic() < deadline, "the experiment runs within 30 seconds")
    return experiment["id"]


def create_students(dynamodb):
    return dynamodb.create_table(
        TableName="Students", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )["TableDescription"]


def template(fis, description, actions, stop_conditions=({"source": "none"},)):
    return fis.create_experiment_template(
        description=description, actions=actions, stopConditions=list(stop_conditions), roleArn="arn:aws:iam:000000000000:role/ExperimentRole",
    )["experimentTemplate"]


def api_error(**parameters):
    return {"actionId": "localstack:generic:api-error", "parameters": parameters}


dynamodb, fis = client("dynamodb"), client("fis")
student = {"id": {"S": "1"}, "first name": {"S": "Ada"}, "enrolment date": {"S": "1833-06-05"}}
get = {"TableName": "Students", "Key": {"id": {"S": "1"}}}

# 1
table = create_students(dynamodb)
check(table["TableStatus"] == "ACTIVE" and table["TableArn"] == "arn:aws:dynamodb:us-east-1:000000000000:table/Students", table)
check(dynamodb.get_waiter("table_exists").wait(TableName="Students") is None, "the waiter is content")
dynamodb.put_item(TableName="Students", Item=student)
check(dynamodb.get_item(**get)["Item"] == student, "the item comes back unchanged")

# 2 to 5
one = template(fis, "Template for interfering with the DynamoDB service", {"Test disruption": api_error(
    service="dynamodb", operation="GetItem", percentage="100", exception="Service Unavailable", errorCode="503")})
experiment = start(fis, one["id"])
response = fails(lambda: client("dynamodb", attempts=3).get_item(**get), "Service Unavailable", 503, MESSAGE, attempts=3)
headers = response["ResponseMetadata"]["HTTPHeaders"]
check(headers["x-brownout-fault"] == experiment + "/Test%20disruption" and headers["x-brownout-call"] == "dynamodb.GetItem", headers)
dynamodb.put_item(TableName="Students", Item=student)
fis.stop_experiment(id=experiment)
check(dynamodb.get_item(**get)["Item"] == student, "get-item works again")

# 6
outage = template(fis, "Regional outage", {r: api_error(region=r, errorCode="503") for r in ("us-east-1", "us-west-2")})
experiment = start(fis, outage["id"])
for region in ("us-east-1", "us-west-2"):
    fails(lambda: client("dynamodb", region).list_tables(), "InternalError", 503, MESSAGE)
    client("fis", region).list_experiments()
create_students(client("dynamodb", "eu-central-1"))
client("dynamodb", "eu-central-1").put_item(TableName="Students", Item=student)
fis.stop_experiment(id=experiment)
dynamodb.list_tables()

# 7
slow = template(fis, "Latency", {"slow": {"actionId": "localstack:generic:latency", "parameters": {
    "service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": "1000"}}}, stop_conditions=())
check(slow["stopConditions"] == [], slow)
experiment = start(fis, slow["id"])
began = time.monotonic()
dynamodb.get_item(**get)
check(time.monotonic() - began >= 1, "get-item takes a second longer")
headers = client("dynamodb", "eu-central-1").list_tables()["ResponseMetadata"]["HTTPHeaders"]
check("x-brownout-fault" not in headers, headers)
fis.stop_experiment(id=experiment)

# 8
listed = fis.list_experiments()["experiments"]
check(len(listed) == 3 and all(e["state"]["status"] == "stopped" and e["creationTime"] and e["experimentTemplateId"] for e in listed), listed)
check(len(fis.list_experiment_templates()["experimentTemplates"]) == 3, "three templates")
check(fis.get_experiment_template(id=one["id"])["experimentTemplate"]["actions"] == one["actions"], "the template comes back")
fis.delete_experiment_template(id=one["id"])
fails(lambda: fis.get_experiment_template(id=one["id"]), "ResourceNotFoundException", 404, one["id"])

# The high-level interface: numbers, sets, expressions, an index, batches.
orders = boto3.resource("dynamodb", region_name="us-east-1").create_table(
    TableName="Orders", BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in (("customer", "S"), ("number", "N"), ("state", "S"))],
    KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
    GlobalSecondaryIndexes=[{
        "IndexName": "by-state", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
    }],
)
with orders.batch_writer() as batch:
    for n in range(60):
        batch.put_item(Item={"customer": f"c{n % 3}", "number": n, "state": "open" if n % 2 else "paid", "lines": [{"price": Decimal("19.99")}], "tags": {"a", "b"}})
found = orders.query(KeyConditionExpression=Key("customer").eq("c1") & Key("number").between(10, 30), ScanIndexForward=False)["Items"]
check([int(i["number"]) for i in found] == [28, 25, 22, 19, 16, 13, 10], found)
found = orders.query(IndexName="by-state", KeyConditionExpression=Key("state").eq("open"), FilterExpression=Attr("lines[0].price").lt(Decimal("20")))
check(found["Count"] == 30, found["Count"])
orders.update_item(
    Key={"customer": "c0", "number": 0}, UpdateExpression="SET #l[0].price = #l[0].price + :p, big = :b ADD tags :t REMOVE #s",
    ExpressionAttributeNames={"#l": "lines", "#s": "state"},
    ExpressionAttributeValues={":p": Decimal("0.01"), ":b": Decimal("1234567890123456789012345678.0123456789"), ":t": {"c"}},
)
item = orders.get_item(Key={"customer": "c0", "number": 0})["Item"]
check(item == {"customer": "c0", "number": 0, "lines": [{"price": 20}], "tags": {"a", "b", "c"}, "big": Decimal("1234567890123456789012345678.0123456789")}, item)
check(orders.query(IndexName="by-state", KeyConditionExpression=Key("state").eq("paid"))["Count"] == 29, "the index has lost the order")
print(json.dumps({"done": True}))
