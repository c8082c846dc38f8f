package action

import (
	"context"
	"errors"

	"github.com/brownoutdev/brownout/fault"
)

// sustain puts one rule into force for as long as the action lasts. ID, owner and end of the rule
// are filled in here.
func sustain(ctx context.Context, run *Run, rule fault.Rule) error {
	if err := context.Cause(ctx); err != nil {
		return err // to be stopped after a restart, which no rule has survived
	}
	if run.Over() {
		return nil // its time passed while the server was down
	}
	// The rule ends by itself even if nobody takes it out: with the action's duration, and with the
	// experiment at the latest.
	end := run.until()
	if end.After(run.Limit) {
		end = run.Limit
	}
	rule.ID, rule.Owner, rule.When.End = run.Owner(), run.Owner(), &end
	if err := run.Faults.Put(rule); err != nil {
		return putError(err)
	}
	defer run.Faults.Remove(rule.Owner)
	return run.Hold(ctx)
}

func putError(err error) error {
	var wrong *fault.RuleError
	if errors.As(err, &wrong) {
		return &Error{Code: ConfigurationFailure, Reason: "The fault cannot be put into force. " + wrong.Error(), Cause: err}
	}
	return &Error{Code: InternalFailure, Reason: "The fault could not be put into force. " + err.Error(), Cause: err}
}
