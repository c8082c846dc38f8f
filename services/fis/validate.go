package fis

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// problem is one thing that is wrong with a template: where it stands, and what a caller is told.
type problem struct {
	path []string
	err  *aws.Error
}

// validator collects what is wrong with a template beyond the model's constraints. It knows what
// exists (actions, their parameters) and what this Brownout carries out; both are said here only.
type validator struct {
	in       *CreateExperimentTemplateRequest
	problems []problem
}

// validate answers everything that is wrong, in the order in which a caller is to hear of it.
func validate(in *CreateExperimentTemplateRequest) []problem {
	v := &validator{in: in}
	v.quotas()
	for _, name := range slices.Sorted(maps.Keys(in.Actions)) {
		v.action(name, in.Actions[name])
	}
	v.cycles()
	v.stopConditions()
	v.tags(in.Tags)
	v.carriedOut()
	return v.problems
}

func (v *validator) add(err *aws.Error, path ...string) {
	v.problems = append(v.problems, problem{path, err})
}

func (v *validator) quotas() {
	roots := 0
	for _, a := range v.in.Actions {
		if len(a.StartAfter) == 0 {
			roots++
		}
	}
	switch n := len(v.in.Actions); {
	case n == 0:
		v.add(invalid("An experiment template must have at least one action."), "actions")
	case n > maxActions:
		v.add(quotaExceeded("The template has %d actions. An experiment template can have %d at most.", n, maxActions), "actions")
	case roots > maxParallelActions:
		v.add(quotaExceeded("%d actions of the template would run in parallel. An experiment can run %d at most.", roots, maxParallelActions), "actions")
	}
	if n := len(v.in.StopConditions); n > maxStopConditions {
		v.add(quotaExceeded("The template has %d stop conditions. An experiment template can have %d at most.", n, maxStopConditions), "stopConditions")
	}
}

func (v *validator) action(name string, in CreateExperimentTemplateActionInput) {
	id := value(in.ActionId)
	do := action.Lookup(id)
	switch {
	case do == nil && action.NotCarriedOut(id):
		v.add(aws.NotImplemented(fmt.Sprintf("Brownout does not carry out the action %s.", id)), "actions", name, "actionId")
	case do == nil:
		v.add(notFound("Action", id), "actions", name, "actionId")
	default:
		v.parameters(name, do, in.Parameters)
		v.actionTargets(name, do, in.Targets)
	}
	for _, before := range in.StartAfter {
		if _, exists := v.in.Actions[before]; !exists {
			v.add(invalid("Action %q is to start after action %q, which the template does not have.", name, before), "actions", name, "startAfter")
		}
	}
}

func (v *validator) parameters(name string, do *action.Action, given map[string]string) {
	before := len(v.problems)
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if _, declared := do.Parameters[key]; !declared {
			v.add(invalid("Unexpected parameter %q found in action %q.", key, name), "actions", name, "parameters", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(do.Parameters)) {
		if _, is := given[key]; do.Parameters[key].Required && !is {
			v.add(invalid("Missing required parameter %q in action %q.", key, name), "actions", name, "parameters")
		}
	}
	if len(v.problems) > before || do.Check == nil {
		return
	}
	if err := do.Check(given); err != nil {
		wrong := &action.ParameterError{Name: "parameters", Message: err.Error()}
		if p, ok := err.(*action.ParameterError); ok {
			wrong = p
		}
		v.add(invalid("The value %q of parameter %q in action %q %s.", given[wrong.Name], wrong.Name, name, wrong.Message), "actions", name, "parameters", wrong.Name)
	}
}

func (v *validator) actionTargets(name string, do *action.Action, given map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if _, declared := do.Targets[key]; !declared {
			v.add(invalid("Unexpected target %q found in action %q.", key, name), "actions", name, "targets", key)
		}
	}
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

func (v *validator) stopConditions() {
	for i, condition := range v.in.StopConditions {
		path := []string{"stopConditions", fmt.Sprint(i)}
		switch source := value(condition.Source); source {
		case "none":
			if condition.Value != nil {
				v.add(invalid("A stop condition of source \"none\" has no value."), path...)
			}
		case "aws:cloudwatch:alarm":
			v.add(aws.NotImplemented("Brownout does not watch stop conditions of source aws:cloudwatch:alarm."), path...)
		default:
			v.add(invalid("The source %q of a stop condition is none of \"none\", \"aws:cloudwatch:alarm\".", source), path...)
		}
	}
}

// tagForm is what FIS allows in tags' keys and values.
var tagForm = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func (v *validator) tags(tags map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			v.add(invalid("The tag key %q begins with \"aws:\", which is reserved.", key), "tags", key)
		case !tagForm.MatchString(key):
			v.add(invalid("The tag key %q holds characters that are not allowed.", key), "tags", key)
		case !tagForm.MatchString(tags[key]):
			v.add(invalid("The value of the tag %q holds characters that are not allowed.", key), "tags", key)
		}
	}
}

// carriedOut names the members that would have no effect: rather refused than ignored in silence.
func (v *validator) carriedOut() {
	refuse := func(member, what string) { v.add(aws.NotImplemented("Brownout does not "+what+"."), member) }
	if len(v.in.Targets) > 0 {
		refuse("targets", "resolve targets: the template must have none")
	}
	if l := v.in.LogConfiguration; l != nil && (l.CloudWatchLogsConfiguration != nil || l.S3Configuration != nil) {
		refuse("logConfiguration", "deliver experiment logs: the template must have no logConfiguration")
	}
	if v.in.ExperimentReportConfiguration != nil {
		refuse("experimentReportConfiguration", "write experiment reports: the template must have no experimentReportConfiguration")
	}
	if o := v.in.ExperimentOptions; o != nil && cmp.Or(value(o.AccountTargeting), singleAccount) != singleAccount {
		refuse("experimentOptions", "target several accounts: accountTargeting must be "+singleAccount)
	}
}

// first is what a caller hears: FIS says one thing at a time.
func first(problems []problem) error {
	if len(problems) == 0 {
		return nil
	}
	return problems[0].err
}
