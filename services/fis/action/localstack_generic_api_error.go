package action

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"github.com/brownoutdev/brownout/fault"
)

func init() {
	register(&Action{
		ID:          "localstack:generic:api-error",
		Description: "Answer API calls with an error of your choice.",
		Parameters: map[string]Parameter{
			"region": regionParameter, "service": serviceParameter,
			"operation": operationParameter, "apiCall": apiCallParameter, "api": apiCallParameter,
			"percentage": percentageParameter,
			"exception":  {Description: "The code of the error. Default: " + defaultException + "."},
			"errorCode":  {Description: "The HTTP status of the error, from 400 to 599. Default: " + strconv.Itoa(defaultStatus) + "."},
			durationName: durationParameter,
		},
		Check: func(parameters map[string]string) error {
			_, err := errorRule(parameters, "")
			return err
		},
		Run: func(ctx context.Context, run *Run) error {
			rule, err := errorRule(run.Parameters, run.Region)
			if err != nil {
				return err
			}
			return sustain(ctx, run, rule)
		},
	})
}

// What LocalStack answers when a template does not say.
const (
	defaultException = "InternalError"
	defaultStatus    = 500
	errorMessage     = "Failing as per Fault Injection Simulator configuration"
)

func errorRule(parameters map[string]string, region string) (rule fault.Rule, err error) {
	if rule.Match, err = matchOf(parameters, region); err != nil {
		return rule, err
	}
	if rule.When.Share, err = shareOf(parameters); err != nil {
		return rule, err
	}
	status := defaultStatus
	if text, given := parameters["errorCode"]; given {
		if status, err = strconv.Atoi(text); err != nil || status < 400 || status > 599 {
			return rule, &ParameterError{"errorCode", "is not an HTTP error status from 400 to 599"}
		}
	}
	exception := defaultException
	if text, given := parameters["exception"]; given {
		if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) {
			return rule, &ParameterError{"exception", "is not an error code: it is blank or holds control characters"}
		}
		exception = text
	}
	rule.Effect = fault.ErrorWith(exception, status, errorMessage)
	return rule, nil
}
