package protocol

import (
	"errors"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

const coralService = "com.amazon.coral.service"

// serialization is AWS's answer to a request that its framework cannot read.
func serialization(message string) *aws.Error {
	return &aws.Error{
		Code: "SerializationException", Namespace: coralService, Message: message, Status: 400, Sender: true,
	}
}

// asSerialization makes any failure of a reader one that the client may see. AWS says nothing about
// broken JSON but the code, so syntax stays in the cause.
func asSerialization(err error) error {
	if err == nil {
		return nil
	}
	var known *aws.Error
	if errors.As(err, &known) {
		return known
	}
	e := serialization("")
	var syntax *jsonscan.SyntaxError
	if !errors.As(err, &syntax) {
		e.Message = err.Error()
	}
	e.Cause = err
	return e
}

// internalError is for mistakes in the program: a Go type that does not fit the model.
func internalError(err error) error { return aws.AsError(err) }
