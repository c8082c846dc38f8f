package action

// fisActions are those of FIS itself.
func fisActions() []Action {
	apiError := func(id, kind string) Action {
		return Action{
			ID:          id,
			Description: "Cause an AWS service to return " + kind + " responses for specific callers and operations.",
			Parameters: parametersOf(usualDuration, map[string]Parameter{
				"service":    required("The target AWS API namespace.", apiNamespace),
				"percentage": required("The percentage (1-100) of calls to inject the fault into.", whole(1, 100)),
				"operations": required("The operations to inject the fault into, separated using commas.", listOf(1000, operationName)),
			}),
			Targets: map[string]string{"Roles": "aws:iam:role"},
		}
	}
	return []Action{
		apiError("aws:fis:inject-api-internal-error", "internal error"),
		apiError("aws:fis:inject-api-throttle-error", "throttled"),
		apiError("aws:fis:inject-api-unavailable-error", "unavailable error"),
		{
			ID:          "aws:fis:wait",
			Description: "Wait for the specified duration. Stop condition monitoring will continue during this time.",
			Parameters:  one(durationName, required("The length of time to wait (ISO 8601 duration).", lasting("PT1M", "PT12H"))),
		},
	}
}

// serviceActions are those of services with one or few.
func serviceActions() []Action {
	return []Action{
		{
			ID:          "aws:arc:start-zonal-autoshift",
			Description: "Shift traffic for managed resources away from an Availability Zone.",
			Parameters: parametersOf(usualDuration, map[string]Parameter{
				"availabilityZoneIdentifier": required("The Availability Zone, by name or ID, that traffic moves away from.", zone),
				// AWS's own samples leave it out where the resources are given by ARN.
				"managedResourceTypes": optional("The types of resources to shift, separated using commas: ASG, ALB, NLB, EKS.", listOf(4, oneOf("ASG", "ALB", "NLB", "EKS"))),
				"zonalAutoshiftStatus": optional("The zonal autoshift status of the resources to shift: ENABLED (default), DISABLED, ANY.", oneOf("ENABLED", "DISABLED", "ANY")),
			}),
			Targets:     map[string]string{"ManagedResources": "aws:arc:zonal-shift-managed-resource"},
			TargetLimit: 200,
		},
		{
			ID:          "aws:cloudwatch:assert-alarm-state",
			Description: "Assert that the specified CloudWatch alarms are in one of the specified alarm states.",
			Parameters: map[string]Parameter{
				"alarmArns":   required("The ARNs of the alarms, separated using commas, 5 at most.", listOf(5, matching(`^arn:[\w-]+:cloudwatch:[^:]*:[^:]*:alarm:.+$`, "the ARN of an alarm"))),
				"alarmStates": required("The alarm states, separated using commas: OK, ALARM, INSUFFICIENT_DATA.", listOf(3, oneOf("OK", "ALARM", "INSUFFICIENT_DATA"))),
			},
		},
		{
			ID:          "aws:ssm:send-command",
			Description: "Run the specified SSM document.",
			Parameters: parametersOf(map[string]Parameter{
				durationName:         forgone(usualDuration[durationName]),
				"documentArn":        required("The ARN of the document.", documentARN),
				"documentVersion":    optional("The version of the document. If empty, the default version runs.", nil),
				"documentParameters": optional("The parameters of the document as a JSON object. Needed where the document needs them.", object),
			}),
			Targets:     map[string]string{"Instances": "aws:ec2:instance"},
			TargetLimit: 200,
		},
		{
			ID:          "aws:ssm:start-automation-execution",
			Description: "Start the specified SSM automation execution.",
			Parameters: map[string]Parameter{
				"documentArn":        required("The ARN of the automation document.", documentARN),
				"documentVersion":    optional("The version of the document. If empty, the default version runs.", nil),
				"documentParameters": optional("The parameters of the document as a JSON object. Needed where the document needs them.", object),
				"maxDuration":        required("The maximum time for the automation execution to complete (ISO 8601 duration).", lasting("PT1M", "PT12H")),
			},
		},
		{
			ID:          "aws:directconnect:virtual-interface-disconnect",
			Description: "Disconnect the specified Direct Connect virtual interfaces.",
			Parameters:  one(durationName, required("The length of time that the action lasts (ISO 8601 duration).", lasting("PT10M", "PT12H"))),
			Targets:     map[string]string{"VirtualInterfaces": "aws:directconnect:virtual-interface"},
			TargetLimit: 5,
		},
	}
}

var (
	operationName = matching(`^[A-Za-z][A-Za-z0-9_]*$`, "the name of an operation")
	// documentARN: AWS's own template library has one without "document/".
	documentARN = matching(`^arn:[\w-]+:ssm:[^:]*:[^:]*:((document|automation-definition)/)?[\w.-]+(:[^/]*)?$`, "the ARN of an SSM document")
)

// apiNamespace is where AWS injects API errors.
func apiNamespace(text string, strict bool) string {
	if strict {
		return oneOf("ec2", "kinesis")(text, strict)
	}
	return ""
}
