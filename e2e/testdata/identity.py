"""STS, IAM and the Resource Groups Tagging API with boto3, against the server at AWS_ENDPOINT_URL. With "fill" it makes
things and prints whom it became; with "again" and that line it looks whether a server that was killed still knows.
Exits 0 only if all is as told."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "fis.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def check(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def client(service, credentials=None):
    if credentials is None:
        return boto3.client(service)
    return boto3.client(
        service,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"),
    )


def whoami(credentials=None):
    return client("sts", credentials).get_caller_identity()["Arn"]


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as e:
        check(e.response["Error"]["Code"] == code, f"{e} is {code}")
        return
    sys.exit(f"not so: {code} is answered")


def terraform_role(iam):
    """What Terraform's aws_iam_role, aws_iam_policy, attachments and aws_iam_instance_profile call, in its order."""
    role = iam.create_role(RoleName="Shop", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST), Description="sells", MaxSessionDuration=7200,
                           Tags=[{"Key": "team", "Value": "shop"}])["Role"]
    policy = iam.create_policy(PolicyName="Read", PolicyDocument=json.dumps(ALL), Tags=[{"Key": "team", "Value": "shop"}])["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Shop", PolicyArn=policy)
    iam.attach_role_policy(RoleName="Shop", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSFaultInjectionSimulatorEC2Access")
    iam.put_role_policy(RoleName="Shop", PolicyName="inline", PolicyDocument=json.dumps(ALL))
    iam.create_instance_profile(InstanceProfileName="Shop")
    iam.add_role_to_instance_profile(InstanceProfileName="Shop", RoleName="Shop")

    read = iam.get_role(RoleName="Shop")["Role"]
    check(read["AssumeRolePolicyDocument"] == TRUST and read["RoleId"] == role["RoleId"] and read["Tags"] == [{"Key": "team", "Value": "shop"}], "GetRole")
    check(iam.list_role_policies(RoleName="Shop")["PolicyNames"] == ["inline"], "ListRolePolicies")
    check(iam.get_role_policy(RoleName="Shop", PolicyName="inline")["PolicyDocument"] == ALL, "GetRolePolicy")
    check(len(iam.list_attached_role_policies(RoleName="Shop")["AttachedPolicies"]) == 2, "ListAttachedRolePolicies")
    check(iam.list_instance_profiles_for_role(RoleName="Shop")["InstanceProfiles"][0]["Roles"][0]["RoleName"] == "Shop", "ListInstanceProfilesForRole")
    version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
    check(iam.get_policy_version(PolicyArn=policy, VersionId=version)["PolicyVersion"]["Document"] == ALL, "GetPolicyVersion")
    refused("DeleteConflict", iam.delete_role, RoleName="Shop")
    refused("EntityAlreadyExists", iam.create_role, RoleName="SHOP", AssumeRolePolicyDocument=json.dumps(TRUST))
    refused("MalformedPolicyDocument", iam.create_policy, PolicyName="x", PolicyDocument="{")
    return role["Arn"]


def destroy(iam):
    """The same things deleted, in Terraform's order."""
    iam.remove_role_from_instance_profile(InstanceProfileName="Shop", RoleName="Shop")
    iam.delete_instance_profile(InstanceProfileName="Shop")
    iam.delete_role_policy(RoleName="Shop", PolicyName="inline")
    for policy in iam.list_attached_role_policies(RoleName="Shop")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="Shop", PolicyArn=policy["PolicyArn"])
    iam.delete_policy(PolicyArn="arn:aws:iam::000000000000:policy/Read")
    iam.delete_role(RoleName="Shop")
    for call in (iam.get_role, iam.delete_role):
        refused("NoSuchEntity", call, RoleName="Shop")


def fill():
    iam, sts = client("iam"), client("sts")
    root = whoami()
    arn = terraform_role(iam)
    assumed = sts.assume_role(RoleArn=arn, RoleSessionName="till", DurationSeconds=7200)
    session = assumed["Credentials"]
    check(whoami(session) == assumed["AssumedRoleUser"]["Arn"] == "arn:aws:sts::000000000000:assumed-role/Shop/till", "the session is the role's")
    refused("ValidationError", sts.assume_role, RoleArn=arn, RoleSessionName="till", DurationSeconds=7201)
    refused("ValidationError", sts.assume_role, RoleArn="arn:aws:iam::0:role/Wrong", RoleSessionName="till")
    client("iam").create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    user = {"AccessKeyId": key["AccessKeyId"], "SecretAccessKey": key["SecretAccessKey"]}
    check(whoami(user) == "arn:aws:iam::000000000000:user/ann", "the key is ann's")
    check(client("iam", user).get_user()["User"]["UserName"] == "ann", "GetUser is about the caller")
    check(root == whoami(), "others stay who they were")
    for name in "abc":
        iam.create_user(UserName=name)
    names = [u["UserName"] for page in iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1}) for u in page["Users"]]
    check(names == ["a", "ann", "b", "c"], f"users by ones: {names}")

    client("dynamodb").create_table(TableName="Orders", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                                    AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], Tags=[{"Key": "team", "Value": "shop"}])
    tagging = client("resourcegroupstaggingapi")
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=[{"Key": "team", "Values": ["shop"]}], PaginationConfig={"PageSize": 1})
    found = [r["ResourceARN"].split(":", 5)[5] for page in pages for r in page["ResourceTagMappingList"]]
    check(found == ["table/Orders", "policy/Read"], f"tagged: {found}")
    lost = tagging.tag_resources(ResourceARNList=["arn:aws:dynamodb:us-east-1:000000000000:table/Orders", "arn:aws:s3:::bucket"], Tags={"env": "test"})
    check(list(lost["FailedResourcesMap"]) == ["arn:aws:s3:::bucket"], f"failed: {lost}")
    check(tagging.get_tag_keys()["TagKeys"] == ["env", "team"] and tagging.get_tag_values(Key="team")["TagValues"] == ["shop"], "keys and values")
    print(json.dumps({"session": session, "user": user}, default=str))


def again(credentials):
    check(whoami(credentials["session"]) == "arn:aws:sts::000000000000:assumed-role/Shop/till", "the session outlives a kill")
    check(whoami(credentials["user"]) == "arn:aws:iam::000000000000:user/ann", "the user's key outlives a kill")
    destroy(client("iam"))
    check(whoami(credentials["session"]).endswith("assumed-role/Shop/till"), "a session outlives its role")


if sys.argv[1] == "fill":
    fill()
else:
    again(json.loads(sys.argv[2]))
