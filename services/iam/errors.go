package iam

import (
	"errors"
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

func refused(code string, status int, format string, args ...any) *aws.Error {
	return &aws.Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status, Sender: true}
}

func invalid(format string, args ...any) *aws.Error {
	return refused("ValidationError", 400, format, args...)
}

func badInput(format string, args ...any) *aws.Error {
	return refused("InvalidInput", 400, format, args...)
}

func noSuch(format string, args ...any) *aws.Error {
	return refused("NoSuchEntity", 404, format, args...)
}

func exists(format string, args ...any) *aws.Error {
	return refused("EntityAlreadyExists", 409, format, args...)
}

func inUse(format string, args ...any) *aws.Error {
	return refused("DeleteConflict", 409, format, args...)
}

func tooMany(quota string, most int) *aws.Error {
	return refused("LimitExceeded", 409, "Cannot exceed quota for %s: %d", quota, most)
}

func malformed(message string) *aws.Error {
	return refused("MalformedPolicyDocument", 400, "%s", message)
}

// missing reports whether an error says that something does not exist.
func missing(err error) bool {
	var e *aws.Error
	return errors.As(err, &e) && e.Code == "NoSuchEntity"
}
