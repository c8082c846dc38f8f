package aws

import (
	"errors"
	"net/http"
)

// Error is the only error that a client ever sees. Codecs write it in the caller's protocol, so
// whoever returns one (an operation, a fault, the gateway) needs to know no protocol.
type Error struct {
	// Code is what the SDK shows as the error's code. It may hold blanks: users choose it in fault rules.
	Code string
	// Shape is the modelled shape's name where it differs from Code (query-compatible services); else empty.
	Shape string
	// Namespace overrides the service's error namespace ("com.amazon.coral.validate"); empty for the service's own.
	Namespace string
	// Message is shown to the caller.
	Message string
	// Status is the HTTP status, 400..599.
	Status int
	// Sender is true when the caller is at fault (query protocols say so in the body).
	Sender bool
	// RetryAfter is the seconds that the header Retry-After asks the caller to wait; 0: no such header.
	RetryAfter int
	// Detail holds further modelled members of the error (an Item, CancellationReasons), or nil.
	Detail any
	// Cause is for the log, never for the caller.
	Cause error
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// AsError turns any error into one that a client may see. What is no *Error becomes an
// InternalFailure whose text stays inside.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{
		Code: "InternalFailure", Message: "The request processing has failed because of an unknown error, exception or failure.",
		Status: http.StatusInternalServerError, Cause: err,
	}
}

// Invalid is a ValidationException (400) with this message.
func Invalid(message string) *Error {
	return &Error{Code: "ValidationException", Message: message, Status: http.StatusBadRequest, Sender: true}
}

// NotImplemented says what Brownout does not do (501), in words that name it.
func NotImplemented(message string) *Error {
	return &Error{Code: "NotImplemented", Message: message, Status: http.StatusNotImplemented}
}
