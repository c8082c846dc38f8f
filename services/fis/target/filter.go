package target

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// at is everything that stands at a path: member names, separated using dots. The case of a name's first
// letter does not count: FIS wants a capital, whatever it is in the API's model. (Whoever is strict
// refuses templates with others.) Lists on the way are gone through.
func at(v any, path string) []any {
	found := []any{v}
	for name := range strings.SplitSeq(path, ".") {
		var next []any
		for _, v := range found {
			next = appendMember(next, v, name)
		}
		found = next
	}
	return flatten(found)
}

func appendMember(to []any, v any, name string) []any {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			to = appendMember(to, element, name)
		}
	case aws.Document:
		if member, ok := v[name]; ok {
			return append(to, member)
		}
		for key, member := range v { // camelCase APIs
			if len(key) == len(name) && key != "" && strings.EqualFold(key[:1], name[:1]) && key[1:] == name[1:] {
				return append(to, member)
			}
		}
	}
	return to
}

func flatten(list []any) (flat []any) {
	for _, v := range list {
		if inner, ok := v.([]any); ok {
			flat = append(flat, flatten(inner)...)
		} else if v != nil {
			flat = append(flat, v)
		}
	}
	return flat
}

// holds reports whether an item passes the filter.
func (f *Filter) holds(item aws.Document) bool {
	return slices.ContainsFunc(at(item, f.Path), func(v any) bool {
		s, ok := valueText(v)
		return ok && slices.Contains(f.Values, s)
	})
}

// valueText is a value as filters compare it; ok is false for structures.
func valueText(v any) (s string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case time.Time:
		return v.UTC().Format(time.RFC3339), true
	}
	return "", false
}
