package sts

import (
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func invalid(format string, args ...any) *aws.Error {
	return refused("ValidationError", format, args...)
}

func refused(code, format string, args ...any) *aws.Error {
	return &aws.Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

// accessDenied is for those whose own credentials are a role's session.
func accessDenied(operation string) *aws.Error {
	return &aws.Error{Code: "AccessDenied", Message: "Cannot call " + operation + " with session credentials", Status: 403, Sender: true}
}
