package action_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

// TestCalls: actions that are done when their calls have succeeded.
func TestCalls(t *testing.T) {
	t.Parallel()
	const (
		db, cluster, task = "arn:aws:rds:us-east-1:%s:db:%s", "arn:aws:rds:us-east-1:%s:cluster:%s", "arn:aws:ecs:us-east-1:%s:task/shop/%s"
		reboot, failover  = "aws:rds:reboot-db-instances", "aws:rds:failover-db-cluster"
		stopTask          = "aws:ecs:stop-task"
	)
	ok := func(string, aws.Document) (aws.Document, error) { return aws.Document{}, nil }
	fails := func(code, message string, status int) func(string, aws.Document) (aws.Document, error) {
		return func(string, aws.Document) (aws.Document, error) {
			return nil, &aws.Error{Code: code, Message: message, Status: status}
		}
	}
	shows := func(list, member, value string) func(string, aws.Document) (aws.Document, error) {
		return func(string, aws.Document) (aws.Document, error) {
			return aws.Document{list: []any{aws.Document{member: value}}}, nil
		}
	}
	type answers = map[string]func(string, aws.Document) (aws.Document, error)
	for name, c := range map[string]struct {
		id         string
		parameters map[string]string
		targets    map[string][]target.Resource
		answers    answers
		crash      string
		calls      []string
		err        string
	}{
		"reboot": {id: reboot, parameters: map[string]string{"forceFailover": "true"}, targets: map[string][]target.Resource{"DBInstances": slices.Concat(arns(away, db, "b"), arns(home, db, "a"))},
			answers: answers{"rds.RebootDBInstance": ok},
			calls:   []string{"rds.RebootDBInstance 111111111111 DBInstanceIdentifier=a ForceFailover=true", "rds.RebootDBInstance 222222222222 DBInstanceIdentifier=b ForceFailover=true"}},
		"reboot by LocalStack's key": {id: reboot, targets: map[string][]target.Resource{"Instances": arns(home, db, "a")},
			answers: answers{"rds.RebootDBInstance": ok}, calls: []string{"rds.RebootDBInstance 111111111111 DBInstanceIdentifier=a"}},
		"reboot goes on after a failure": {id: reboot, targets: map[string][]target.Resource{"DBInstances": arns(home, db, "a", "b")},
			answers: answers{"rds.RebootDBInstance": fails("DBInstanceNotFound", "DBInstance a not found.", 404)},
			calls:   []string{"rds.RebootDBInstance 111111111111 DBInstanceIdentifier=a", "rds.RebootDBInstance 111111111111 DBInstanceIdentifier=b"},
			err:     "InvalidTarget: Unable to reboot the DB instance a. DBInstanceNotFound: DBInstance a not found."},
		"reboot lost its answer": {id: reboot, targets: map[string][]target.Resource{"DBInstances": arns(home, db, "a")},
			answers: answers{"rds.RebootDBInstance": ok, "rds.DescribeDBInstances": shows("DBInstances", "DBInstanceStatus", "rebooting")}, crash: "after reboot-1",
			calls: []string{"rds.RebootDBInstance 111111111111 DBInstanceIdentifier=a"}},
		"reboot, nobody knows": {id: reboot, targets: map[string][]target.Resource{"DBInstances": arns(home, db, "a")},
			answers: answers{"rds.RebootDBInstance": ok, "rds.DescribeDBInstances": shows("DBInstances", "DBInstanceStatus", "available")}, crash: "before reboot-1",
			err: "InternalFailure: Unable to reboot the DB instance a: outcome unknown after restart"},
		"failover": {id: failover, targets: map[string][]target.Resource{"Clusters": arns(home, cluster, "orders")},
			answers: answers{"rds.FailoverDBCluster": ok}, calls: []string{"rds.FailoverDBCluster 111111111111 DBClusterIdentifier=orders"}},
		"failover lost its answer": {id: failover, targets: map[string][]target.Resource{"Clusters": arns(home, cluster, "orders")}, crash: "after failover-1",
			answers: answers{"rds.FailoverDBCluster": ok, "rds.DescribeDBClusters": shows("DBClusters", "Status", "failing-over")},
			calls:   []string{"rds.FailoverDBCluster 111111111111 DBClusterIdentifier=orders"}},
		"failover of a cluster that cannot": {id: failover, targets: map[string][]target.Resource{"Clusters": arns(home, cluster, "orders")},
			answers: answers{"rds.FailoverDBCluster": fails("InvalidDBClusterStateFault", "No replica.", 400)},
			calls:   []string{"rds.FailoverDBCluster 111111111111 DBClusterIdentifier=orders"}, err: "InvalidTarget: Unable to fail over the DB cluster orders. "},
		"failover that nobody serves": {id: failover, targets: map[string][]target.Resource{"Clusters": arns(home, cluster, "orders")},
			calls: []string{"rds.FailoverDBCluster 111111111111 DBClusterIdentifier=orders"},
			err:   "DependentServiceFailure: Unable to fail over the DB cluster orders. NotImplemented: Nobody here answers calls of rds."},
		"stop task": {id: stopTask, targets: map[string][]target.Resource{"Tasks": append(arns(home, task, "t1"), target.Resource{ARN: "arn:aws:ecs:us-east-1:111111111111:task/t2"})},
			answers: answers{"ecs.StopTask": ok},
			calls: []string{
				"ecs.StopTask 111111111111 cluster=shop reason=Stopped by the AWS FIS experiment EXP1 task=arn:aws:ecs:us-east-1:111111111111:task/shop/t1",
				"ecs.StopTask 111111111111 cluster=default reason=Stopped by the AWS FIS experiment EXP1 task=arn:aws:ecs:us-east-1:111111111111:task/t2",
			}},
		"stop task lost its answer": {id: stopTask, targets: map[string][]target.Resource{"Tasks": arns(home, task, "t1")}, crash: "after stop-1",
			answers: answers{"ecs.StopTask": ok, "ecs.DescribeTasks": shows("tasks", "desiredStatus", "STOPPED")},
			calls:   []string{"ecs.StopTask 111111111111 cluster=shop reason=Stopped by the AWS FIS experiment EXP1 task=arn:aws:ecs:us-east-1:111111111111:task/shop/t1"}},
		"stop task without the right": {id: stopTask, targets: map[string][]target.Resource{"Tasks": arns(home, task, "t1")},
			answers: answers{"ecs.StopTask": fails("AccessDeniedException", "no", 400)},
			calls:   []string{"ecs.StopTask 111111111111 cluster=shop reason=Stopped by the AWS FIS experiment EXP1 task=arn:aws:ecs:us-east-1:111111111111:task/shop/t1"},
			err:     "AuthorizationFailure: Unable to stop the ECS task t1, not authorized to perform required action. "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			maps.Copy(w.answers, c.answers)
			w.when, w.crash, _ = strings.Cut(c.crash, " ")
			crash := w.crash
			err := w.run(c.id, c.parameters, c.targets, false, false)
			if crash != "" {
				check(t, err, "crash")
				err = w.run(c.id, c.parameters, c.targets, true, false)
			}
			check(t, err, c.err)
			if !slices.Equal(w.made(), c.calls) {
				t.Errorf("calls %q", w.made())
			}
			if ran := w.running > 0; ran != (c.err == "") {
				t.Errorf("it was running: %v", ran)
			}
		})
	}
}

func TestAssertAlarmState(t *testing.T) {
	t.Parallel()
	const id, arn = "aws:cloudwatch:assert-alarm-state", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:"
	alarms := map[string]string{"fine": "OK", "rings": "ALARM", "silent": "INSUFFICIENT_DATA"}
	for _, c := range []struct{ arns, states, err string }{
		{arn + "fine", "OK", ""},
		{arn + "fine, " + arn + "silent", "OK, INSUFFICIENT_DATA", ""},
		{arn + "fine," + arn + "rings", "OK", "ConfigurationFailure: The CloudWatch alarm rings is in the state ALARM, not in OK."},
		{arn + "none", "OK", "ConfigurationFailure: Unable to assert the state of the CloudWatch alarms. There is no alarm none."},
	} {
		w := newWorld(t)
		w.answers["cloudwatch.DescribeAlarms"] = func(_ string, in aws.Document) (aws.Document, error) {
			lists := map[string][]any{}
			for _, name := range in["AlarmNames"].([]any) {
				kind := "MetricAlarms"
				if name == "silent" {
					kind = "CompositeAlarms"
				}
				if state := alarms[name.(string)]; state != "" {
					lists[kind] = append(lists[kind], aws.Document{"AlarmName": name, "StateValue": state})
				}
			}
			return aws.Document{"MetricAlarms": lists["MetricAlarms"], "CompositeAlarms": lists["CompositeAlarms"]}, nil
		}
		parameters := map[string]string{"alarmArns": c.arns, "alarmStates": c.states}
		if problems := action.Lookup(id).Problems(parameters, true); len(problems) > 0 {
			t.Errorf("%v: %v", c, problems[0])
		}
		check(t, w.run(id, parameters, nil, false, false), c.err)
	}
	check(t, newWorld(t).run(id, map[string]string{"alarmArns": arn + "x", "alarmStates": "OK"}, nil, false, false), "DependentServiceFailure: Unable to assert")
}

func TestSendCommand(t *testing.T) {
	t.Parallel()
	const id = "aws:ssm:send-command"
	parameters := map[string]string{
		"documentArn": "arn:aws:ssm:us-east-1::document/AWSFIS-Run-CPU-Stress", "documentVersion": "1", "duration": "PT2M",
		"documentParameters": "{\"DurationSeconds\": 60, \"InstallDependencies\": true, \"Sources\": [\"a\", 2],\n \"Script\": \"one\ntwo\"}",
	}
	const sent = "ssm.SendCommand 111111111111 Comment=FIS experiment EXP1 action Break DocumentName=AWSFIS-Run-CPU-Stress DocumentVersion=1 InstanceIds=[i-1 i-2] " +
		"Parameters=map[DurationSeconds:[60] InstallDependencies:[true] Script:[one\ntwo] Sources:[a 2]]"
	const cancelled = "ssm.CancelCommand 111111111111 CommandId=c-1"
	for name, c := range map[string]struct {
		status func(at time.Duration) string
		stopAt time.Duration
		crash  string
		refuse *aws.Error
		calls  []string
		err    string
		at     time.Duration
	}{
		"success, and the rest of the duration":    {status: done(time.Minute, "Success"), calls: []string{sent}, at: 2 * time.Minute},
		"still running at the end of the duration": {status: done(time.Hour, "Success"), calls: []string{sent}, at: 2 * time.Minute},
		"failed":                                    {status: done(time.Minute, "Failed"), calls: []string{sent, cancelled}, err: "DependentServiceFailure: The SSM command c-1 completed with status: Failed.", at: time.Minute},
		"stopped":                                   {status: done(time.Hour, "Success"), stopAt: 42 * time.Second, calls: []string{sent, cancelled}, err: "stopped", at: 42 * time.Second},
		"lost its answer":                           {status: done(time.Minute, "Success"), crash: "after send-111111111111-1", calls: []string{sent}, at: 2 * time.Minute},
		"was not sent":                              {status: done(time.Minute, "Success"), crash: "before send-111111111111-1", err: "InternalFailure: Unable to run the SSM document: outcome unknown after restart"},
		"stopped while the server was down":         {status: done(time.Hour, "Success"), crash: "after send-111111111111-1", stopAt: time.Second, calls: []string{sent, cancelled}, err: "stopped", at: time.Second},
		"parameters that the document has not":      {refuse: &aws.Error{Code: "InvalidParameters", Message: "bad", Status: 400}, calls: []string{sent}, err: "ConfigurationFailure: Unable to run the SSM document. A required parameter for the document is missing, or an undefined parameter was provided. bad"},
		"instances that SSM does not know":          {refuse: &aws.Error{Code: "InvalidInstanceId", Message: "Instances not in a valid state", Status: 400}, calls: []string{sent}, err: "InvalidTarget: Unable to run the SSM document. InvalidInstanceId"},
		"whose state nobody can tell, all the same": {calls: []string{sent}, at: 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var comment string
			w.answers["ssm.SendCommand"] = func(_ string, in aws.Document) (aws.Document, error) {
				if c.refuse != nil {
					return nil, c.refuse
				}
				comment = in["Comment"].(string)
				return aws.Document{"Command": aws.Document{"CommandId": "c-1", "Status": "Pending"}}, nil
			}
			w.answers["ssm.CancelCommand"] = func(string, aws.Document) (aws.Document, error) { return aws.Document{}, nil }
			if c.status != nil {
				w.answers["ssm.ListCommands"] = func(string, aws.Document) (aws.Document, error) {
					return aws.Document{"Commands": []any{aws.Document{"CommandId": "c-1", "Comment": comment, "Status": c.status(w.now.Sub(begin)), "StatusDetails": c.status(w.now.Sub(begin))}}}, nil
				}
			}
			if c.stopAt > 0 {
				w.stopAt = begin.Add(c.stopAt)
			}
			targets := map[string][]target.Resource{"Instances": arns(home, instance, "i-1", "i-2")}
			w.when, w.crash, _ = strings.Cut(c.crash, " ")
			crash := w.crash
			if problems := action.Lookup(id).Problems(parameters, true); len(problems) > 0 {
				t.Fatal(problems[0])
			}
			err := w.run(id, parameters, targets, false, false)
			if crash != "" {
				check(t, err, "crash")
				if c.stopAt > 0 {
					w.now = w.stopAt
				}
				err = w.run(id, parameters, targets, true, false)
			}
			check(t, err, c.err)
			if !slices.Equal(w.made(), c.calls) {
				t.Errorf("calls %q", w.made())
			}
			if w.now.Sub(begin) != c.at {
				t.Errorf("it took %v", w.now.Sub(begin))
			}
		})
	}
	for arn, want := range map[string]string{
		"arn:aws:ssm:us-east-1:111111111111:document/Mine":   "DocumentName=Mine ",
		"arn:aws:ssm:us-east-1::Mine":                        "DocumentName=Mine ",
		"arn:aws:ssm:us-east-1:222222222222:document/Shared": "DocumentName=arn:aws:ssm:us-east-1:222222222222:document/Shared ",
	} {
		w := newWorld(t)
		check(t, w.run(id, map[string]string{"documentArn": arn, "duration": "PT1M"}, map[string][]target.Resource{"Instances": arns(home, instance, "i-1")}, false, false), "DependentServiceFailure")
		if len(w.asked) != 1 || !strings.Contains(w.asked[0], want) {
			t.Errorf("%s: %q", arn, w.asked)
		}
	}
}

// Without a duration, which LocalStack does not ask for, the action lasts as long as the command.
func TestSendCommandWithoutADuration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.answers["ssm.SendCommand"] = func(string, aws.Document) (aws.Document, error) {
		return aws.Document{"Command": aws.Document{"CommandId": "c-1"}}, nil
	}
	w.answers["ssm.ListCommands"] = func(string, aws.Document) (aws.Document, error) {
		return aws.Document{"Commands": []any{aws.Document{"CommandId": "c-1", "Status": done(42*time.Second, "Success")(w.now.Sub(begin))}}}, nil
	}
	parameters := map[string]string{"documentArn": "arn:aws:ssm:us-east-1::document/AWSFIS-Run-CPU-Stress"}
	check(t, w.run("aws:ssm:send-command", parameters, map[string][]target.Resource{"Instances": arns(home, instance, "i-1")}, false, false), "")
	if took := w.now.Sub(begin); took != 45*time.Second { // it is asked for every 5 s
		t.Errorf("it took %v", took)
	}
}

// done is a command's status that takes its time.
func done(after time.Duration, status string) func(time.Duration) string {
	return func(at time.Duration) string {
		if at < after {
			return "InProgress"
		}
		return status
	}
}
