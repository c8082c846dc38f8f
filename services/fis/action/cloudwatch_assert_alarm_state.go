package action

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

func init() { carryOut("aws:cloudwatch:assert-alarm-state", nil, assertAlarmState) }

// assertAlarmState fails when one of the alarms is in none of the states.
func assertAlarmState(ctx context.Context, r *Run) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	states := listed(r.Parameters["alarmStates"])
	byAccount := map[string][]string{} // the names of the alarms
	for _, arn := range listed(r.Parameters["alarmArns"]) {
		parsed, _ := aws.ParseARN(arn)
		account := parsed.Account
		if account == "" {
			account = r.Account
		}
		byAccount[account] = append(byAccount[account], strings.TrimPrefix(parsed.Resource, "alarm:"))
	}
	const doing = "assert the state of the CloudWatch alarms"
	for _, account := range sortedKeys(byAccount) {
		names := byAccount[account]
		// Alarms of other accounts are seen from the experiment's own, as CloudWatch's cross-account alarms are.
		out, err := r.Ask(ctx, r.Account, "cloudwatch", "DescribeAlarms", aws.Document{
			"AlarmNames": listOfAny(names), "AlarmTypes": []any{"MetricAlarm", "CompositeAlarm"},
		})
		if err != nil {
			return r.failed(ctx, doing, err)
		}
		found := map[string]string{}
		for _, alarm := range append(documents(out, "MetricAlarms"), documents(out, "CompositeAlarms")...) {
			found[text(alarm, "AlarmName")] = text(alarm, "StateValue")
		}
		for _, name := range names {
			switch state, exists := found[name]; {
			case !exists:
				return &Error{Code: ConfigurationFailure, Reason: fmt.Sprintf("Unable to %s. There is no alarm %s.", doing, name)}
			case !slices.Contains(states, state):
				return &Error{Code: ConfigurationFailure, Reason: fmt.Sprintf("The CloudWatch alarm %s is in the state %s, not in %s.", name, state, strings.Join(states, " or "))}
			}
		}
	}
	return r.Host.Running(ctx)
}

// listed are the elements of a comma-separated list.
func listed(text string) []string {
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
