package protocol

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

func appendJSONMembers(b []byte, p *plan, document map[string]any, rest bool) (_ []byte, err error) {
	if p.shape == noShape {
		return appendJSONAny(b, document)
	}
	b = append(b, '{')
	empty := true
	for i := range p.fields {
		f := &p.fields[i]
		value := document[f.member.Name]
		if value == nil || rest && f.bound() {
			continue
		}
		if !empty {
			b = append(b, ',')
		}
		empty = false
		b = append(jsonscan.AppendString(b, f.wire), ':')
		if b, err = appendJSONDocument(b, f.plan, value); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// appendJSONDocument writes a document's value as its shape says.
func appendJSONDocument(b []byte, p *plan, value any) ([]byte, error) {
	value, err := coerce(p, value)
	if err != nil {
		return b, err
	}
	switch value := value.(type) {
	case map[string]any:
		if p.kind == catalog.Structure {
			return appendJSONMembers(b, p, value, false)
		}
		if p.kind == catalog.Map {
			return appendJSONEntries(b, p, value)
		}
	case []any:
		if p.kind == catalog.List {
			return appendJSONElements(b, p, value)
		}
	case time.Time:
		return appendJSONTime(b, value, p.format), nil
	}
	return appendJSONAny(b, value)
}

func appendJSONEntries(b []byte, p *plan, entries map[string]any) (_ []byte, err error) {
	b = append(b, '{')
	for i, key := range slices.Sorted(maps.Keys(entries)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsonscan.AppendString(b, key), ':')
		if b, err = appendJSONDocument(b, p.element, entries[key]); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func appendJSONElements(b []byte, p *plan, elements []any) (_ []byte, err error) {
	b = append(b, '[')
	for i, element := range elements {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSONDocument(b, p.element, element); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendJSONAny writes what no shape describes: document types, operations without shapes, details of errors.
func appendJSONAny(b []byte, value any) (_ []byte, err error) {
	switch value := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return jsonscan.AppendString(b, value), nil
	case bool:
		return strconv.AppendBool(b, value), nil
	case int:
		return strconv.AppendInt(b, int64(value), 10), nil
	case int64:
		return strconv.AppendInt(b, value, 10), nil
	case float64:
		return appendJSONFloat(b, value), nil
	case []byte:
		return appendJSONBlob(b, value), nil
	case time.Time:
		return appendEpoch(b, value), nil
	case JSONEncoder:
		return value.AppendJSON(b), nil
	case map[string]any:
		b = append(b, '{')
		for i, key := range slices.Sorted(maps.Keys(value)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(jsonscan.AppendString(b, key), ':')
			if b, err = appendJSONAny(b, value[key]); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
	return appendJSONReflect(b, reflect.ValueOf(value))
}

// appendJSONReflect writes Go values that no shape describes: the details of errors.
func appendJSONReflect(b []byte, v reflect.Value) (_ []byte, err error) {
	if v.IsValid() && !v.CanAddr() {
		moved := reflect.New(v.Type()).Elem()
		moved.Set(v)
		v = moved
	}
	if writer, ok := v.Addr().Interface().(JSONEncoder); ok {
		return writer.AppendJSON(b), nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		if v.Elem().CanAddr() && v.Elem().Kind() == reflect.Struct && v.Elem().Type() != timeType {
			return appendJSONReflect(b, v.Elem())
		}
		return appendJSONAny(b, v.Elem().Interface())
	case reflect.String:
		return jsonscan.AppendString(b, v.String()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return appendJSONFloat(b, v.Float()), nil
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Slice, reflect.Array:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSONAny(b, v.Index(i).Interface()); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case reflect.Map:
		document, err := plainMap(v)
		if err != nil {
			return b, err
		}
		return appendJSONAny(b, document)
	case reflect.Struct:
		return appendJSONAny(b, plainStruct(v, func(name string) string { return name }))
	}
	return b, internalError(fmt.Errorf("protocol: a %s has no JSON form", v.Type()))
}

func plainMap(v reflect.Value) (map[string]any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, internalError(fmt.Errorf("protocol: a %s has no JSON form", v.Type()))
	}
	document := make(map[string]any, v.Len())
	for _, key := range v.MapKeys() {
		document[key.String()] = v.MapIndex(key).Interface()
	}
	return document, nil
}

// plainStruct is the exported fields that are there, by the names that rename gives them.
func plainStruct(v reflect.Value, rename func(string) string) map[string]any {
	document := map[string]any{}
	for i := range v.NumField() {
		f := v.Field(i)
		if !v.Type().Field(i).IsExported() {
			continue
		}
		switch f.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
			if f.IsNil() {
				continue
			}
		}
		value := f.Interface()
		if f.CanAddr() {
			if _, ok := f.Addr().Interface().(JSONEncoder); ok {
				if f.IsZero() {
					continue
				}
				value = f.Addr().Interface()
			}
		}
		document[rename(v.Type().Field(i).Name)] = value
	}
	return document
}
