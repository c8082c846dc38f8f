package cloudwatch

import (
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func refused(shape, code, format string, args ...any) *aws.Error {
	return &aws.Error{Code: code, Shape: shape, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

// The four of CloudWatch's query days, which the operations about metrics keep.
func badValue(format string, args ...any) *aws.Error {
	return refused("InvalidParameterValueException", "InvalidParameterValue", format, args...)
}

func badCombination(format string, args ...any) *aws.Error {
	return refused("InvalidParameterCombinationException", "InvalidParameterCombination", format, args...)
}

func missing(parameter string) *aws.Error {
	return refused("MissingRequiredParameterException", "MissingParameter", "The parameter %s is required.", parameter)
}

// invalid is what operations about alarms, and GetMetricData, answer.
func invalid(format string, args ...any) *aws.Error {
	return refused("", "ValidationError", format, args...)
}

func badToken(format string, args ...any) *aws.Error {
	return refused("InvalidNextToken", "InvalidNextToken", format, args...)
}

func notImplemented(format string, args ...any) *aws.Error {
	return aws.NotImplemented("Brownout's CloudWatch does not carry out " + fmt.Sprintf(format, args...) + ".")
}

// alarmNotFound is what SetAlarmState answers, and DeleteAlarms not: AWS takes names that are nobody's.
func alarmNotFound() *aws.Error {
	e := refused("ResourceNotFound", "ResourceNotFound", "Unknown")
	e.Status = 404
	return e
}
