package fis

import (
	"fmt"

	"github.com/brownoutdev/brownout/aws"
)

// notFound is FIS's text for an id that does not exist: known of actions, by analogy of the rest.
func notFound(what, id string) *aws.Error {
	return &aws.Error{
		Code: "ResourceNotFoundException", Message: fmt.Sprintf("%s with ID %s not found.", what, id),
		Status: 404, Sender: true,
	}
}

func templateNotFound(id string) *aws.Error   { return notFound("Experiment template", id) }
func experimentNotFound(id string) *aws.Error { return notFound("Experiment", id) }

// quotaExceeded is FIS's unusual 402.
func quotaExceeded(format string, args ...any) *aws.Error {
	return &aws.Error{Code: "ServiceQuotaExceededException", Message: fmt.Sprintf(format, args...), Status: 402, Sender: true}
}

// The kinds of resources, as their ARNs have them.
const (
	templateResource   = "experiment-template/"
	experimentResource = "experiment/"
	actionResource     = "action/"
	leverResource      = "safety-lever/"
)

func conflict(format string, args ...any) *aws.Error {
	return &aws.Error{Code: "ConflictException", Message: fmt.Sprintf(format, args...), Status: 409, Sender: true}
}

func invalid(format string, args ...any) *aws.Error { return aws.Invalid(fmt.Sprintf(format, args...)) }
