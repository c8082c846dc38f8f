package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// FlatField is one field of a rule by its dotted name: "match.service", "when.share", "effect.error.code".
type FlatField struct {
	// Name ends in ".*" where the rest of it is the user's ("match.header.*").
	Name string
	// Note says what it is; it may be empty.
	Note string
}

// FlatFields are all fields that ParseFlat reads: not those by which the server keeps rules apart (id,
// owner, group, made).
func FlatFields() []FlatField {
	var fields []FlatField
	add := func(name string) { fields = append(fields, FlatField{name, schemaNotes[name]}) }
	for _, name := range flatNames("match", reflect.TypeFor[Match]()) {
		add(name)
	}
	for _, name := range flatNames("when", reflect.TypeFor[When]()) {
		add(name)
	}
	fields = append(fields,
		FlatField{"effect.kind", "What happens to the calls: " + strings.Join(Kinds(), ", ") + ", or a fault that one service carries out itself."},
		FlatField{"effect.*", "A parameter of this kind of effect, such as effect.status, effect.duration or effect.error.code."},
		FlatField{"seed", schemaNotes["seed"]}, FlatField{"description", "What the rule is for."})
	return fields
}

func flatNames(path string, t reflect.Type) (names []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		name = join(path, name)
		field := t.Field(i).Type
		if field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		switch {
		case field == reflect.TypeFor[Match]():
			if path == "match" { // exceptions have no exceptions
				names = append(names, flatNames(name, field)...)
			}
		case field == reflect.TypeFor[Flap]():
			names = append(names, flatNames(name, field)...)
		case field.Kind() == reflect.Map:
			names = append(names, name+".*")
		case !strings.HasSuffix(name, ".except"):
			names = append(names, name)
		}
	}
	return names
}

// ParseFlat reads a rule from texts by dotted names: {"match.service": "dynamodb", "match.operation":
// "PutItem,Update*", "when.share": "30", "effect.kind": "throttle"}. Lists of names have commas; a user
// agent and a header's value are taken as they are. The error is a *RuleError whose Field is the name.
func ParseFlat(fields map[string]string) (Rule, error) {
	tree := map[string]any{}
	var effect []string
	for name, text := range fields {
		if rest, ok := strings.CutPrefix(name, "effect."); ok {
			if rest != "kind" {
				effect = append(effect, rest+"="+text)
			}
			continue
		}
		value, err := flatValue(name, text)
		if err != nil {
			return Rule{}, err
		}
		path := strings.Split(name, ".")
		if at := slices.Index(path, "header"); at > 0 && at < len(path)-1 {
			path = append(path[:at+1], strings.Join(path[at+1:], ".")) // a header's name may have dots
		}
		if !grow(tree, path, value) {
			return Rule{}, &RuleError{Field: name, Message: "is given as a whole and in parts"}
		}
	}
	kind := fields["effect.kind"]
	if kind == "" {
		return Rule{}, &RuleError{Field: "effect.kind", Message: "is missing"}
	}
	slices.Sort(effect)
	raw, err := FlatEffect(kind, effect)
	if err != nil {
		return Rule{}, err
	}
	tree["effect"] = raw
	text, err := json.Marshal(tree)
	if err != nil {
		return Rule{}, &RuleError{Field: "rule", Message: err.Error()}
	}
	return ParseRule(text)
}

// grow puts a value into nested objects.
func grow(tree map[string]any, path []string, value any) bool {
	for _, part := range path[:len(path)-1] {
		if tree[part] == nil {
			tree[part] = map[string]any{}
		}
		inner, ok := tree[part].(map[string]any)
		if !ok {
			return false
		}
		tree = inner
	}
	last := path[len(path)-1]
	if _, taken := tree[last]; taken {
		return false
	}
	tree[last] = value
	return true
}

// flatValue is what a field's text is in JSON.
func flatValue(name, text string) (any, error) {
	known := false
	for _, field := range FlatFields() {
		prefix, open := strings.CutSuffix(field.Name, "*")
		known = known || name == field.Name || open && strings.HasPrefix(name, prefix) && len(name) > len(prefix)
	}
	if !known {
		var names []string
		for _, field := range FlatFields() {
			names = append(names, field.Name)
		}
		return nil, &RuleError{Field: name, Message: unknown(name, "field of a rule", names)}
	}
	switch base := strings.TrimPrefix(strings.Replace(name, ".except.", ".", 1), "match."); {
	case base == "user_agent", strings.HasPrefix(base, "header."):
		return text, nil
	case base == "unknown_callers":
		return flatLiteral(name, text, "true or false")
	case strings.HasPrefix(name, "match."):
		list := strings.Split(text, ",")
		for i := range list {
			list[i] = strings.TrimSpace(list[i])
		}
		return list, nil
	case name == "when.share":
		return flatLiteral(name, strings.TrimSuffix(text, "%"), "a percentage from 0 to 100")
	case name == "seed", name == "when.after", name == "when.first", name == "when.every", name == "when.max":
		return flatLiteral(name, text, "a whole number")
	}
	if name == "when.for" || strings.HasPrefix(name, "when.flap.") {
		return flatDuration(text), nil
	}
	return text, nil // times, attempts, the description
}

// flatDuration leaves a number of milliseconds a number.
func flatDuration(text string) any {
	if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
		return json.Number(text)
	}
	return text
}

// flatLiteral is a number, true or false.
func flatLiteral(name, text, what string) (any, error) {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err == nil {
		switch value.(type) {
		case float64, bool:
			return json.RawMessage(text), nil
		}
	}
	return nil, &RuleError{Field: name, Message: fmt.Sprintf("%q is not %s", text, what)}
}

// FlatEffect puts an effect together from its kind and texts NAME=VALUE; "error.code=X" is the member
// code of the object error. The error is a *RuleError.
func FlatEffect(kind string, parameters []string) (json.RawMessage, error) {
	effect := map[string]any{"kind": kind}
	for _, given := range parameters {
		name, text, ok := strings.Cut(given, "=")
		if !ok || name == "" {
			return nil, &RuleError{Field: "effect", Message: fmt.Sprintf("%q is no NAME=VALUE", given)}
		}
		value, err := effectValue(kind, name, text)
		if err != nil {
			return nil, err
		}
		if !grow(effect, strings.Split(name, "."), value) {
			return nil, &RuleError{Field: "effect." + name, Message: "is given twice, or as a whole and in parts"}
		}
	}
	raw, err := json.Marshal(effect)
	if err != nil {
		return nil, &RuleError{Field: "effect", Message: err.Error()}
	}
	return raw, nil
}

// effectValue is a value in the type that the kind wants. Of a parameter that is not known here whoever
// carries it out has to judge: what looks like a number is one.
func effectValue(kind, name, text string) (any, error) {
	known := Parameters(kind)
	var found *Parameter
	for part := range strings.SplitSeq(name, ".") {
		found = nil
		for i := range known {
			if known[i].Name == part {
				found = &known[i]
			}
		}
		if found == nil {
			break
		}
		known = found.Fields
	}
	switch {
	case found != nil && found.Type == "string":
		return text, nil
	case found != nil && found.Type == "duration":
		return flatDuration(text), nil
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err == nil {
		switch value.(type) {
		case float64:
			return json.Number(text), nil
		case bool:
			return value, nil
		}
	}
	if found != nil {
		what := map[string]string{"integer": "a whole number", "number": "a number", "boolean": "true or false"}[found.Type]
		if what == "" {
			what = "a parameter with a value of its own, but with members (" + name + ".NAME)"
		}
		return nil, &RuleError{Field: "effect." + name, Message: fmt.Sprintf("%q is not %s", text, what)}
	}
	return text, nil
}

// Check judges a rule without putting it: what Rules.Put would refuse wherever it is put. Effects that a
// service carries out itself are known to a server's Rules only: of them the match and the schedule are judged.
// The error is a *RuleError.
func Check(rule Rule) error {
	if rule.ID == "" {
		rule.ID = "checked"
	}
	if kind := kindOf(rule.Effect); kind != "" && kinds[kind] == nil {
		rule.Effect = json.RawMessage(`{"kind":"unavailable"}`)
	}
	normal, err := rule.normalised()
	if err != nil {
		return err
	}
	_, err = arm(normal, NewState())
	var wrong *RuleError
	if err != nil && !errors.As(err, &wrong) {
		return &RuleError{Field: "rule", Message: err.Error()}
	}
	return err
}
