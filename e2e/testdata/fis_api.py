"""Every operation of FIS with boto3, against the server at AWS_ENDPOINT_URL: each answer is checked against the model,
member by member. Exits 0 only if all is as told."""

import json
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/Experiments"
called = set()


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def conforms(shape, value, path):
    """A raw answer has only members that the model has, of the model's types, within its enums."""
    kind = shape.type_name
    if kind == "structure":
        check(isinstance(value, dict), f"{path} is an object")
        for name, member in value.items():
            check(name in shape.members, f"{path}.{name} is in the model")
            conforms(shape.members[name], member, f"{path}.{name}")
    elif kind == "map":
        check(isinstance(value, dict), f"{path} is an object")
        for name, member in value.items():
            conforms(shape.value, member, f"{path}.{name}")
    elif kind == "list":
        check(isinstance(value, list), f"{path} is a list")
        for i, element in enumerate(value):
            conforms(shape.member, element, f"{path}[{i}]")
    elif kind == "timestamp":
        check(isinstance(value, (int, float)), f"{path} is seconds since 1970")
    elif kind in ("integer", "long"):
        check(isinstance(value, int) and not isinstance(value, bool), f"{path} is a whole number")
    elif kind == "boolean":
        check(isinstance(value, bool), f"{path} is true or false")
    else:
        check(isinstance(value, str), f"{path} is a string")
        check(not shape.enum or value in shape.enum, f"{path} is one of {shape.enum}; it is {value}")
        limit = shape.metadata.get("max")
        check(limit is None or len(value) <= limit, f"{path} has at most {limit} characters")


def answered(http_response, model, **_):
    called.add(model.name)
    if http_response.status_code < 300:
        check(http_response.status_code == 200, f"{model.name} answers 200")
        conforms(model.output_shape, json.loads(http_response.content or b"{}"), model.name)


fis = boto3.client("fis", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}, parameter_validation=False))
fis.meta.events.register("after-call.fis", answered)


def fails(code, status, text, call, **arguments):
    try:
        call(**arguments)
    except ClientError as e:
        got = (e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"])
        check(got == (code, status), f"the error is {(code, status)}; it is {got}: {e}")
        check(text in e.response["Error"]["Message"], f"{text!r} is in {e.response['Error']['Message']!r}")
        return
    sys.exit(f"not so: the call fails with {code}")


def pages(operation, key, **arguments):
    """All elements, one by one; the operation has a paginator."""
    paginator = fis.get_paginator(operation).paginate(PaginationConfig={"PageSize": 1}, **arguments)
    found = []
    for page in paginator:
        check(len(page[key]) <= 1, f"a page of {operation} has one element at most")
        found += page[key]
    return found


# Actions and resource types.
actions = pages("list_actions", "actions")
check(len([a for a in actions if a["id"].startswith("aws:")]) == 51, f"{len(actions)} actions")
check(fis.list_actions(maxResults=100)["actions"] == actions, "pages hold what the whole list holds")
stop = fis.get_action(id="aws:ec2:stop-instances")["action"]
check(stop["targets"] == {"Instances": {"resourceType": "aws:ec2:instance"}} and stop["description"] == "Stop the specified EC2 instances.", stop)
check(stop["parameters"]["startInstancesAfterDuration"]["required"] is False, stop)
fails("ResourceNotFoundException", 404, "Action with ID aws:no:such not found.", fis.get_action, id="aws:no:such")
types = pages("list_target_resource_types", "targetResourceTypes")
check(len(types) == 25, types)
check(fis.get_target_resource_type(resourceType="aws:eks:pod")["targetResourceType"]["parameters"]["namespace"]["required"], "a pod has a namespace")
fails("ResourceNotFoundException", 404, "aws:no:such", fis.get_target_resource_type, resourceType="aws:no:such")

# Templates.
request = dict(
    clientToken="a token with blanks", description="a wait", roleArn=ROLE, stopConditions=[{"source": "none"}], tags={"team": "a b"},
    actions={"wait": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1H"}}},
    experimentOptions={"accountTargeting": "multi-account"},
)
template = fis.create_experiment_template(**request)["experimentTemplate"]
check(re.fullmatch(r"EXT[0-9A-Za-z]{14}", template["id"]) and template["tags"] == {"team": "a b"}, template)
check(template["experimentOptions"] == {"accountTargeting": "multi-account", "emptyTargetResolutionMode": "fail"}, template)
check(fis.create_experiment_template(**request)["experimentTemplate"] == template, "the same token gives the same template")
fails("ConflictException", 409, "client token", fis.create_experiment_template, **{**request, "description": "another"})
fails("ResourceNotFoundException", 404, "Action with ID aws:no:such not found.", fis.create_experiment_template,
      **{**request, "clientToken": "b", "actions": {"a": {"actionId": "aws:no:such"}}})
fails("ValidationException", 400, "failed to satisfy constraint", fis.create_experiment_template, **{**request, "clientToken": "b", "description": ""})
fails("ServiceQuotaExceededException", 402, "20", fis.create_experiment_template,
      **{**request, "clientToken": "b", "actions": {f"a{i}": request["actions"]["wait"] for i in range(21)}})
check(fis.get_experiment_template(id=template["id"])["experimentTemplate"] == template, "it is there")
template = fis.update_experiment_template(id=template["id"], description="another wait")["experimentTemplate"]
check(template["description"] == "another wait" and template["lastUpdateTime"] >= template["creationTime"], template)
other = fis.create_experiment_template(**{**request, "clientToken": "c"})["experimentTemplate"]
check([t["id"] for t in pages("list_experiment_templates", "experimentTemplates")] == [template["id"], other["id"]], "both are listed")
fails("ValidationException", 400, "nextToken", fis.list_experiment_templates, nextToken="mine")
fails("ValidationException", 400, "maxResults", fis.list_experiment_templates, maxResults=101)

# Target account configurations.
fails("ValidationException", 400, "target account configuration", fis.start_experiment, experimentTemplateId=template["id"])
account = dict(experimentTemplateId=template["id"], accountId="111111111111")
fis.create_target_account_configuration(**account, roleArn="arn:aws:iam::111111111111:role/fis", description="there")
fails("ConflictException", 409, "111111111111", fis.create_target_account_configuration, **account, roleArn=ROLE)
fis.create_target_account_configuration(experimentTemplateId=template["id"], accountId="222222222222", roleArn=ROLE)
changed = fis.update_target_account_configuration(**account, roleArn=ROLE)["targetAccountConfiguration"]
check(changed == {"accountId": "111111111111", "roleArn": ROLE, "description": "there"}, changed)
check(fis.get_target_account_configuration(**account)["targetAccountConfiguration"] == changed, "it is there")
check(len(pages("list_target_account_configurations", "targetAccountConfigurations", experimentTemplateId=template["id"])) == 2, "both are listed")

# Experiments.
experiment = fis.start_experiment(experimentTemplateId=template["id"], tags={"run": "1"})["experiment"]
check(re.fullmatch(r"EXP[0-9A-Za-z]{15,16}", experiment["id"]) and experiment["targetAccountConfigurationsCount"] == 2, experiment)
fis.delete_target_account_configuration(**account)
fails("ResourceNotFoundException", 404, "111111111111", fis.get_target_account_configuration, **account)
snapshot = fis.get_experiment_target_account_configuration(experimentId=experiment["id"], accountId="111111111111")["targetAccountConfiguration"]
check(snapshot == changed, snapshot)
check(len(fis.list_experiment_target_account_configurations(experimentId=experiment["id"])["targetAccountConfigurations"]) == 2, "the experiment has its own")
check(fis.get_experiment(id=experiment["id"])["experiment"]["tags"] == {"run": "1"}, "it has its own tags")
check([e["id"] for e in pages("list_experiments", "experiments", experimentTemplateId=template["id"])] == [experiment["id"]], "it is listed")
check(pages("list_experiment_resolved_targets", "resolvedTargets", experimentId=experiment["id"]) == [], "it has no targets")

# Tags, with ARNs in the path.
for arn in (template["arn"], experiment["arn"]):
    fis.tag_resource(resourceArn=arn, tags={"a": "1", "b": "x/y z"})
    fis.untag_resource(resourceArn=arn, tagKeys=["a", "none"])
    tags = fis.list_tags_for_resource(resourceArn=arn)["tags"]
    check(tags["b"] == "x/y z" and "a" not in tags, tags)
fails("ResourceNotFoundException", 404, "EXPnone", fis.list_tags_for_resource, resourceArn="arn:aws:fis:us-east-1:000000000000:experiment/EXPnone")

# Stop, and the safety lever.
stopped = fis.stop_experiment(id=experiment["id"])["experiment"]
check(stopped["state"]["status"] in ("stopping", "stopped"), stopped["state"])
if stopped["state"]["status"] == "stopped":
    fails("ValidationException", 400, "Cannot modify the state of an experiment in final state", fis.stop_experiment, id=experiment["id"])
check(fis.get_safety_lever(id="default")["safetyLever"]["state"]["status"] == "disengaged", "nobody has moved the lever")
lever = fis.update_safety_lever_state(id="default", state={"status": "engaged", "reason": "an incident"})["safetyLever"]
check(lever["state"]["status"] in ("engaging", "engaged") and lever["arn"].endswith(":safety-lever/default"), lever)
cancelled = fis.start_experiment(experimentTemplateId=template["id"])["experiment"]
while cancelled["state"]["status"] in ("pending", "initiating"):
    cancelled = fis.get_experiment(id=cancelled["id"])["experiment"]
check(cancelled["state"]["status"] == "cancelled", cancelled["state"])
fis.update_safety_lever_state(id="default", state={"status": "disengaged", "reason": "it is over"})
fails("ResourceNotFoundException", 404, "Safety lever", fis.get_safety_lever, id="another")

check(fis.delete_experiment_template(id=template["id"])["experimentTemplate"]["id"] == template["id"], "what is deleted is answered")
fails("ResourceNotFoundException", 404, template["id"], fis.delete_experiment_template, id=template["id"])

missing = set(fis.meta.service_model.operation_names) - called
check(not missing, f"every operation was called, but not {missing}")
