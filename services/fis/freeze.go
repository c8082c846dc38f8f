package fis

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Documents are stored as JSON. What JSON cannot tell apart is wrapped: {"$": "int", "v": "5"}.
const (
	frozenKind  = "$"
	frozenValue = "v"
)

// freeze is a document's value as JSON can hold it.
func freeze(v any) any {
	switch v := v.(type) {
	case aws.Document:
		if v == nil {
			return nil
		}
		m := make(map[string]any, len(v))
		for name, member := range v {
			m[name] = freeze(member)
		}
		if _, confusing := m[frozenKind]; confusing {
			return frozen("map", m)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = freeze(element)
		}
		return list
	case int64:
		return frozen("int", strconv.FormatInt(v, 10))
	case float64:
		return frozen("float", strconv.FormatFloat(v, 'g', -1, 64)) // JSON has no infinity
	case []byte:
		return frozen("bytes", base64.StdEncoding.EncodeToString(v))
	case time.Time:
		return frozen("time", v.Format(time.RFC3339Nano))
	default:
		return v // string, bool, nil
	}
}

func frozen(kind string, v any) any { return map[string]any{frozenKind: kind, frozenValue: v} }

// thawDocument is the reverse of freeze.
func thawDocument(text json.RawMessage) (aws.Document, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("fis: a stored document cannot be read: %w", err)
	}
	thawed, err := thaw(v)
	if err != nil {
		return nil, err
	}
	document, _ := thawed.(aws.Document)
	return document, nil
}

func thaw(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var err error
			if v[i], err = thaw(v[i]); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		kind, wrapped := v[frozenKind].(string)
		if wrapped {
			return thawWrapped(kind, v[frozenValue])
		}
		return thawMembers(v)
	default:
		return v, nil
	}
}

func thawMembers(m map[string]any) (any, error) {
	for name := range m {
		var err error
		if m[name], err = thaw(m[name]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func thawWrapped(kind string, v any) (any, error) {
	if m, isMap := v.(map[string]any); isMap && kind == "map" {
		return thawMembers(m)
	}
	text, _ := v.(string)
	switch kind {
	case "int":
		return strconv.ParseInt(text, 10, 64)
	case "float":
		return strconv.ParseFloat(text, 64)
	case "bytes":
		return base64.StdEncoding.DecodeString(text)
	case "time":
		return time.Parse(time.RFC3339Nano, text)
	}
	return nil, fmt.Errorf("fis: a stored document has a value of the kind %q", kind)
}
