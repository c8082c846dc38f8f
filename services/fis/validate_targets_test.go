package fis_test

import (
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/fis"
)

type targets = map[string]fis.CreateExperimentTemplateTargetInput

// on is an action with a target.
func on(id, key, target string, p parameters) fis.CreateExperimentTemplateActionInput {
	a := do(id, p)
	if key != "" {
		a.Targets = parameters{key: target}
	}
	return a
}

func arns(list ...string) fis.CreateExperimentTemplateTargetInput {
	return fis.CreateExperimentTemplateTargetInput{ResourceArns: list}
}

// of gives a target its type, and ALL where it has no mode.
func of(kind string, t fis.CreateExperimentTemplateTargetInput) fis.CreateExperimentTemplateTargetInput {
	t.ResourceType = &kind
	if t.SelectionMode == nil {
		t.SelectionMode = new("ALL")
	}
	return t
}

// TestTargetsAreValidated: what is said to targets, without --fis-strict and with it.
func TestTargetsAreValidated(t *testing.T) {
	const instance = "arn:aws:ec2:us-east-1:000000000000:instance/i-1"
	tags := map[string]string{"k": "v"}
	filter := func(path string, values ...string) []fis.ExperimentTemplateTargetInputFilter {
		return []fis.ExperimentTemplateTargetInputFilter{{Path: &path, Values: values}}
	}
	stop := func(target fis.CreateExperimentTemplateTargetInput) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) {
			in.Actions = actions{"stop": on("aws:ec2:stop-instances", "Instances", "t", nil)}
			in.Targets = targets{"t": of("aws:ec2:instance", target)}
		}
	}
	one := func(id, key, kind string, p parameters, target fis.CreateExperimentTemplateTargetInput) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) {
			in.Actions = actions{"a": on(id, key, "t", p)}
			in.Targets = targets{"t": of(kind, target)}
		}
	}
	tagged := fis.CreateExperimentTemplateTargetInput{ResourceTags: tags}
	mode := func(text string) func(*fis.CreateExperimentTemplateRequest) {
		return stop(fis.CreateExperimentTemplateTargetInput{ResourceTags: tags, SelectionMode: &text})
	}
	pod := func(p parameters) func(*fis.CreateExperimentTemplateRequest) {
		return one("aws:eks:pod-delete", "Pods", "aws:eks:pod", parameters{"kubernetesServiceAccount": "s"}, fis.CreateExperimentTemplateTargetInput{Parameters: p})
	}
	const bothWays, onlyStrict = true, false
	for name, c := range map[string]struct {
		change func(*fis.CreateExperimentTemplateRequest)
		always bool   // refused without strict, too
		says   string // empty: taken
	}{
		"ARNs":              {stop(arns(instance)), bothWays, ""},
		"tags":              {stop(tagged), bothWays, ""},
		"filters alone":     {stop(fis.CreateExperimentTemplateTargetInput{Filters: filter("State.Name", "running")}), bothWays, ""},
		"empty beside ARNs": {stop(fis.CreateExperimentTemplateTargetInput{ResourceArns: []string{instance}, ResourceTags: map[string]string{}, Filters: filter("A", "b")[:0]}), bothWays, ""},
		"ARNs and tags":     {stop(fis.CreateExperimentTemplateTargetInput{ResourceArns: []string{instance}, ResourceTags: tags}), bothWays, "You cannot specify both resource ARNs and resource tags for target t."},
		"ARNs and filters":  {stop(fis.CreateExperimentTemplateTargetInput{ResourceArns: []string{instance}, Filters: filter("A", "b")}), bothWays, "You cannot specify both resource ARNs and filters for target t."},
		"nothing":           {stop(fis.CreateExperimentTemplateTargetInput{}), bothWays, "You must specify resource ARNs, resource tags or filters for target t."},
		"no ARN":            {stop(arns("i-0123456789abcdef0123")), bothWays, `The value "i-0123456789abcdef0123" in resourceArns of target "t" is not an ARN.`},
		"too many ARNs":     {stop(arns(instance, instance, instance, instance, instance, instance)), bothWays, "Member must have length less than or equal to 5"},
		"ALL":               {mode("ALL"), bothWays, ""},
		"COUNT":             {mode("COUNT(3)"), bothWays, ""},
		"PERCENT":           {mode("PERCENT(100)"), bothWays, ""},
		"COUNT of none":     {mode("COUNT(0)"), bothWays, "COUNT(0)"},
		"PERCENT over 100":  {mode("PERCENT(101)"), bothWays, "PERCENT(101)"},
		"small letters":     {mode("all"), bothWays, `The selectionMode "all" of target "t" is none of ALL, COUNT(n) and PERCENT(n).`},
		"no number":         {mode("COUNT(x)"), bothWays, "COUNT(x)"},
		"no mode": {func(in *fis.CreateExperimentTemplateRequest) {
			stop(tagged)(in)
			x := in.Targets["t"]
			x.SelectionMode = nil
			in.Targets["t"] = x
		}, bothWays, "'targets.t.member.selectionMode'"},
		"unknown type": {one("aws:ec2:stop-instances", "Instances", "aws:ec2:computer", nil, tagged), bothWays, "TargetResourceType with ID aws:ec2:computer not found."},
		"another type": {one("aws:ec2:stop-instances", "Instances", "aws:rds:db", nil, tagged), bothWays, `The target "t" of the action "a" has the resource type aws:rds:db. The action takes aws:ec2:instance.`},
		"another key":  {one("aws:ec2:send-spot-instance-interruptions", "Instances", "aws:ec2:instance", parameters{"durationBeforeInterruption": "PT2M"}, tagged), bothWays, `Unexpected target "Instances" found in action "a".`},
		"no target": {func(in *fis.CreateExperimentTemplateRequest) {
			in.Actions = actions{"a": do("aws:ec2:stop-instances", nil)}
		}, bothWays, `Missing required target "Instances" in action "a".`},
		"target that is not there": {func(in *fis.CreateExperimentTemplateRequest) { stop(tagged)(in); in.Targets = nil }, bothWays, `The action "stop" has the target "t", which the template does not have.`},
		"unused target":            {func(in *fis.CreateExperimentTemplateRequest) { stop(tagged)(in); in.Targets["u"] = in.Targets["t"] }, onlyStrict, `The target "u" is not used by any action.`},
		"name of a target": {func(in *fis.CreateExperimentTemplateRequest) {
			stop(tagged)(in)
			in.Actions["stop"].Targets["Instances"] = "my t"
			in.Targets["my t"] = in.Targets["t"]
			delete(in.Targets, "t")
		}, onlyStrict, `The name "my t" of a target`},
		"pods by parameters":           {pod(parameters{"clusterIdentifier": "c", "namespace": "n", "selectorType": "podName", "selectorValue": "p"}), bothWays, ""},
		"pods without a namespace":     {pod(parameters{"clusterIdentifier": "c", "selectorType": "podName", "selectorValue": "p"}), bothWays, `Missing required parameter "namespace" in target "t".`},
		"pods by another selector":     {pod(parameters{"clusterIdentifier": "c", "namespace": "n", "selectorType": "name", "selectorValue": "p"}), bothWays, `The value "name" of parameter "selectorType" in target "t" is none of labelSelector, deploymentName, podName.`},
		"pods by ARN":                  {one("aws:eks:pod-delete", "Pods", "aws:eks:pod", parameters{"kubernetesServiceAccount": "s"}, arns(instance)), bothWays, "TargetResourceType aws:eks:pod does not support resourceArns."},
		"cache by ARN":                 {one("aws:elasticache:replicationgroup-interrupt-az-power", "ReplicationGroups", "aws:elasticache:replicationgroup", parameters{"duration": "PT1M"}, arns(instance)), bothWays, "TargetResourceType aws:elasticache:replicationgroup does not support resourceArns."},
		"cache by filters":             {one("aws:elasticache:replicationgroup-interrupt-az-power", "ReplicationGroups", "aws:elasticache:replicationgroup", parameters{"duration": "PT1M"}, fis.CreateExperimentTemplateTargetInput{Filters: filter("Status", "x")}), bothWays, "Tags are required for TargetResourceType aws:elasticache:replicationgroup"},
		"parameter of another type":    {stop(fis.CreateExperimentTemplateTargetInput{ResourceTags: tags, Parameters: parameters{"vpc": "x"}}), bothWays, `Unexpected parameter "vpc" found in target "t".`},
		"role by tags where ARNs must": {one("aws:ec2:api-insufficient-instance-capacity-error", "Roles", "aws:iam:role", parameters{"duration": "PT1M", "percentage": "1", "availabilityZoneIdentifiers": "a"}, tagged), bothWays, `The action "a" takes only targets with resource ARNs.`},
		"filter like JMESPath":         {stop(fis.CreateExperimentTemplateTargetInput{Filters: filter("Tags[0].Key", "x")}), bothWays, `The filter path "Tags[0].Key" of target "t"`},
		"filter in camel case":         {stop(fis.CreateExperimentTemplateTargetInput{Filters: filter("state.name", "x")}), onlyStrict, `The filter path "state.name" of target "t" is not in Pascal case`},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				try := func(strict bool) {
					t.Helper()
					in := w.request(nil)
					c.change(in)
					err := w.run("CreateExperimentTemplate", in)
					refused := c.says != "" && (c.always || strict)
					switch {
					case err == nil && refused:
						t.Errorf("strict %v: it is taken", strict)
					case err != nil && (!refused || !strings.Contains(err.Error(), c.says)):
						t.Errorf("strict %v: %v", strict, err)
					}
				}
				try(false)
				w.strictly()
				try(true)
			})
		})
	}
}

// TestStrict: what LocalStack's documents need, and AWS refuses.
func TestStrict(t *testing.T) {
	stop := func(source, value string) []fis.CreateExperimentTemplateStopConditionInput {
		c := fis.CreateExperimentTemplateStopConditionInput{Source: &source}
		if value != "" {
			c.Value = &value
		}
		return []fis.CreateExperimentTemplateStopConditionInput{c}
	}
	for name, c := range map[string]struct {
		change func(*fis.CreateExperimentTemplateRequest)
		code   string
		says   string
	}{
		"blank in a name": {func(in *fis.CreateExperimentTemplateRequest) { in.Actions = actions{"Test action": wait("PT1M")} }, "ValidationException", `"Test action"`},
		"role": {func(in *fis.CreateExperimentTemplateRequest) {
			in.RoleArn = new("arn:aws:iam:000000000000:role/ExperimentRole")
		}, "ValidationException", "roleArn"},
		"no stop condition": {func(in *fis.CreateExperimentTemplateRequest) { in.StopConditions = stop("", "")[:0] }, "ValidationException", "stop condition"},
		"action": {func(in *fis.CreateExperimentTemplateRequest) {
			in.Actions = actions{"a": do("localstack:do-nothing", nil)}
		}, "ResourceNotFoundException", "Action with ID localstack:do-nothing not found."},
		"seconds": {func(in *fis.CreateExperimentTemplateRequest) { in.Actions = actions{"a": wait("PT5S")} }, "ValidationException", "PT1M to PT12H"},
		"signal": {func(in *fis.CreateExperimentTemplateRequest) {
			in.StopConditions = stop("brownout:calls", "service=dynamodb error-rate>50% for 10s")
		}, "ValidationException", "brownout:calls"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				in := w.request(actions{"a": wait("PT1M")})
				c.change(in)
				if err := w.run("CreateExperimentTemplate", in); err != nil {
					t.Errorf("without strict: %v", err)
				}
				w.strictly()
				in.ClientToken = w.token()
				err := w.run("CreateExperimentTemplate", in)
				status := 400
				if c.code == "ResourceNotFoundException" {
					status = 404
				}
				w.refused(err, c.code, status, c.says)
			})
		})
	}
}

// TestOptionsAreValidated: stop conditions, logs and reports.
func TestOptionsAreValidated(t *testing.T) {
	const group = "arn:aws:logs:us-east-1:000000000000:log-group:fis"
	stop := func(source string, value *string) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) {
			in.StopConditions = []fis.CreateExperimentTemplateStopConditionInput{{Source: &source, Value: value}}
		}
	}
	logs := func(schema int64, arn string) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) {
			in.LogConfiguration = &fis.CreateExperimentTemplateLogConfigurationInput{LogSchemaVersion: &schema,
				CloudWatchLogsConfiguration: &fis.ExperimentTemplateCloudWatchLogsLogConfigurationInput{LogGroupArn: &arn}}
		}
	}
	report := func(bucket, before, after string, dashboards int) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) {
			c := &fis.CreateExperimentTemplateReportConfigurationInput{PreExperimentDuration: &before, PostExperimentDuration: &after}
			if bucket != "" {
				c.Outputs = &fis.ExperimentTemplateReportConfigurationOutputsInput{S3Configuration: &fis.ReportConfigurationS3OutputInput{BucketName: &bucket}}
			}
			c.DataSources = &fis.ExperimentTemplateReportConfigurationDataSourcesInput{CloudWatchDashboards: make([]fis.ReportConfigurationCloudWatchDashboardInput, dashboards)}
			in.ExperimentReportConfiguration = c
		}
	}
	for name, c := range map[string]struct {
		change func(*fis.CreateExperimentTemplateRequest)
		says   string // empty: taken
	}{
		"alarm":                  {stop("aws:cloudwatch:alarm", new("arn:aws:cloudwatch:us-east-1:000000000000:alarm:my alarm")), ""},
		"alarm without an ARN":   {stop("aws:cloudwatch:alarm", nil), "needs the ARN of an alarm"},
		"alarm by name":          {stop("aws:cloudwatch:alarm", new("my alarm of the service")), `"my alarm of the service"`},
		"signal":                 {stop("brownout:calls", new("service=dynamodb error-rate>50% for 10s")), ""},
		"signal without a value": {stop("brownout:calls", nil), "the form is"},
		"signal with a mistake":  {stop("brownout:calls", new("service=dynamodbb error-rate>50% for 10s")), `"dynamodbb"`},
		"logs 1":                 {logs(1, group), ""},
		"logs 2 with a star":     {logs(2, group+":*"), ""},
		"logs 3":                 {logs(3, group), "logSchemaVersion 3"},
		"logs by name":           {logs(2, "/aws/fis/experiments"), "logGroupArn"},
		"report":                 {report("bucket", "PT30M", "PT2H", 1), ""},
		"report without bucket":  {report("", "PT30M", "PT2H", 1), "needs an S3 bucket"},
		"report too early":       {report("bucket", "PT31M", "PT2H", 1), "preExperimentDuration"},
		"report too late":        {report("bucket", "PT30M", "PT3H", 1), "postExperimentDuration"},
		"report with dashboards": {report("bucket", "PT30M", "PT2H", 2), "2 CloudWatch dashboards"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				in := w.request(actions{"a": wait("PT1M")})
				c.change(in)
				err := w.run("CreateExperimentTemplate", in)
				if c.says != "" {
					w.refused(err, "ValidationException", 400, c.says)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestNoReport: an experiment says that its report does not come.
func TestNoReport(t *testing.T) {
	inWorld(t, func(w *world) {
		in := w.request(actions{"a": wait("PT1M")})
		in.ExperimentReportConfiguration = &fis.CreateExperimentTemplateReportConfigurationInput{
			Outputs: &fis.ExperimentTemplateReportConfigurationOutputsInput{S3Configuration: &fis.ReportConfigurationS3OutputInput{BucketName: new("bucket")}},
		}
		template := get[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in).ExperimentTemplate
		if c := template.ExperimentReportConfiguration; *c.PreExperimentDuration != "PT20M" || *c.PostExperimentDuration != "PT20M" {
			t.Errorf("template %s", text(template))
		}
		e := w.startTemplate(template.Id)
		if s := e.ExperimentReport.State; *s.Status != "failed" || *s.Reason != "Brownout does not write experiment reports." || *s.Error.Code != "NotImplemented" {
			t.Errorf("report %s", text(e.ExperimentReport))
		}
		w.stop(e.Id)
	})
}
