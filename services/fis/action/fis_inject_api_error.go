package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
)

func init() {
	for id, kind := range map[string]string{
		"aws:fis:inject-api-internal-error":    "internal-error",
		"aws:fis:inject-api-throttle-error":    "throttle",
		"aws:fis:inject-api-unavailable-error": "unavailable",
	} {
		carryOut(id, func(parameters map[string]string) error {
			_, err := apiErrorRule(parameters, kind)
			return err
		}, func(ctx context.Context, r *Run) error {
			rule, err := apiErrorRule(r.Parameters, kind)
			if err != nil {
				return &Error{Code: ConfigurationFailure, Reason: err.Error()}
			}
			rule.Match.Region = fault.Patterns{r.Region}
			if err := r.narrowToRoles(&rule.Match); err != nil {
				return err
			}
			return sustain(ctx, r, rule)
		})
	}
}

// apiErrorRule is the fault of an action, without who it is for.
func apiErrorRule(parameters map[string]string, kind string) (rule fault.Rule, err error) {
	service := namedService(parameters["service"])
	if service == nil {
		return rule, &ParameterError{"service", "is not the name of an AWS service"}
	}
	if service.Name == fault.ControlService {
		return rule, &ParameterError{"service", "is the one that experiments are stopped with; the action brownout:fault disrupts it"}
	}
	rule.Match = fault.Match{Service: fault.Patterns{service.Name}, Operation: listed(parameters["operations"])}
	if rule.When.Share, err = shareOf(parameters); err != nil {
		return rule, err
	}
	if rule.Effect, err = json.Marshal(map[string]string{"kind": kind}); err != nil {
		return rule, err
	}
	var wrong *fault.RuleError
	if err := fault.Check(rule); errors.As(err, &wrong) {
		return rule, &ParameterError{"operations", fmt.Sprintf("cannot be: %s", wrong.Message)}
	}
	return rule, nil
}

// namedService finds a service by any of its names, or by what its host begins with ("monitoring").
func namedService(name string) *catalog.Service {
	if service := catalog.Lookup(name); service != nil {
		return service
	}
	if all := catalog.ByEndpointPrefix(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// narrowToRoles makes a rule one about the callers that are sessions of the target roles. Of whom nothing
// is known counts as one, unless the server is strict.
func (r *Run) narrowToRoles(match *fault.Match) error {
	roles := r.Targets["Roles"]
	if len(roles) == 0 {
		return &Error{Code: InvalidTarget, Reason: "Target resolution returned empty set."}
	}
	for _, role := range roles {
		match.Role = append(match.Role, role.ARN)
	}
	match.UnknownCallers = !r.Strict
	if r.Strict {
		r.Log.Info("calls are hit whose caller is known to be a session of a target role; see --identity for callers of whom nothing is known")
	} else {
		r.Log.Info("calls are hit whose caller is a session of a target role, or of whose caller nothing is known; --identity says who callers are, and --fis-strict leaves unknown ones alone")
	}
	return nil
}
