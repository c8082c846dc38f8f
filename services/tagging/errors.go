package tagging

import (
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func invalid(format string, args ...any) *aws.Error {
	return &aws.Error{Code: "InvalidParameterException", Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

// unsupported is for resources that the tagging API does not know.
func unsupported(arn string) *aws.Error {
	return invalid("The ARN %s is not of a type of resource that can be tagged here.", arn)
}
