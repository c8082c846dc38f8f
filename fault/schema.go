package fault

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// schemaNotes say what a field of a rule is, by its way from the rule. What is not noted, its name says.
var schemaNotes = map[string]string{
	"id":                    "Unique among all rules; the server chooses one for a rule that brings none.",
	"owner":                 "Who made the rule: cli or api. The server fills it in.",
	"group":                 "Rules of one group are exclusive: the first that matches a call ends the group, whatever its draw.",
	"match":                 "Which calls; what is left out matches all.",
	"when":                  "Which of the matching calls are hit; all, when left out.",
	"seed":                  "Numbers the rule's draws; 0 or none: the server chooses.",
	"made":                  "When the rule was made; the server fills it in.",
	"match.service":         "Names of services as botocore and the AWS CLI have them, or globs.",
	"match.operation":       "Names, globs, or the classes read and write.",
	"match.account":         "Accounts of 12 digits.",
	"match.caller":          "Access key ids, ARNs of roles, users or sessions, or names of roles or users.",
	"match.role":            "ARNs or names of roles, or globs: the caller is a session of one of them.",
	"match.unknown_callers": "With role: callers of whom nothing is known match, too.",
	"match.user_agent":      "Found anywhere in the header; a glob must match the whole of it.",
	"match.header":          "Header name to value or glob; all must match.",
	"match.resource":        "ARNs, what ARNs end in (table/Orders), bare names, or globs of these.",
	"match.except":          "Calls that match this are left alone.",
	"when.share":            "The percentage of calls that are hit; 0 means never.",
	"when.after":            "So many matching calls pass first.",
	"when.first":            "So many matching calls can be hit at all.",
	"when.every":            "Each n-th matching call only.",
	"when.max":              "So many hits in all.",
	"when.attempts":         "Those attempts of a logical call: 1, 1-2, 3-.",
	"when.for":              "So long after start, or after the rule was made, it ends.",
	"when.flap":             "On and off in turn.",
}

// schemaLimits narrow a field down.
var schemaLimits = map[string]map[string]any{
	"when.share":    {"minimum": 0, "maximum": 100},
	"when.attempts": {"pattern": `^([0-9]+(-[0-9]*)?|-[0-9]+)$`},
}

// Schema is the JSON Schema (2020-12) of a rule, made from what ParseRule reads. kinds are those of
// Rules.Kinds: a kind that no parameters are known of takes any.
func Schema(kinds []string) json.RawMessage {
	root := objectSchema("", reflect.TypeFor[Rule]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "A fault rule of Brownout"
	root["required"] = []string{"effect"}
	variants := make([]any, 0, len(kinds))
	for _, kind := range kinds {
		variants = append(variants, effectSchema(kind))
	}
	root["$defs"] = map[string]any{
		"match":  objectSchema("match", reflect.TypeFor[Match]()),
		"effect": map[string]any{"oneOf": variants},
		"names": map[string]any{"anyOf": []any{
			map[string]any{"type": "string"},
			map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		}},
		"duration": map[string]any{
			"description": "A span such as 1.5s, 250ms or 1h30m, or a number of milliseconds.",
			"anyOf":       []any{map[string]any{"type": "string"}, map[string]any{"type": "number"}},
		},
	}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err) // maps of strings and numbers always marshal
	}
	return text
}

func effectSchema(kind string) map[string]any {
	properties := map[string]any{"kind": map[string]any{"const": kind}}
	schema := map[string]any{"type": "object", "required": []string{"kind"}, "properties": properties}
	if t := parameterTypes[kind]; t != nil {
		for name, field := range fieldSchemas("effect", t) {
			properties[name] = field
		}
		schema["additionalProperties"] = false
	}
	return schema
}

func objectSchema(path string, t reflect.Type) map[string]any {
	return map[string]any{"type": "object", "properties": fieldSchemas(path, t), "additionalProperties": false}
}

func fieldSchemas(path string, t reflect.Type) map[string]any {
	fields := map[string]any{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		way := join(path, name)
		field := valueSchema(way, t.Field(i).Type)
		if note := schemaNotes[way]; note != "" {
			field["description"] = note
		}
		for key, limit := range schemaLimits[way] {
			field[key] = limit
		}
		fields[name] = field
	}
	return fields
}

func valueSchema(path string, t reflect.Type) map[string]any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[Patterns]():
		return map[string]any{"$ref": "#/$defs/names"}
	case reflect.TypeFor[Duration]():
		return map[string]any{"$ref": "#/$defs/duration"}
	case reflect.TypeFor[Match]():
		return map[string]any{"$ref": "#/$defs/match"}
	case reflect.TypeFor[json.RawMessage]():
		return map[string]any{"$ref": "#/$defs/effect"}
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return objectSchema(path, t)
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": valueSchema(path, t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.String:
		return map[string]any{"type": "string"}
	}
	return map[string]any{"type": "integer", "minimum": 0}
}
