package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// ParseRule reads a rule as users write it, in JSON. Fields that rules do not have are refused, with the
// nearest that they have. Whether the rule can work is for Rules to say. The error is a *RuleError.
func ParseRule(text []byte) (Rule, error) {
	var rule Rule
	err := decodeFields("", text, reflect.ValueOf(&rule).Elem())
	return rule, err
}

// ParseRules reads a list of rules: a JSON array, an object {"rules": [...]}, or one rule alone. The
// error is a *RuleError whose Index says which rule is wrong.
func ParseRules(text []byte) ([]Rule, error) {
	trimmed := bytes.TrimSpace(text)
	var list []json.RawMessage
	switch {
	case len(trimmed) > 0 && trimmed[0] == '[':
		if err := json.Unmarshal(trimmed, &list); err != nil {
			return nil, &RuleError{Field: "rules", Message: notJSON(err)}
		}
	default:
		var object map[string]json.RawMessage
		if err := json.Unmarshal(trimmed, &object); err != nil {
			return nil, &RuleError{Field: "rules", Message: notJSON(err)}
		}
		if inner, ok := object["rules"]; ok && len(object) == 1 {
			return ParseRules(inner)
		}
		list = []json.RawMessage{trimmed}
	}
	rules := make([]Rule, len(list))
	for i, one := range list {
		var err error
		if rules[i], err = ParseRule(one); err != nil {
			var e *RuleError
			if errors.As(err, &e) {
				e.Index, e.ID = i, rules[i].ID
			}
			return nil, err
		}
	}
	return rules, nil
}

func notJSON(err error) string { return "this is not JSON: " + err.Error() }

// decodeFields decodes a JSON object into a structure, field by field, so that an error can say which
// it is about. path is the object's own; ignored are keys that are not the structure's.
func decodeFields(path string, text []byte, into reflect.Value, ignored ...string) error {
	object, err := decodeObject(path, text)
	if err != nil {
		return err
	}
	var known []string
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		known = append(known, name)
		value, present := object[name]
		delete(object, name)
		if !present {
			continue
		}
		if err := decodeField(join(path, name), value, into.Field(i)); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) { // the same one every time
		if !slices.Contains(ignored, name) {
			what := "field"
			if len(ignored) > 0 {
				what = "parameter"
			}
			return &RuleError{Field: join(path, name), Message: unknown(name, what, known)}
		}
	}
	return nil
}

func decodeObject(path string, text []byte) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	err := json.Unmarshal(text, &object)
	if err != nil && !json.Valid(text) {
		return nil, &RuleError{Field: path, Message: notJSON(err)}
	}
	if err != nil || object == nil {
		return nil, &RuleError{Field: path, Message: fmt.Sprintf("%s is not an object", shortened(text))}
	}
	return object, nil
}

func decodeField(path string, text json.RawMessage, into reflect.Value) error {
	kind := into.Type()
	if kind.Kind() == reflect.Pointer && kind.Elem().Kind() == reflect.Struct {
		kind = kind.Elem()
	}
	_, decodesItself := reflect.New(kind).Interface().(json.Unmarshaler)
	if kind.Kind() != reflect.Struct || decodesItself {
		if err := json.Unmarshal(text, into.Addr().Interface()); err != nil {
			return &RuleError{Field: path, Message: mistyped(text, kind, err)}
		}
		return nil
	}
	if into.Kind() == reflect.Pointer {
		if string(text) == "null" {
			return nil
		}
		into.Set(reflect.New(kind))
		into = into.Elem()
	}
	return decodeFields(path, text, into)
}

// mistyped says what a value should have been.
func mistyped(text json.RawMessage, kind reflect.Type, err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	what := map[reflect.Kind]string{reflect.String: "a string", reflect.Bool: "true or false", reflect.Float64: "a number", reflect.Map: "an object"}[kind.Kind()]
	switch {
	case kind.Kind() == reflect.Uint64:
		what = "a whole number from 0 to 18446744073709551615"
	case what == "":
		what = "a whole number"
	}
	return fmt.Sprintf("%s is not %s", shortened(text), what)
}

func shortened(text []byte) string {
	const most = 100
	if len(text) > most {
		return string(bytes.ToValidUTF8(text[:most], nil)) + "..."
	}
	return string(text)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func hasFieldPrefix(field, name string) bool {
	return field == name || strings.HasPrefix(field, name+".")
}
