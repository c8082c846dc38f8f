package fault

import (
	"reflect"
	"strings"
)

// parameterTypes are the structures that effects read their parameters into, by kind.
var parameterTypes = map[string]reflect.Type{}

// Parameter is one parameter of a kind of effect.
type Parameter struct {
	Name string
	// Type is "string", "integer", "number", "boolean", "duration" or "object".
	Type string
	// Fields are those of an object.
	Fields []Parameter
}

// Parameters are what an effect of this kind can be told. It is nil for effects without parameters
// and for kinds that a service has registered, whose parameters only the service knows.
func Parameters(kind string) []Parameter {
	t := parameterTypes[kind]
	if t == nil {
		return nil
	}
	return parametersOf(t)
}

func parametersOf(t reflect.Type) []Parameter {
	var list []Parameter
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		field := t.Field(i).Type
		if field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		p := Parameter{Name: name, Type: "string"}
		switch {
		case field == reflect.TypeFor[Duration]():
			p.Type = "duration"
		case field.Kind() == reflect.Struct:
			p.Type, p.Fields = "object", parametersOf(field)
		case field.Kind() == reflect.Bool:
			p.Type = "boolean"
		case field.Kind() == reflect.Float64:
			p.Type = "number"
		case field.Kind() >= reflect.Int && field.Kind() <= reflect.Uint64:
			p.Type = "integer"
		}
		list = append(list, p)
	}
	return list
}
