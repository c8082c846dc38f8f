package action

import (
	"context"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
)

func init() { families = append(families, injectAPIInternalError) }

// injectAPIInternalError makes "localstack:SERVICE:inject-api-internal-error" for every service of
// AWS: LocalStack's ready-made form of the generic error.
func injectAPIInternalError(id string) *Action {
	name, ours := strings.CutPrefix(id, "localstack:")
	if !ours {
		return nil
	}
	name, ours = strings.CutSuffix(name, ":inject-api-internal-error")
	if !ours {
		return nil
	}
	service := catalog.Lookup(name)
	if service == nil {
		return nil
	}
	rule := func(parameters map[string]string, region string) (fault.Rule, error) {
		share, err := shareOf(parameters)
		return fault.Rule{
			Match:  fault.Match{Service: fault.Patterns{service.Name}, Region: fault.Patterns{region}},
			When:   fault.When{Share: share},
			Effect: fault.ErrorWith(defaultException, defaultStatus, errorMessage),
		}, err
	}
	return &Action{
		ID:          id,
		Description: "Answer API calls of " + service.ID + " with an internal error.",
		Parameters:  map[string]Parameter{"percentage": percentageParameter, durationName: durationParameter},
		Check: func(parameters map[string]string) error {
			_, err := rule(parameters, "")
			return err
		},
		Run: func(ctx context.Context, run *Run) error {
			r, err := rule(run.Parameters, run.Region)
			if err != nil {
				return err
			}
			return sustain(ctx, run, r)
		},
	}
}
