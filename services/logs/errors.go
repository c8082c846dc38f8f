package logs

import (
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func refused(code, format string, args ...any) *aws.Error {
	return &aws.Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

func invalid(format string, args ...any) *aws.Error {
	return refused("InvalidParameterException", format, args...)
}

func groupNotFound() *aws.Error {
	return refused("ResourceNotFoundException", "The specified log group does not exist.")
}

func streamNotFound() *aws.Error {
	return refused("ResourceNotFoundException", "The specified log stream does not exist.")
}

func notImplemented(format string, args ...any) *aws.Error {
	return aws.NotImplemented("Brownout's CloudWatch Logs does not carry out " + fmt.Sprintf(format, args...) + ".")
}
