"""CloudWatch and CloudWatch Logs with boto3, against the server at AWS_ENDPOINT_URL. With "fill" it makes things;
with "again" it looks whether a server that was killed still has them. Exits 0 only if all is as told."""

import datetime
import json
import os
import sys
import urllib.request

import boto3
from botocore.exceptions import ClientError

ARN = "arn:aws:logs:us-east-1:000000000000:log-group:/fis/drill"


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as e:
        check(e.response["Error"]["Code"] == code, f"{e}: want {code}")
        return e
    sys.exit(f"{call.__name__} was not refused")


def advance(duration):
    body = json.dumps({"advance": duration}).encode()
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/_brownout/clock", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


def now():
    """The server's time."""
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_brownout/health") as answer:
        return datetime.datetime.fromisoformat(json.load(answer)["clock"])


def state(cloudwatch, name):
    alarms = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    check(len(alarms) == 1, f"one alarm {name}")
    return alarms[0]["StateValue"]


def metrics(cloudwatch):
    cloudwatch.put_metric_alarm(
        AlarmName="slow", Namespace="Shop", MetricName="Latency", Dimensions=[{"Name": "Page", "Value": "cart"}],
        ExtendedStatistic="p90", Unit="Milliseconds", Period=60, EvaluationPeriods=3, DatapointsToAlarm=1, Threshold=250,
        ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", Tags=[{"Key": "team", "Value": "shop"}])
    datum = {"MetricName": "Latency", "Unit": "Milliseconds", "Dimensions": [{"Name": "Page", "Value": "cart"}]}
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{**datum, "Values": [100, 300], "Counts": [80, 20]}])
    begin = now() - datetime.timedelta(minutes=5)
    advance("1m")
    check(state(cloudwatch, "slow") == "ALARM", "the slow tenth is seen")
    waiter = cloudwatch.get_waiter("alarm_exists")
    waiter.wait(AlarmNames=["slow"], WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    query = {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Latency", "Dimensions": datum["Dimensions"]}, "Period": 60, "Stat": "SampleCount"}}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[query, {"Id": "e1", "Expression": "m1 * 2", "Label": "twice"}], StartTime=begin, EndTime=begin + datetime.timedelta(hours=1))
    results = {r["Id"]: r["Values"] for page in pages for r in page["MetricDataResults"]}
    check(results == {"m1": [100.0], "e1": [200.0]}, results)
    points = cloudwatch.get_metric_statistics(
        Namespace="Shop", MetricName="Latency", Dimensions=datum["Dimensions"], StartTime=begin, EndTime=begin + datetime.timedelta(hours=1),
        Period=3600, Statistics=["Average", "Maximum"], ExtendedStatistics=["p50"])["Datapoints"]
    check(len(points) == 1 and points[0]["Average"] == 140 and points[0]["Maximum"] == 300 and points[0]["ExtendedStatistics"] == {"p50": 100}, points)
    refused("InvalidParameterValue", cloudwatch.put_metric_data, Namespace="AWS/EC2", MetricData=[{"MetricName": "X", "Value": 1}])
    refused("ValidationError", cloudwatch.put_metric_alarm, AlarmName="x", EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold")
    refused("ResourceNotFound", cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="x")
    cloudwatch.set_alarm_state(AlarmName="slow", StateValue="OK", StateReason="a drill")
    check(state(cloudwatch, "slow") == "OK", "a state that was set")
    summaries = [i["HistorySummary"] for p in cloudwatch.get_paginator("describe_alarm_history").paginate(AlarmName="slow") for i in p["AlarmHistoryItems"]]
    check(summaries[0] == "Alarm updated from ALARM to OK" and summaries[1].endswith("to ALARM") and summaries[-1] == 'Alarm "slow" created', summaries)


def write(logs):
    logs.create_log_group(logGroupName="/fis/drill", tags={"team": "shop"})
    logs.create_log_stream(logGroupName="/fis/drill", logStreamName="one")
    refused("ResourceAlreadyExistsException", logs.create_log_group, logGroupName="/fis/drill")
    refused("ResourceNotFoundException", logs.put_log_events, logGroupName="/fis/drill", logStreamName="two", logEvents=[{"timestamp": 1, "message": "x"}])
    at = int(now().timestamp() * 1000)
    events = [{"timestamp": at + i, "message": json.dumps({"n": i, "level": "error" if i % 2 else "info"})} for i in range(10)]
    logs.put_log_events(logGroupName="/fis/drill", logStreamName="one", logEvents=events)
    old = logs.put_log_events(logGroupName="/fis/drill", logStreamName="one", logEvents=[{"timestamp": at - 15 * 86400000, "message": "old"}])
    check(old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}, old)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupIdentifier=ARN + ":*", filterPattern='{ $.level = "error" && $.n > 2 }', PaginationConfig={"PageSize": 1})
    found = [json.loads(e["message"])["n"] for page in pages for e in page["events"]]
    check(found == [3, 5, 7, 9], found)
    logs.put_retention_policy(logGroupName="/fis/drill", retentionInDays=7)
    logs.put_resource_policy(policyName="delivery", policyDocument="{}")


def read(logs):
    """Reads a stream by its tokens, as the CLI's tail does: to the end, where a token comes back."""
    seen, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        answer = logs.get_log_events(logGroupName="/fis/drill", logStreamName="one", startFromHead=True, limit=3, **more)
        seen += [json.loads(e["message"])["n"] for e in answer["events"]]
        if answer["nextForwardToken"] == token:
            break
        token = answer["nextForwardToken"]
    check(seen == list(range(10)), seen)
    groups = [g for page in logs.get_paginator("describe_log_groups").paginate() for g in page["logGroups"]]
    check(len(groups) == 1 and groups[0]["arn"] == ARN + ":*" and groups[0]["logGroupArn"] == ARN and groups[0]["retentionInDays"] == 7, groups)
    check(logs.list_tags_for_resource(resourceArn=ARN)["tags"] == {"team": "shop"}, "tags of the group")
    check(logs.describe_resource_policies()["resourcePolicies"][0]["policyName"] == "delivery", "the resource policy")
    streams = logs.describe_log_streams(logGroupName="/fis/drill", orderBy="LastEventTime", descending=True)["logStreams"]
    check(len(streams) == 1 and streams[0]["lastEventTimestamp"] - streams[0]["firstEventTimestamp"] == 9, streams)


def main():
    cloudwatch, logs = boto3.client("cloudwatch"), boto3.client("logs")
    if sys.argv[1] == "fill":
        metrics(cloudwatch)
        write(logs)
        read(logs)
        return
    check(state(cloudwatch, "slow") in ("OK", "ALARM"), "the alarm is still there")
    alarm = cloudwatch.describe_alarms(AlarmNames=["slow"])["MetricAlarms"][0]
    check(cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"] == [{"Key": "team", "Value": "shop"}], "tags of the alarm")
    check(cloudwatch.list_metrics(Namespace="Shop")["Metrics"][0]["MetricName"] == "Latency", "the metric is still there")
    read(logs)
    logs.delete_log_group(logGroupName="/fis/drill")
    cloudwatch.delete_alarms(AlarmNames=["slow"])
    check(cloudwatch.describe_alarms()["MetricAlarms"] == [], "no alarm is left")


main()
