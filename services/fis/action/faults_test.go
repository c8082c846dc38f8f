package action_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

var roles = map[string][]target.Resource{"Roles": {{ARN: "arn:aws:iam::111111111111:role/ops/Deployer", Account: home}}}

// inForce runs an action and answers its rule while it is in force, and what of it is left.
func inForce(t *testing.T, id string, parameters map[string]string, targets map[string][]target.Resource, strict bool, register ...string) (rule fault.Rule, w *world, err error) {
	t.Helper()
	w = newWorld(t)
	for _, kind := range register {
		w.rules.Register("dynamodb", map[string]fault.Parse{kind: func(text json.RawMessage) (any, error) {
			var none struct{}
			return none, fault.ParseParameters(text, &none)
		}})
	}
	w.onRunning = func() {
		if list := w.rules.List(); len(list) == 1 {
			rule = list[0].Rule
		}
	}
	err = w.run(id, parameters, targets, false, strict)
	if left := w.rules.List(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	return rule, w, err
}

func problems(id string, parameters map[string]string, strict bool) string {
	var text strings.Builder
	for _, p := range action.Lookup(id).Problems(parameters, strict) {
		text.WriteString(p.Name + " " + p.Message + "\n")
	}
	return text.String()
}

func TestInjectAPIErrors(t *testing.T) {
	t.Parallel()
	for id, kind := range map[string]string{
		"aws:fis:inject-api-internal-error": "internal-error", "aws:fis:inject-api-throttle-error": "throttle", "aws:fis:inject-api-unavailable-error": "unavailable",
	} {
		parameters := map[string]string{"service": "ec2", "operations": "DescribeInstances, RunInstances", "percentage": "40", "duration": "PT5M"}
		if said := problems(id, parameters, true); said != "" {
			t.Error(said)
		}
		for _, strict := range []bool{false, true} {
			rule, w, err := inForce(t, id, parameters, roles, strict)
			check(t, err, "")
			if rule.Match.UnknownCallers == strict || !slices.Equal(rule.Match.Role, []string{"arn:aws:iam::111111111111:role/ops/Deployer"}) ||
				!slices.Equal(rule.Match.Operation, []string{"DescribeInstances", "RunInstances"}) || !slices.Equal(rule.Match.Service, []string{"ec2"}) ||
				!slices.Equal(rule.Match.Region, []string{"us-east-1"}) || *rule.When.Share != 40 || string(rule.Effect) != `{"kind":"`+kind+`"}` ||
				!rule.When.End.Equal(begin.Add(300e9)) || rule.Owner != "EXP1/Break" {
				t.Errorf("strict %v: %+v", strict, rule)
			}
			if strings.Count(w.log.String(), "--identity") != 1 {
				t.Errorf("log: %s", w.log.String())
			}
		}
		_, _, err := inForce(t, id, parameters, nil, false)
		check(t, err, "InvalidTarget: Target resolution returned empty set.")
	}
	const id = "aws:fis:inject-api-throttle-error"
	for _, c := range []struct {
		service, operations, percentage string
		strict                          bool
		says                            string
	}{
		{"dynamodb", "GetItem", "1", false, ""},
		{"monitoring", "PutMetricData", "100", false, ""}, // what its host begins with
		{"dynamodb", "GetItem", "1", true, "service is none of ec2, kinesis"},
		{"fis", "StopExperiment", "1", false, "service is the one that experiments are stopped with"},
		{"kinesis", "PutRecord", "1", true, ""},
		{"ec3", "RunInstances", "1", false, "service is not the name of an AWS service"},
		{"ec2", "RunInstance", "1", false, `operations cannot be: ec2 has no operation "RunInstance"; did you mean RunInstances`},
		{"ec2", "RunInstances", "0", false, "percentage is not a whole number from 1 to 100"},
	} {
		said := problems(id, map[string]string{"service": c.service, "operations": c.operations, "percentage": c.percentage, "duration": "PT5M"}, c.strict)
		if c.says == "" && said != "" || !strings.HasPrefix(said, c.says) {
			t.Errorf("%+v: %s", c, said)
		}
	}
}

// TestWhoMeetsInjectedErrors: the sessions of the role, and those of whom nothing is known; nobody's control plane.
func TestWhoMeetsInjectedErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	met := map[string]bool{}
	w.onRunning = func() {
		for name, call := range map[string]aws.Call{
			"session":   {CallerARN: "arn:aws:sts::111111111111:assumed-role/Deployer/ci"},
			"other":     {CallerARN: "arn:aws:sts::111111111111:assumed-role/Other/ci"},
			"user":      {CallerARN: "arn:aws:iam::111111111111:user/ada"},
			"unknown":   {},
			"elsewhere": {Region: "eu-west-1"},
		} {
			call.Service, call.Operation, call.At = "ec2", "RunInstances", begin
			if call.Region == "" {
				call.Region = "us-east-1"
			}
			var plan fault.Plan
			w.rules.Set().Match(&call, &plan)
			met[name] = plan.Hit()
		}
	}
	check(t, w.run("aws:fis:inject-api-internal-error", map[string]string{"service": "ec2", "operations": "RunInstances", "percentage": "100", "duration": "PT5M"}, roles, false, false), "")
	for name, want := range map[string]bool{"session": true, "other": false, "user": false, "unknown": true, "elsewhere": false} {
		if met[name] != want {
			t.Errorf("%s: %v", name, met[name])
		}
	}
}

func TestBrownoutFault(t *testing.T) {
	t.Parallel()
	const id = "brownout:fault"
	parameters := map[string]string{
		"match.service": "ddb", "match.operation": "write", "match.header.x-team": "blue", "when.share": "30", "effect.kind": "delay", "effect.min": "10ms", "effect.max": "1s",
		"duration": "PT5M", "seed": "7",
	}
	if said := problems(id, parameters, false); said != "" {
		t.Error(said)
	}
	a := action.Lookup(id)
	for name := range parameters {
		if _, ok := a.Parameter(name); !ok {
			t.Errorf("there is no parameter %s", name)
		}
	}
	for _, name := range []string{"match.header.*", "match.header.", "owner", "match", "when.flap"} {
		if _, ok := a.Parameter(name); ok {
			t.Errorf("there is a parameter %s", name)
		}
	}
	rule, _, err := inForce(t, id, parameters, nil, false)
	check(t, err, "")
	if got := rule.Sentence(); got != "dynamodb write calls in us-east-1 with X-Team: blue take 10ms to 1s longer: 30% of them, until "+rule.When.End.UTC().Format("2006-01-02T15:04:05Z")+"." &&
		got != "dynamodb write calls in us-east-1 with x-team: blue take 10ms to 1s longer: 30% of them, until "+rule.When.End.UTC().Format("2006-01-02T15:04:05Z")+"." || rule.Seed != 7 {
		t.Errorf("%s %d", got, rule.Seed)
	}
	parameters["match.region"] = "*"
	rule, _, err = inForce(t, id, parameters, roles, false)
	check(t, err, "")
	if !slices.Equal(rule.Match.Region, []string{"*"}) || len(rule.Match.Role) != 1 || !rule.Match.UnknownCallers {
		t.Errorf("%+v", rule.Match)
	}
	for name, c := range map[string]struct {
		set  map[string]string
		says string
	}{
		"service":   {map[string]string{"match.service": "dynamo-db2"}, "match.service will not do: "},
		"operation": {map[string]string{"match.operation": "PutItem,GetItm"}, "match.operation will not do: "},
		"effect":    {map[string]string{"effect.kind": "throttle"}, "effect.max will not do: \"max\" is not a known parameter; there are none"},
		"duration":  {map[string]string{"duration": "5m"}, "duration is not an ISO 8601 duration such as PT5M"},
		"share":     {map[string]string{"when.share": "130"}, "when.share will not do: "},
	} {
		wrong := map[string]string{}
		for k, v := range parameters {
			wrong[k] = v
		}
		for k, v := range c.set {
			wrong[k] = v
		}
		if said := problems(id, wrong, false); !strings.HasPrefix(said, c.says) {
			t.Errorf("%s: %s", name, said)
		}
	}
	// A kind that a service carries out is judged where that service is.
	own := map[string]string{"match.service": "dynamodb", "effect.kind": "some-fault", "duration": "PT1M"}
	if said := problems(id, own, false); said != "" {
		t.Error(said)
	}
	_, _, err = inForce(t, id, own, nil, false)
	check(t, err, "ConfigurationFailure: The fault cannot be put into force. effect.kind: ")
	_, _, err = inForce(t, id, own, nil, false, "some-fault")
	check(t, err, "")
}

func TestPauseReplication(t *testing.T) {
	t.Parallel()
	const id, table = "aws:dynamodb:global-table-pause-replication", "arn:aws:dynamodb:us-east-1:%s:table/%s"
	targets := map[string][]target.Resource{"Tables": arns(home, table, "Orders", "Users")}
	rule, _, err := inForce(t, id, map[string]string{"duration": "PT5M"}, targets, false, "replication-paused")
	check(t, err, "")
	if !slices.Equal(rule.Match.Resource, []string{"arn:aws:dynamodb:us-east-1:111111111111:table/Orders", "arn:aws:dynamodb:us-east-1:111111111111:table/Users"}) {
		t.Errorf("%+v", rule)
	}
	_, _, err = inForce(t, id, map[string]string{"duration": "PT5M"}, targets, false)
	check(t, err, "ConfigurationFailure: The replication of global tables can be paused only where Brownout holds the tables itself.")
}
