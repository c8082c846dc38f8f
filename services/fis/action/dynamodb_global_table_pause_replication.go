package action

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/brownoutdev/brownout/fault"
)

func init() {
	// AWS writes Deny statements into the tables' policies. Here DynamoDB itself holds the writes back, in
	// both directions, and carries them over when the action ends.
	carryOut("aws:dynamodb:global-table-pause-replication", nil, func(ctx context.Context, r *Run) error {
		rule := fault.Rule{
			Match:  fault.Match{Service: fault.Patterns{"dynamodb"}},
			Effect: json.RawMessage(`{"kind":"replication-paused"}`),
		}
		for _, table := range r.resources() {
			rule.Match.Resource = append(rule.Match.Resource, table.ARN)
		}
		if len(rule.Match.Resource) == 0 {
			return &Error{Code: InvalidTarget, Reason: "Target resolution returned empty set."}
		}
		err := sustain(ctx, r, rule)
		var wrong *fault.RuleError
		if errors.As(err, &wrong) && wrong.Field == "effect.kind" {
			return &Error{Code: ConfigurationFailure, Reason: "The replication of global tables can be paused only where Brownout holds the tables itself.", Cause: err}
		}
		return err
	})
}
