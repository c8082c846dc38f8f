package action

import (
	"context"
	"errors"
	"strings"

	"github.com/brownoutdev/brownout/fault"
)

func init() {
	parameters := map[string]Parameter{durationName: durationParameter}
	for _, field := range fault.FlatFields() {
		description := field.Note
		if description == "" {
			description = "The rule's field " + field.Name + "."
		}
		parameters[field.Name] = Parameter{Description: description, Required: field.Name == "effect.kind"}
	}
	register(&Action{
		ID:              "brownout:fault",
		Description:     "Put a fault rule into force: calls that match get an effect, on a schedule.",
		Parameters:      parameters,
		Targets:         map[string]string{"Roles": "aws:iam:role"},
		TargetsOptional: true,
		Check: func(parameters map[string]string) error {
			rule, err := flatRule(parameters)
			if err == nil {
				err = RuleProblem(fault.Check(rule))
			}
			return err
		},
		Rule: flatRule,
		Run: func(ctx context.Context, r *Run) error {
			rule, err := flatRule(r.Parameters)
			if err != nil {
				return &Error{Code: ConfigurationFailure, Reason: err.Error()}
			}
			if len(rule.Match.Region) == 0 {
				rule.Match.Region = fault.Patterns{r.Region}
			}
			if len(r.Targets["Roles"]) > 0 {
				if err := r.narrowToRoles(&rule.Match); err != nil {
					return err
				}
			}
			return sustain(ctx, r, rule)
		},
	})
}

// flatRule reads the rule. The error is a *ParameterError.
func flatRule(parameters map[string]string) (fault.Rule, error) {
	fields := make(map[string]string, len(parameters))
	for name, text := range parameters {
		if name != durationName {
			fields[name] = text
		}
	}
	rule, err := fault.ParseFlat(fields)
	return rule, RuleProblem(err)
}

// RuleProblem is a *ParameterError for what is wrong with a rule (a *fault.RuleError) that parameters asked
// for by its dotted names. Other errors stay as they are.
func RuleProblem(err error) error {
	var wrong *fault.RuleError
	if !errors.As(err, &wrong) {
		return err
	}
	name, _, _ := strings.Cut(wrong.Field, "[") // of a list, the parameter is the whole
	return &ParameterError{name, "will not do: " + wrong.Message}
}
