package cloudwatch

import (
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/services"
)

// old are the operations that judge their input themselves, in the words of CloudWatch's query days.
var old = map[string]bool{"PutMetricData": true, "GetMetricStatistics": true, "ListMetrics": true}

// checkInput judges an input by the model; CloudWatch's code for what breaks it is ValidationError.
func checkInput(op *catalog.Operation, in any) error {
	if old[op.Name] {
		return nil
	}
	err := services.CheckConstraints(op, in)
	if err == nil {
		return nil
	}
	return invalid("%s", aws.AsError(err).Message)
}

// required answers which of some parameters is missing; pairs are name and whether it is absent.
type required struct {
	name   string
	absent bool
}

func firstMissing(all ...required) error {
	for _, r := range all {
		if r.absent {
			return missing(r.name)
		}
	}
	return nil
}

// checkName judges a namespace, a metric's name or a part of a dimension. Control characters separate
// what is stored, and AWS refuses them, too.
func checkName(parameter, text string, most int) error {
	switch {
	case text == "":
		return badValue("The parameter %s must not be empty.", parameter)
	case len(text) > most:
		return badValue("The parameter %s must be shorter than %d characters.", parameter, most+1)
	case strings.TrimSpace(text) == "":
		return badValue("The parameter %s must contain at least one non-whitespace character.", parameter)
	}
	for _, r := range text {
		if r < ' ' || r == 0x7f {
			return badValue("The parameter %s must not contain control characters.", parameter)
		}
	}
	return nil
}

const (
	longestName  = 255
	longestValue = 1024
)

func checkNamespace(namespace string) error {
	if err := checkName("Namespace", namespace, longestName); err != nil {
		return err
	}
	if namespace[0] == ':' {
		return badValue("The value %s for parameter Namespace is invalid.", namespace)
	}
	return nil
}

const mostDimensions = 30

// checkDimensions judges a metric's dimensions; parameter is how messages call the list.
func checkDimensions(parameter string, dimensions []Dimension) error {
	if len(dimensions) > mostDimensions {
		return badValue("The parameter %s must contain no more than %d elements.", parameter, mostDimensions)
	}
	seen := map[string]bool{}
	for i, d := range dimensions {
		at := member(parameter, i)
		if err := firstMissing(required{at + ".Name", d.Name == nil}, required{at + ".Value", d.Value == nil}); err != nil {
			return err
		}
		if err := checkName(at+".Name", *d.Name, longestName); err != nil {
			return err
		}
		if err := checkName(at+".Value", *d.Value, longestValue); err != nil {
			return err
		}
		if (*d.Name)[0] == ':' {
			return badValue("The parameter %s.Name must not start with a colon.", at)
		}
		if seen[*d.Name] {
			return badValue("The parameter %s must not contain duplicate dimension names: %s.", parameter, *d.Name)
		}
		seen[*d.Name] = true
	}
	return nil
}
