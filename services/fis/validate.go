package fis

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/fault"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// problem is one thing that is wrong with a template: where it stands, and what a caller is told.
type problem struct {
	path []string
	err  *aws.Error
}

// validator collects what is wrong with a template beyond the model's constraints. The tables of
// actions and resource types say what exists; whether an action is carried out here does not matter
// to a template.
type validator struct {
	in *CreateExperimentTemplateRequest
	// strict: only what AWS takes is taken.
	strict bool
	// byModel: what the model of CreateExperimentTemplate requires has been missed already.
	byModel bool
	// checkRule judges a fault rule with all effects that there are here; nil: there is no server at hand.
	checkRule func(...fault.Rule) ([]fault.Warning, error)
	quotas    Quotas
	problems  []problem
}

// validator judges one template as this service does.
func (s *Service) validator(in *CreateExperimentTemplateRequest) *validator {
	return &validator{in: in, strict: s.Strict, quotas: s.Quotas, checkRule: s.Faults.Check}
}

// validate answers everything that is wrong, in the order in which a caller is to hear of it.
func (v *validator) validate() []problem {
	v.counts()
	for _, name := range slices.Sorted(maps.Keys(v.in.Actions)) {
		v.action(name, v.in.Actions[name])
	}
	v.cycles()
	for _, name := range slices.Sorted(maps.Keys(v.in.Targets)) {
		v.target(name, v.in.Targets[name])
	}
	v.stopConditions()
	v.role(value(v.in.RoleArn), "roleArn")
	v.logs()
	v.report()
	v.tags(v.in.Tags)
	return v.problems
}

func (v *validator) add(err *aws.Error, path ...string) {
	v.problems = append(v.problems, problem{path, err})
}

// lookup finds an action that a template may have.
func lookup(id string, strict bool) *action.Action {
	do := action.Lookup(id)
	if do != nil && strict && do.Ours() {
		return nil
	}
	return do
}

func (v *validator) counts() {
	roots := 0
	for _, a := range v.in.Actions {
		if len(a.StartAfter) == 0 {
			roots++
		}
	}
	actions, parallel := v.quotas.Of(QuotaActions), v.quotas.Of(QuotaParallel)
	switch n := len(v.in.Actions); {
	case n == 0 && v.in.Actions != nil: // else the model says so
		v.add(invalid("An experiment template must have at least one action."), "actions")
	case n > actions:
		v.add(quotaExceeded("The template has %d actions. An experiment template can have %d at most.", n, actions), "actions")
	case roots > parallel:
		v.add(quotaExceeded("%d actions of the template would run in parallel. An experiment can run %d at most.", roots, parallel), "actions")
	}
	if n, most := len(v.in.StopConditions), v.quotas.Of(QuotaStopConditions); n > most {
		v.add(quotaExceeded("The template has %d stop conditions. An experiment template can have %d at most.", n, most), "stopConditions")
	}
}

// nameForm is what AWS's console allows in names of actions and targets.
var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// name judges the name of an action or a target.
func (v *validator) name(what, name string, path ...string) {
	if v.strict && !nameForm.MatchString(name) {
		v.add(invalid("The name %q of %s must begin with a letter and hold only letters, digits, hyphens and underscores.", name, what), path...)
	}
}

func (v *validator) action(name string, in CreateExperimentTemplateActionInput) {
	v.name("an action", name, "actions", name)
	id := value(in.ActionId)
	switch do := lookup(id, v.strict); {
	case in.ActionId == nil && v.byModel:
	case in.ActionId == nil:
		v.add(invalid("The action %q has no actionId.", name), "actions", name)
	case do == nil:
		v.add(notFound("Action", id), "actions", name, "actionId")
	default:
		v.parameters(name, do, in.Parameters)
		v.actionTargets(name, do, in.Targets)
	}
	for i, before := range in.StartAfter {
		if _, exists := v.in.Actions[before]; !exists {
			v.add(invalid("Action %q is to start after action %q, which the template does not have.", name, before), "actions", name, "startAfter", fmt.Sprint(i))
		}
	}
}

func (v *validator) parameters(name string, do *action.Action, given map[string]string) {
	declared := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if _, is := do.Parameter(key); !is {
			v.add(invalid("Unexpected parameter %q found in action %q.", key, name), "actions", name, "parameters", key)
			continue
		}
		declared[key] = given[key]
	}
	missing := false
	for _, key := range slices.Sorted(maps.Keys(do.Parameters)) {
		if _, is := given[key]; do.Parameters[key].Required && !is && (v.strict || !do.Parameters[key].Forgone) {
			missing = true
			v.add(invalid("Missing required parameter %q in action %q.", key, name), "actions", name, "parameters")
		}
	}
	judged := *do
	if missing {
		judged.Check = nil // it counts on what is required
	}
	problems := judged.Problems(declared, v.strict)
	if do.Rule != nil && v.checkRule != nil && !missing && len(problems) == 0 {
		problems = v.rule(do, declared)
	}
	for _, wrong := range problems {
		v.add(invalid("The value %q of parameter %q in action %q %s.", given[wrong.Name], wrong.Name, name, wrong.Message), "actions", name, "parameters", wrong.Name)
	}
}

// rule judges the fault rule that an action's parameters ask for.
func (v *validator) rule(do *action.Action, parameters map[string]string) []*action.ParameterError {
	rule, err := do.Rule(parameters)
	if err == nil {
		_, err = v.checkRule(rule)
	}
	var wrong *action.ParameterError
	if err = action.RuleProblem(err); errors.As(err, &wrong) {
		return []*action.ParameterError{wrong}
	}
	return nil
}

// cycles finds actions that wait for each other: taking away again and again what waits for nothing
// leaves them, and those that wait for them.
func (v *validator) cycles() {
	left := maps.Clone(v.in.Actions)
	for {
		free := slices.DeleteFunc(slices.Collect(maps.Keys(left)), func(name string) bool {
			return slices.ContainsFunc(left[name].StartAfter, func(before string) bool {
				_, waits := left[before]
				return waits
			})
		})
		if len(free) == 0 {
			break
		}
		for _, name := range free {
			delete(left, name)
		}
	}
	if len(left) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(left))
	for i, name := range names {
		names[i] = fmt.Sprintf("%q", name)
	}
	v.add(invalid("The actions %s start after each other in a cycle.", strings.Join(names, ", ")), "actions")
}

// sourceNone is the source of a stop condition that never stops anything.
const sourceNone = "none"

var alarmForm = regexp.MustCompile(`^arn:[\w-]+:cloudwatch:[^:]*:[^:]*:alarm:.+$`)

func (v *validator) stopConditions() {
	if v.strict && v.in.StopConditions != nil && len(v.in.StopConditions) == 0 {
		v.add(invalid(`A template must have a stop condition. Use the source "none" for none.`), "stopConditions")
	}
	for i, condition := range v.in.StopConditions {
		path := []string{"stopConditions", fmt.Sprint(i)}
		given := value(condition.Value)
		switch source := value(condition.Source); {
		case condition.Source == nil: // the model says so
		case source == sourceNone:
			if condition.Value != nil {
				v.add(invalid("A stop condition of source \"none\" has no value."), append(path, "value")...)
			}
		case source == sourceAlarm && condition.Value == nil:
			v.add(invalid("A stop condition of source %q needs the ARN of an alarm as its value.", source), path...)
		case source == sourceAlarm && !alarmForm.MatchString(given):
			v.add(invalid("The value %q of a stop condition of source %q is not the ARN of an alarm.", given, source), append(path, "value")...)
		case source == sourceAlarm:
		case source == sourceCalls && !v.strict:
			if _, err := ParseSignal(given); err != nil {
				v.add(invalid("The value of a stop condition of source %q: %v.", source, err), append(path, "value")...)
			}
		default:
			v.add(invalid("The source %q of a stop condition is none of \"none\", \"aws:cloudwatch:alarm\".", source), append(path, "source")...)
		}
	}
}

// roleForm is the ARN of a role.
var roleForm = regexp.MustCompile(`^arn:aws[\w-]*:iam::\d{12}:role/.+$`)

// role judges the ARN of a role. LocalStack's documents have one without the second colon.
func (v *validator) role(arn string, path ...string) {
	if v.strict && arn != "" && !roleForm.MatchString(arn) {
		v.add(invalid("The value %q of roleArn is not the ARN of an IAM role.", arn), path...)
	}
}

// first is what a caller hears: FIS says one thing at a time.
func first(problems []problem) error {
	if len(problems) == 0 {
		return nil
	}
	return problems[0].err
}
