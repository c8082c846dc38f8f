package logs

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/services"
)

// checkInput judges an input by the model; the code for what breaks it is InvalidParameterException here.
func checkInput(op *catalog.Operation, in any) error {
	if err := services.CheckConstraints(op, in); err != nil {
		return invalid("%s", aws.AsError(err).Message)
	}
	return checkNames(op, in)
}

var (
	groupForm  = regexp.MustCompile(`^[\.\-_/#A-Za-z0-9]*$`)
	streamForm = regexp.MustCompile(`^[^:*\x00]*$`)
)

// checkNames wants names to be all of what the model's unanchored patterns ask for.
func checkNames(op *catalog.Operation, in any) error {
	v := reflect.ValueOf(in).Elem()
	for _, m := range op.Input.Members {
		var form *regexp.Regexp
		switch m.Shape.Name {
		case "LogGroupName", "LogGroupNamePattern":
			form = groupForm
		case "LogStreamName":
			form = streamForm
		default:
			continue
		}
		name, ok := v.FieldByName(strings.ToUpper(m.Name[:1]) + m.Name[1:]).Interface().(*string)
		if ok && name != nil && !form.MatchString(*name) {
			return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: %s",
				*name, m.Name, m.Shape.Pattern)
		}
	}
	return nil
}
