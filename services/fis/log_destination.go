package fis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// logGroup is a log group that an experiment logs to.
type logGroup struct{ region, name string }

// parseLogGroup reads a log group's ARN, with or without ":*" at its end.
func parseLogGroup(text string) (group logGroup, ok bool) {
	arn, ok := aws.ParseARN(text)
	name, isGroup := strings.CutPrefix(strings.TrimSuffix(arn.Resource, ":*"), "log-group:")
	return logGroup{arn.Region, name}, ok && isGroup && arn.Service == "logs" && name != ""
}

// logStream is the stream that FIS writes an experiment's log to.
func logStream(experiment string) string { return "/aws/fis/" + experiment }

// checkDestinations makes sure that the experiment can be logged where the template asks for.
func (r *experimentRecord) checkDestinations(ctx context.Context, a *asking) *action.Error {
	l := r.Experiment.LogConfiguration
	if l == nil {
		return nil
	}
	if c := l.CloudWatchLogsConfiguration; c != nil && value(c.LogGroupArn) != "" {
		if err := makeLogStream(ctx, a, value(c.LogGroupArn)); err != nil {
			return err
		}
	}
	if c := l.S3Configuration; c != nil && value(c.BucketName) != "" {
		bucket := value(c.BucketName)
		if _, err := a.ask(ctx, a.Account, "s3", "HeadBucket", aws.Document{"Bucket": bucket}); err != nil {
			return destinationError("The experiment cannot be logged to the S3 bucket "+bucket, "s3:HeadBucket", a, err)
		}
	}
	return nil
}

func makeLogStream(ctx context.Context, a *asking, arn string) *action.Error {
	group, ok := parseLogGroup(arn)
	if !ok {
		return &action.Error{Code: action.ConfigurationFailure, Reason: arn + " is not the ARN of a log group."}
	}
	_, err := a.askIn(ctx, a.Account, group.region, "logs", "CreateLogStream", aws.Document{
		"logGroupName": group.name, "logStreamName": logStream(a.experiment),
	})
	var e *aws.Error
	if err == nil || errors.As(err, &e) && e.Code == "ResourceAlreadyExistsException" {
		return nil
	}
	return destinationError("The experiment cannot be logged to the log group "+group.name, "logs:CreateLogStream", a, err)
}

func destinationError(what, call string, a *asking, err error) *action.Error {
	e := aws.AsError(err)
	reason := fmt.Sprintf("%s. %s: %s", what, e.Code, e.Message)
	switch {
	case e.Status == 403 || strings.Contains(e.Code, "AccessDenied"):
		return &action.Error{
			Code: action.AuthorizationFailure, Cause: err,
			Reason: fmt.Sprintf("Role %q does not have sufficient privileges to perform %s.", a.role, call),
		}
	case e.Status >= 500 && e.Status != 501:
		return &action.Error{Code: action.DependentServiceFailure, Reason: reason, Cause: err}
	}
	return &action.Error{Code: action.ConfigurationFailure, Reason: reason, Cause: err}
}
