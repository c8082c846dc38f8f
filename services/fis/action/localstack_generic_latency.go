package action

import (
	"context"
	"strconv"
	"time"

	"github.com/brownoutdev/brownout/fault"
)

func init() {
	register(&Action{
		ID:          "localstack:generic:latency",
		Description: "Make API calls take longer.",
		Parameters: map[string]Parameter{
			"region": regionParameter, "service": serviceParameter,
			"operation": operationParameter, "apiCall": apiCallParameter, "api": apiCallParameter,
			latencyName:  {Description: "The milliseconds that are added to each call, from 0 to 43200000 (12 hours).", Required: true},
			durationName: durationParameter,
		},
		Check: func(parameters map[string]string) error {
			_, err := latencyRule(parameters, "")
			return err
		},
		Run: func(ctx context.Context, run *Run) error {
			rule, err := latencyRule(run.Parameters, run.Region)
			if err != nil {
				return err
			}
			return sustain(ctx, run, rule)
		},
	})
}

const latencyName = "latencyMilliseconds"

func latencyRule(parameters map[string]string, region string) (rule fault.Rule, err error) {
	if rule.Match, err = matchOf(parameters, region); err != nil {
		return rule, err
	}
	ms, err := strconv.ParseFloat(parameters[latencyName], 64)
	if err != nil || !(ms >= 0 && ms <= float64(MaxDuration/time.Millisecond)) {
		return rule, &ParameterError{latencyName, "is not a number of milliseconds from 0 to 43200000"}
	}
	rule.Effect = fault.DelayBy(time.Duration(ms * float64(time.Millisecond)))
	return rule, nil
}
