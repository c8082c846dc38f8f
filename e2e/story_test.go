package e2e

// What the story says, in the words of the issue that asked for it.
const (
	faultMessage  = "Failing as per Fault Injection Simulator configuration"
	unavailableAt = "AWS dynamodb.GetItem => 503 (Service Unavailable)"

	// getItemTemplate is the first experiment of LocalStack's documents: an action name with a blank,
	// a role ARN that lacks a colon, no targets.
	getItemTemplate = `{
  "actions": {"Test disruption": {"actionId": "localstack:generic:api-error",
    "parameters": {"service": "dynamodb", "operation": "GetItem", "percentage": "100",
                   "exception": "Service Unavailable", "errorCode": "503"}}},
  "description": "Template for interfering with the DynamoDB service",
  "stopConditions": [{"source": "none"}],
  "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"
}`

	outageTemplate = `{
  "actions": {
    "regionUnavailable-us-east-1": {"actionId": "localstack:generic:api-error", "parameters": {"region": "us-east-1", "errorCode": "503"}},
    "regionUnavailable-us-west-2": {"actionId": "localstack:generic:api-error", "parameters": {"region": "us-west-2", "errorCode": "503"}}},
  "description": "Template for a regional outage",
  "stopConditions": [{"source": "none"}],
  "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"
}`

	latencyTemplate = `{
  "actions": {"Slow": {"actionId": "localstack:generic:latency",
    "parameters": {"service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": "1500"}}},
  "description": "Template for a slow service",
  "stopConditions": [],
  "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"
}`
)
