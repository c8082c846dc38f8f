package target

import (
	"errors"
	"fmt"
	"strings"

	"github.com/brownoutdev/brownout/aws"
)

// Error is why resources cannot be found. It becomes the reason and the error of the experiment.
type Error struct {
	// Code is one of FIS's codes of failed experiments: "InvalidTarget".
	Code string
	// Reason is shown to users.
	Reason string
	// Cause is for the log.
	Cause error
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Reason }

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// Empty is AWS's reason when no resource is left.
const Empty = "Target resolution returned empty set."

func invalid(format string, args ...any) *Error {
	return &Error{Code: "InvalidTarget", Reason: fmt.Sprintf(format, args...)}
}

// callFailure is an error with the call that it answered.
type callFailure struct {
	call string
	err  error
}

func (f *callFailure) Error() string { return f.call + ": " + f.err.Error() }

func (f *callFailure) Unwrap() error { return f.err }

// failed is why FIS cannot go on after a call of another service failed.
func failed(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	call := "of another service"
	var of *callFailure
	if errors.As(err, &of) {
		call = of.call
	}
	var e *aws.Error
	if !errors.As(err, &e) {
		return &Error{Code: "DependentServiceFailure", Reason: fmt.Sprintf("The call %s failed. %v", call, err), Cause: err}
	}
	reason := fmt.Sprintf("The call %s failed. %s", call, strings.TrimSuffix(e.Code+": "+e.Message, ": "))
	switch {
	case nobody(err):
		return &Error{Code: "InvalidTarget", Reason: fmt.Sprintf("Targets cannot be looked up: the call %s is not carried out here. %s", call, e.Message), Cause: err}
	case e.Status == 401 || e.Status == 403 || strings.Contains(e.Code, "AccessDenied") || strings.Contains(e.Code, "Unauthorized"):
		return &Error{Code: "AuthorizationFailure", Reason: reason, Cause: err}
	}
	return &Error{Code: "DependentServiceFailure", Reason: reason, Cause: err}
}

// nobody reports whether there is nobody who carries the call out.
func nobody(err error) bool {
	var e *aws.Error
	return errors.As(err, &e) && (e.Status == 501 || e.Code == "NotImplemented")
}

// absent reports whether the call said that what it asked for does not exist.
func absent(err error) bool {
	var e *aws.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, part := range []string{"NotFound", "NoSuch", "DoesNotExist"} {
		if strings.Contains(e.Code, part) {
			return true
		}
	}
	return e.Status == 404 && !nobody(err)
}
