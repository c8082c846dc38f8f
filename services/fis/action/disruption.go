package action

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/fault"
)

// all is what LocalStack's documents write for "every": "api": "all".
const all = "all"

var (
	regionForm    = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	operationForm = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
)

// matchOf reads which calls LocalStack's generic actions disrupt. region is the experiment's own.
func matchOf(parameters map[string]string, region string) (fault.Match, error) {
	match := fault.Match{Region: fault.Patterns{region}}
	if text, given := parameters["region"]; given {
		switch {
		case isAll(text):
			match.Region = nil
		case !regionForm.MatchString(text):
			return match, &ParameterError{"region", "is not the name of a region"}
		default:
			match.Region = fault.Patterns{text}
		}
	}
	var service *catalog.Service
	if text, given := parameters["service"]; given && !isAll(text) {
		if service = catalog.Lookup(text); service == nil {
			return match, &ParameterError{"service", "is not the name of an AWS service"}
		}
		match.Service = fault.Patterns{service.Name}
	}
	name, text, err := operationOf(parameters)
	if err != nil || text == "" {
		return match, err
	}
	if service == nil {
		// Which services have an operation of that name is not asked: reading them all takes 100 ms.
		if !operationForm.MatchString(text) {
			return match, &ParameterError{name, "is not the name of an operation"}
		}
		match.Operation = fault.Patterns{text}
		return match, nil
	}
	operation := service.Operation(text)
	if operation == nil {
		return match, &ParameterError{name, "is not the name of an operation of " + service.Name}
	}
	match.Operation = fault.Patterns{operation.Name}
	return match, nil
}

// operationOf finds the operation under any of the names that LocalStack has had for the parameter.
// An empty text is every operation.
func operationOf(parameters map[string]string) (name, text string, err error) {
	for _, candidate := range []string{"operation", "apiCall", "api"} {
		value, given := parameters[candidate]
		if !given {
			continue
		}
		if name != "" && parameters[name] != value {
			return name, "", &ParameterError{candidate, "contradicts the parameter " + strconv.Quote(name) + ", which says the same thing by another name"}
		}
		if name == "" {
			name = candidate
		}
	}
	if name == "" || isAll(parameters[name]) {
		return name, "", nil
	}
	return name, parameters[name], nil
}

func isAll(text string) bool { return strings.EqualFold(text, all) }

// shareOf reads "percentage"; nil when it is not given.
func shareOf(parameters map[string]string) (*float64, error) {
	text, given := parameters["percentage"]
	if !given {
		return nil, nil
	}
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share >= 0 && share <= 100) { // NaN, too
		return nil, &ParameterError{"percentage", "is not a percentage from 0 to 100"}
	}
	return &share, nil
}

// The parameters that LocalStack's actions share, described once.
var (
	durationParameter   = Parameter{Form: lasting("PT1S", "PT12H"), Description: "How long the action lasts, as an ISO 8601 duration from PT1S to PT12H. Without it: until the experiment is stopped, 12 hours at most."}
	regionParameter     = Parameter{Description: `The region whose calls are disrupted, or "all". Default: the region that the experiment was started in.`}
	serviceParameter    = Parameter{Description: `The service whose calls are disrupted. Default: "all".`}
	operationParameter  = Parameter{Description: `The operation that is disrupted. Default: "all".`}
	apiCallParameter    = Parameter{Description: "An older name of the parameter operation."}
	percentageParameter = Parameter{Description: "The percentage of calls that are disrupted, from 0 (none) to 100 (all, the default)."}
)
