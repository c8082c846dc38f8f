package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/server"
	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/fis/action"
	"github.com/brownoutdev/brownout/services/fis/target"
)

const fisIntroduction = `# FIS

The operations, actions and target resource types of AWS FIS, as Brownout has them. What AWS does not say, and Brownout
had to decide, is in [fis-decisions.md](fis-decisions.md).
`

const actionsIntroduction = `
` + "`ListActions` and `GetAction`" + ` describe all of these, and templates may have them. An action that is not carried out here
fails when it starts, with a reason that says so: it is never completed as if it had happened. Parameters in **bold** are
required. "At most" is how many resources the action takes (FIS's quota).

`

const ownActionsIntroduction = `
LocalStack's and Brownout's own; with ` + "`--fis-strict`" + ` there are none of them. Beside these:
` + "`localstack:SERVICE:inject-api-internal-error`" + ` for every service, with the parameters duration and percentage.

`

// fisPage lists what FIS answers, from the tables that answer.
func fisPage() (string, error) {
	served, err := server.Served()
	if err != nil {
		return "", err
	}
	var page strings.Builder
	page.WriteString(fisIntroduction)
	fmt.Fprintf(&page, "\n## Operations\n\n%d: %s.\n", len(served["fis"]), strings.Join(served["fis"], ", "))
	page.WriteString("\n## Actions of AWS\n" + actionsIntroduction)
	writeActions(&page, func(a *action.Action) bool { return !a.Ours() })
	page.WriteString("\n## Actions that AWS does not have\n" + ownActionsIntroduction)
	writeActions(&page, (*action.Action).Ours)
	page.WriteString("\n## Target resource types\n\n| type | parameters | chosen by |\n|---|---|---|\n")
	for _, t := range target.All() {
		var parameters []string
		for _, name := range slices.Sorted(maps.Keys(t.Parameters)) {
			parameters = append(parameters, marked(name, t.Parameters[name].Required))
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", t.ID, strings.Join(parameters, ", "), selectors(t))
	}
	page.WriteString("\n## Quotas\n\nPer account and region; `--fis-quota NAME=N` changes one.\n\n| name | AWS's |\n|---|---|\n")
	for _, name := range fis.QuotaNames() {
		fmt.Fprintf(&page, "| `%s` | %d |\n", name, fis.Quotas{}.Of(name))
	}
	return page.String(), nil
}

func writeActions(page *strings.Builder, wanted func(*action.Action) bool) {
	page.WriteString("| action | carried out | targets | at most | parameters |\n|---|---|---|---|---|\n")
	for _, a := range action.All() {
		if !wanted(a) {
			continue
		}
		carriedOut, most := "yes", ""
		if a.Run == nil {
			carriedOut = "no"
		}
		if a.TargetLimit > 0 {
			most = fmt.Sprint(a.TargetLimit)
		}
		var targets, parameters []string
		for _, key := range slices.Sorted(maps.Keys(a.Targets)) {
			of := key + ": `" + a.Targets[key] + "`"
			if a.TargetsOptional {
				of += " (optional)"
			}
			targets = append(targets, of)
		}
		for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
			parameters = append(parameters, marked(name, a.Parameters[name].Required))
		}
		fmt.Fprintf(page, "| `%s` | %s | %s | %s | %s |\n", a.ID, carriedOut, strings.Join(targets, ", "), most, strings.Join(parameters, ", "))
	}
}

func marked(name string, required bool) string {
	if required {
		return "**" + name + "**"
	}
	return name
}

// selectors are the ways in which resources of a type are chosen.
func selectors(t *target.Type) string {
	var ways []string
	if !t.NoARNs {
		ways = append(ways, "ARNs")
	}
	switch {
	case t.TagsRequired:
		ways = append(ways, "tags (required)")
	case !t.NoTags:
		ways = append(ways, "tags")
	}
	if !t.NoFilters {
		ways = append(ways, "filters")
	}
	if t.ParametersOnly {
		ways = append(ways, "parameters alone")
	}
	return strings.Join(ways, ", ")
}
