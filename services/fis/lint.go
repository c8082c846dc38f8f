package fis

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/services"
)

// Mistake is one thing that is wrong with an experiment template in a file.
type Mistake struct {
	// Path is where it stands: names of members and numbers of elements, from the document's root.
	Path []string
	// Code is the code of the error that the API would answer.
	Code string
	// Message is what the API would say, or what SDKs say before they call it.
	Message string
}

// Lint judges a template: what CreateExperimentTemplate takes, or what GetExperimentTemplate answers,
// read from JSON or YAML (maps, lists, strings, numbers, booleans, nil). It answers every mistake, in
// order of their paths. Strict: as AWS judges, with AWS's quotas; else as this Brownout does by default.
func Lint(document any, strict bool) []Mistake {
	l := &linter{strict: strict}
	members, isMap := document.(map[string]any)
	if !isMap {
		l.add(nil, serialization, "A template is an object, not "+kindOf(document)+".")
		return l.mistakes
	}
	prefix := []string{}
	if inner, wrapped := members["experimentTemplate"].(map[string]any); wrapped && len(members) == 1 {
		members, prefix = inner, []string{"experimentTemplate"}
	}
	op := catalog.Lookup("fis").Operation("CreateExperimentTemplate")
	clean := l.structure(op.Input, withoutAnswers(members), prefix)
	in := recast[CreateExperimentTemplateRequest](clean)
	for _, text := range services.Breaches(op, &in, lenientPatterns...) {
		l.follow(append(slices.Clone(prefix), pathIn(clean, breachPath(text))...), "ValidationException", text, strings.HasPrefix(text, "Value null at "))
	}
	v := &validator{in: &in, strict: strict, byModel: true}
	for _, p := range v.validate() {
		l.follow(append(slices.Clone(prefix), p.path...), p.err.Code, p.err.Message, slices.Equal(p.path, []string{"stopConditions"}))
	}
	return l.mistakes
}

// follow adds a mistake unless it only follows from one before: what has the wrong type seems to be missing.
func (l *linter) follow(path []string, code, message string, missing bool) {
	if missing && slices.ContainsFunc(l.mistakes, func(m Mistake) bool {
		return m.Code == serialization && len(m.Path) >= len(path) && slices.Equal(m.Path[:len(path)], path)
	}) {
		return
	}
	l.add(path, code, message)
}

const serialization = "SerializationException"

// withoutAnswers leaves out what only answers have.
func withoutAnswers(members map[string]any) map[string]any {
	if _, answered := members["id"]; !answered {
		return members
	}
	members = maps.Clone(members)
	for _, name := range []string{"id", "arn", "creationTime", "lastUpdateTime", "targetAccountConfigurationsCount"} {
		delete(members, name)
	}
	return members
}

type linter struct {
	strict   bool
	mistakes []Mistake
}

func (l *linter) add(path []string, code, message string) {
	l.mistakes = append(l.mistakes, Mistake{slices.Clone(path), code, message})
}

// structure judges names and types of members, and answers what is left of them.
func (l *linter) structure(shape *catalog.Shape, members map[string]any, path []string) map[string]any {
	clean := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		at := append(slices.Clone(path), name)
		i := slices.IndexFunc(shape.Members, func(m *catalog.Member) bool { return m.Name == name })
		if i < 0 {
			l.add(at, "ValidationException", fmt.Sprintf("Unknown member %q: AWS's tools refuse it, its API ignores it.%s", name, near(shape, name)))
			continue
		}
		if value, ok := l.value(shape.Members[i].Shape, members[name], at); ok {
			clean[name] = value
		}
	}
	return clean
}

// near names the member that differs only in the case of letters.
func near(shape *catalog.Shape, name string) string {
	for _, m := range shape.Members {
		if strings.EqualFold(m.Name, name) {
			return fmt.Sprintf(" It is spelt %q.", m.Name)
		}
	}
	return ""
}

// value judges the type of a value; what is nil counts as not given.
func (l *linter) value(shape *catalog.Shape, v any, path []string) (clean any, ok bool) {
	if v == nil {
		return nil, false
	}
	members, isMap := v.(map[string]any)
	elements, isList := v.([]any)
	switch {
	case shape.Kind == catalog.Structure && isMap:
		return l.structure(shape, members, path), true
	case shape.Kind == catalog.Map && isMap:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if value, ok := l.value(shape.Element.Shape, members[name], append(slices.Clone(path), name)); ok {
				out[name] = value
			}
		}
		return out, true
	case shape.Kind == catalog.List && isList:
		out := []any{}
		for i, element := range elements {
			if value, ok := l.value(shape.Element.Shape, element, append(slices.Clone(path), strconv.Itoa(i))); ok {
				out = append(out, value)
			}
		}
		return out, true
	}
	return l.scalar(shape, v, path)
}

// scalar judges a value that is to be a text or a number. Unless strict, numbers and booleans stand
// for their texts, as the API here takes them.
func (l *linter) scalar(shape *catalog.Shape, v any, path []string) (clean any, ok bool) {
	wanted := "a string"
	switch shape.Kind {
	case catalog.String:
		if text, is := v.(string); is {
			return text, true
		}
		if text, is := textOf(v); is && !l.strict {
			return text, true
		}
	case catalog.Integer, catalog.Long:
		wanted = "a whole number"
		if n, is := numberOf(v); is && n == math.Trunc(n) && math.Abs(n) <= math.MaxInt32 {
			return int64(n), true
		}
	case catalog.Structure, catalog.Map:
		wanted = "an object"
	case catalog.List:
		wanted = "a list"
	}
	l.add(path, serialization, "Expected "+wanted+", found "+kindOf(v)+".")
	return nil, false
}

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case int, float64:
		return fmt.Sprint(v), true
	}
	return "", false
}

func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "a number"
}

// breachPath is where a breach of the model's constraints stands, in the model's words:
// "targets.web.member.selectionMode".
func breachPath(text string) string {
	end := strings.LastIndex(text, "' failed to satisfy constraint: ")
	if end < 0 {
		return ""
	}
	return text[strings.LastIndex(text[:end], " at '")+len(" at '") : end]
}

// pathIn reads such a path along the document, since names may hold dots. What is missing in the
// document ends it.
func pathIn(document any, text string) []string {
	path := []string{}
	for text != "" {
		found := false
		switch at := document.(type) {
		case map[string]any:
			for _, name := range slices.Backward(slices.SortedFunc(maps.Keys(at), func(a, b string) int { return len(a) - len(b) })) {
				rest, is := strings.CutPrefix(text, name)
				if is && (rest == "" || rest[0] == '.') {
					path, document, text, found = append(path, name), at[name], strings.TrimPrefix(rest, "."), true
					break
				}
			}
		case []any:
			number, rest, _ := strings.Cut(text, ".")
			if i, err := strconv.Atoi(number); err == nil && i >= 1 && i <= len(at) {
				path, document, text, found = append(path, strconv.Itoa(i-1)), at[i-1], rest, true
			}
		}
		if !found {
			break
		}
		inside, _ := document.(map[string]any)
		_, named := inside["member"]
		if rest, is := strings.CutPrefix(text, "member"); is && !named && (rest == "" || rest[0] == '.') {
			text = strings.TrimPrefix(rest, ".") // the model's word for what is in a list or a map
		}
	}
	return path
}
