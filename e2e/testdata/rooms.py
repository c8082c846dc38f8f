"""What every service keeps: "fill" makes something of each kind, "kept" wants all of it, "gone" wants nothing of it."""
import sys
import time
from datetime import datetime, timedelta, timezone

import boto3

dynamodb, fis, iam, sts = (boto3.client(name) for name in ("dynamodb", "fis", "iam", "sts"))
cloudwatch, logs, tagging = (boto3.client(name) for name in ("cloudwatch", "logs", "resourcegroupstaggingapi"))
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'

ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def same(got, want, what):
    if got != want:
        sys.exit(f"{what}: got {got}, want {want}")


def fill():
    table = dynamodb.create_table(
        TableName="Orders", BillingMode="PAY_PER_REQUEST", Tags=[{"Key": "room", "Value": "table"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )["TableDescription"]
    dynamodb.put_item(TableName="Orders", Item={"id": {"S": "1"}})
    role = iam.create_role(RoleName="Keeper", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.create_policy(PolicyName="All", PolicyDocument=ALL, Tags=[{"Key": "room", "Value": "policy"}])
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="night")["Credentials"]
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Orders", "Value": 7, "Timestamp": datetime.now(timezone.utc) - timedelta(minutes=2)}])
    cloudwatch.put_metric_alarm(
        AlarmName="TooMany", Namespace="Shop", MetricName="Nothing", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore", Tags=[{"Key": "room", "Value": "alarm"}])
    cloudwatch.set_alarm_state(AlarmName="TooMany", StateValue="ALARM", StateReason="said so")
    logs.create_log_group(logGroupName="/shop", tags={"room": "logs"})
    logs.create_log_stream(logGroupName="/shop", logStreamName="till")
    logs.put_log_events(logGroupName="/shop", logStreamName="till", logEvents=[{"timestamp": int(time.time() * 1000), "message": "sold"}])
    template = fis.create_experiment_template(
        clientToken="1", description="kept", roleArn=role["Arn"], stopConditions=[{"source": "none"}], tags={"room": "template"},
        actions={"wait": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1H"}}},
        experimentOptions={"accountTargeting": "multi-account"})["experimentTemplate"]
    fis.create_target_account_configuration(experimentTemplateId=template["id"], accountId="111122223333", roleArn="arn:aws:iam::111122223333:role/There")
    experiment = fis.start_experiment(clientToken="1", experimentTemplateId=template["id"], tags={"room": "experiment"})["experiment"]
    fis.update_safety_lever_state(id="default", state={"status": "engaged", "reason": "night"})
    print(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"], template["id"], experiment["id"], table["TableArn"])


def kept(key, secret, token, template, experiment, table):
    same("Item" in dynamodb.get_item(TableName="Orders", Key={"id": {"S": "1"}}), True, "the item")
    same(dynamodb.list_tags_of_resource(ResourceArn=table)["Tags"], [{"Key": "room", "Value": "table"}], "the table's tags")
    same(iam.get_role(RoleName="Keeper")["Role"]["RoleName"], "Keeper", "the role")
    session = boto3.client("sts", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)
    same(session.get_caller_identity()["Arn"], "arn:aws:sts::000000000000:assumed-role/Keeper/night", "the session")
    now = datetime.now(timezone.utc)
    statistics = cloudwatch.get_metric_statistics(
        Namespace="Shop", MetricName="Orders", StartTime=now - timedelta(hours=1), EndTime=now, Period=3600, Statistics=["Sum"])
    same(sum(point["Sum"] for point in statistics["Datapoints"]), 7.0, "the metric")
    alarms = cloudwatch.describe_alarms(AlarmNames=["TooMany"])["MetricAlarms"]
    same([(alarm["StateValue"], alarm["StateReason"]) for alarm in alarms], [("ALARM", "said so")], "the alarm")
    same([event["message"] for event in logs.filter_log_events(logGroupName="/shop")["events"]], ["sold"], "the log")
    same(fis.get_experiment_template(id=template)["experimentTemplate"]["description"], "kept", "the template")
    same(len(fis.list_target_account_configurations(experimentTemplateId=template)["targetAccountConfigurations"]), 1, "the target accounts")
    stopped = fis.get_experiment(id=experiment)["experiment"]
    same((stopped["state"]["status"], stopped["tags"]), ("stopped", {"room": "experiment"}), "the experiment")
    lever = fis.get_safety_lever(id="default")["safetyLever"]["state"]
    same((lever["status"], lever["reason"]), ("engaged", "night"), "the lever")
    values = tagging.get_tag_values(Key="room")["TagValues"]
    same(sorted(values), ["alarm", "experiment", "logs", "policy", "table", "template"], "the tags")


def gone(*_):
    same(dynamodb.list_tables()["TableNames"], [], "tables")
    same(iam.list_roles()["Roles"], [], "roles")
    same(iam.list_policies(Scope="Local")["Policies"], [], "policies")
    same(cloudwatch.list_metrics(Namespace="Shop")["Metrics"], [], "metrics")
    same(cloudwatch.describe_alarms()["MetricAlarms"], [], "alarms")
    same(logs.describe_log_groups()["logGroups"], [], "log groups")
    same(fis.list_experiment_templates()["experimentTemplates"], [], "templates")
    same(fis.list_experiments()["experiments"], [], "experiments")
    same(fis.get_safety_lever(id="default")["safetyLever"]["state"]["status"], "disengaged", "the lever")
    same(tagging.get_resources()["ResourceTagMappingList"], [], "tagged resources")


{"fill": fill, "kept": kept, "gone": gone}[sys.argv[1]](*sys.argv[2:])
