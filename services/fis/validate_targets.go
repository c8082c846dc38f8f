package fis

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

// actionTargets judges which targets an action names.
func (v *validator) actionTargets(name string, do *action.Action, given map[string]string) {
	instead := false
	for _, key := range slices.Sorted(maps.Keys(given)) {
		path := []string{"actions", name, "targets", key}
		wanted, declared := do.Targets[key]
		if !declared && v.alsoTakes(do, key, given[key]) {
			wanted, declared, instead = value(v.in.Targets[given[key]].ResourceType), true, true
		}
		if !declared {
			v.add(invalid("Unexpected target %q found in action %q.", key, name), path...)
			continue
		}
		of, exists := v.in.Targets[given[key]]
		switch {
		case !exists:
			v.add(invalid("The action %q has the target %q, which the template does not have.", name, given[key]), path...)
		case value(of.ResourceType) != wanted && target.Lookup(value(of.ResourceType)) != nil:
			v.add(invalid("The target %q of the action %q has the resource type %s. The action takes %s.", given[key], name, value(of.ResourceType), wanted), path...)
		case do.ARNsOnly && (len(of.ResourceTags) > 0 || len(of.Filters) > 0 || len(of.Parameters) > 0):
			v.add(invalid("The action %q takes only targets with resource ARNs. The target %q has tags, filters or parameters.", name, given[key]), path...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(do.Targets)) {
		if _, is := given[key]; !is && !do.TargetsOptional && !instead {
			v.add(invalid("Missing required target %q in action %q.", key, name), "actions", name, "targets")
		}
	}
}

// alsoTakes reports whether a target stands under a key that AWS does not know for the action, but LocalStack does.
func (v *validator) alsoTakes(do *action.Action, key, name string) bool {
	of, exists := v.in.Targets[name]
	if v.strict || !exists {
		return false
	}
	_, any := do.AlsoTakes[action.AnyTarget]
	wanted, takes := do.AlsoTakes[key]
	return any || takes && wanted == value(of.ResourceType)
}

// target judges how a target chooses its resources.
func (v *validator) target(name string, in CreateExperimentTemplateTargetInput) {
	v.name("a target", name, "targets", name)
	if v.strict && !v.used(name) {
		v.add(invalid("The target %q is not used by any action.", name), "targets", name)
	}
	v.selectionMode(name, value(in.SelectionMode))
	id := value(in.ResourceType)
	t := target.Lookup(id)
	if t == nil {
		v.add(notFound("TargetResourceType", id), "targets", name, "resourceType")
		return
	}
	v.selectors(name, t, in)
	v.targetParameters(name, t, in.Parameters)
	for i, arn := range in.ResourceArns {
		if strings.Count(arn, ":") < 5 || !strings.HasPrefix(arn, "arn:") {
			v.add(invalid("The value %q in resourceArns of target %q is not an ARN.", arn, name), "targets", name, "resourceArns", fmt.Sprint(i))
		}
	}
	for i, filter := range in.Filters {
		v.filter(name, i, filter)
	}
}

func (v *validator) used(target string) bool {
	for _, a := range v.in.Actions {
		for _, of := range a.Targets {
			if of == target {
				return true
			}
		}
	}
	return false
}

// selectors judges which ways of choosing go together, and with the resource type.
func (v *validator) selectors(name string, t *target.Type, in CreateExperimentTemplateTargetInput) {
	arns, tags, filters := len(in.ResourceArns) > 0, len(in.ResourceTags) > 0, len(in.Filters) > 0
	before := len(v.problems)
	if arns && tags {
		v.add(invalid("You cannot specify both resource ARNs and resource tags for target %s.", name), "targets", name)
	}
	if arns && filters {
		v.add(invalid("You cannot specify both resource ARNs and filters for target %s.", name), "targets", name)
	}
	if arns && t.NoARNs {
		v.add(invalid("TargetResourceType %s does not support resourceArns.", t.ID), "targets", name, "resourceArns")
	}
	if tags && t.NoTags {
		v.add(invalid("TargetResourceType %s does not support resourceTags.", t.ID), "targets", name, "resourceTags")
	}
	if filters && t.NoFilters {
		v.add(invalid("TargetResourceType %s does not support filters.", t.ID), "targets", name, "filters")
	}
	if len(v.problems) > before {
		return
	}
	switch {
	case t.TagsRequired && !tags:
		v.add(invalid("Tags are required for TargetResourceType %s", t.ID), "targets", name)
	case !arns && !tags && !filters && (!t.ParametersOnly || len(in.Parameters) == 0):
		v.add(invalid("You must specify resource ARNs, resource tags or filters for target %s.", name), "targets", name)
	}
}

func (v *validator) targetParameters(name string, t *target.Type, given map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(given)) {
		p, declared := t.Parameters[key]
		switch path := []string{"targets", name, "parameters", key}; {
		case !declared:
			v.add(invalid("Unexpected parameter %q found in target %q.", key, name), path...)
		case len(p.OneOf) > 0 && !slices.Contains(p.OneOf, given[key]):
			v.add(invalid("The value %q of parameter %q in target %q is none of %s.", given[key], key, name, strings.Join(p.OneOf, ", ")), path...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.Parameters)) {
		if _, is := given[key]; t.Parameters[key].Required && !is {
			v.add(invalid("Missing required parameter %q in target %q.", key, name), "targets", name, "parameters")
		}
	}
}

// selectionForm is how many of the resources are chosen.
var selectionForm = regexp.MustCompile(`^(?:ALL|(COUNT|PERCENT)\((\d+)\))$`)

func (v *validator) selectionMode(name, mode string) {
	if mode == "" {
		return // the model says so
	}
	m := selectionForm.FindStringSubmatch(mode)
	wrong := m == nil
	if !wrong && m[1] != "" {
		n, err := strconv.Atoi(m[2])
		wrong = err != nil || n < 1 || m[1] == "PERCENT" && n > 100
	}
	if wrong {
		v.add(invalid("The selectionMode %q of target %q is none of ALL, COUNT(n) and PERCENT(n).", mode, name), "targets", name, "selectionMode")
	}
}

var (
	filterForm = regexp.MustCompile(`^[\w-]+(\.[\w-]+)*$`)
	pascalForm = regexp.MustCompile(`^[A-Z0-9][\w-]*(\.[A-Z0-9][\w-]*)*$`)
)

func (v *validator) filter(name string, i int, in ExperimentTemplateTargetInputFilter) {
	path := []string{"targets", name, "filters", fmt.Sprint(i)}
	switch of := value(in.Path); {
	case of == "": // the model says so
	case !filterForm.MatchString(of):
		v.add(invalid("The filter path %q of target %q is not a list of names separated using dots.", of, name), append(path, "path")...)
	case v.strict && !pascalForm.MatchString(of):
		v.add(invalid("The filter path %q of target %q is not in Pascal case, as in State.Name: it would never match.", of, name), append(path, "path")...)
	}
	if in.Values != nil && len(in.Values) == 0 {
		v.add(invalid("The filter %q of target %q has no values.", value(in.Path), name), append(path, "values")...)
	}
}
