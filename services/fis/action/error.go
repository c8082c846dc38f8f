package action

// Codes of failed experiments, as FIS has them.
const (
	ConfigurationFailure    = "ConfigurationFailure"
	DependentServiceFailure = "DependentServiceFailure"
	InternalFailure         = "InternalFailure"
	InvalidTarget           = "InvalidTarget"
	AuthorizationFailure    = "AuthorizationFailure"
	QuotaExceededFailure    = "QuotaExceededFailure"
)

// Error is why an action failed. It becomes the reason and the error of the experiment.
type Error struct {
	// Code is one of the constants above.
	Code string
	// Reason is shown to users; at most 512 characters of it.
	Reason string
	// Account is where it failed; empty: in the experiment's own.
	Account string
	// Cause is for the log.
	Cause error
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Reason }

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// ParameterError is what Check answers: which parameter is wrong, and why.
type ParameterError struct {
	Name string
	// Message completes "The value ... of parameter NAME ": "is not a percentage from 0 to 100".
	Message string
}

// Error implements error.
func (e *ParameterError) Error() string { return e.Name + " " + e.Message }

// ErrOutcomeUnknown is what a step of AtMostOnce answers that had begun before a restart and whose
// result nobody has seen.
var ErrOutcomeUnknown = &Error{Code: InternalFailure, Reason: "outcome unknown after restart"}
