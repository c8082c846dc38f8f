package protocol

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// rootValue is the value behind out (a pointer to a typed value, or a Document, or nil) and its plan.
func rootValue(shape *catalog.Shape, out any) (*plan, reflect.Value, error) {
	v := reflect.ValueOf(out)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() == reflect.Map && v.IsNil() {
		v = reflect.ValueOf(map[string]any{})
	}
	p, err := planFor(shape, v.Type())
	if err != nil {
		err = internalError(err)
	}
	return p, v, err
}

// appendJSONRoot writes a structure as JSON; rest leaves out members that are bound elsewhere.
func appendJSONRoot(b []byte, p *plan, v reflect.Value, rest bool) ([]byte, error) {
	switch {
	case p.holder == asStructure:
		return appendJSONFields(b, p, v, rest)
	case p.holder == asDocument && p.kind == catalog.Structure:
		document, _ := v.Interface().(map[string]any)
		return appendJSONMembers(b, p, document, rest)
	}
	return appendJSON(b, p, v)
}

// absent is true for a member that is not there: a nil pointer, slice or map, a self-writing zero.
func absent(p *plan, v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	}
	return p.holder == asItself && v.IsZero()
}

func appendJSONFields(b []byte, p *plan, v reflect.Value, rest bool) (_ []byte, err error) {
	b = append(b, '{')
	empty := true
	for i := range p.fields {
		f := &p.fields[i]
		fv := v.Field(f.index)
		if rest && f.bound() || absent(f.plan, fv) {
			continue
		}
		if !empty {
			b = append(b, ',')
		}
		empty = false
		b = append(jsonscan.AppendString(b, f.wire), ':')
		if b, err = appendJSON(b, f.plan, fv); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// appendJSON writes a value that is not absent.
func appendJSON(b []byte, p *plan, v reflect.Value) ([]byte, error) {
	if p.holder == asItself {
		return appendItself(b, p, v)
	}
	if p.pointer {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		v = v.Elem()
	}
	switch p.holder {
	case asStructure:
		return appendJSONFields(b, p, v, false)
	case asSlice:
		return appendJSONSlice(b, p, v)
	case asMap:
		return appendJSONMap(b, p, v)
	case asScalar:
		return appendJSONScalar(b, p, v), nil
	}
	return appendJSONDocument(b, p, v.Interface())
}

func appendItself(b []byte, p *plan, v reflect.Value) ([]byte, error) {
	if p.pointer {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
	} else if v.CanAddr() {
		v = v.Addr()
	} else { // a value in a map
		moved := reflect.New(p.target)
		moved.Elem().Set(v)
		v = moved
	}
	writer, ok := v.Interface().(JSONEncoder)
	if !ok {
		return b, internalError(errNotEncodable(p))
	}
	return writer.AppendJSON(b), nil
}

func appendJSONSlice(b []byte, p *plan, v reflect.Value) (_ []byte, err error) {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendJSON(b, p.element, v.Index(i)); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendJSONMap(b []byte, p *plan, v reflect.Value) (_ []byte, err error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	b = append(b, '{')
	for i, key := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsonscan.AppendString(b, key.String()), ':')
		if b, err = appendJSON(b, p.element, v.MapIndex(key)); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func appendJSONScalar(b []byte, p *plan, v reflect.Value) []byte {
	switch p.kind {
	case catalog.String:
		return jsonscan.AppendString(b, v.String())
	case catalog.Boolean:
		return strconv.AppendBool(b, v.Bool())
	case catalog.Integer, catalog.Long:
		return strconv.AppendInt(b, v.Int(), 10)
	case catalog.Float, catalog.Double:
		return appendJSONFloat(b, v.Float())
	case catalog.Blob:
		return appendJSONBlob(b, v.Bytes())
	}
	if v.CanAddr() {
		return appendJSONTime(b, *v.Addr().Interface().(*time.Time), p.format)
	}
	return appendJSONTime(b, v.Interface().(time.Time), p.format)
}

// appendJSONFloat writes a float as AWS does: with a fraction even where it is zero.
func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	return appendFloat(b, f)
}

// appendFloat writes a finite float with a fraction or an exponent.
func appendFloat(b []byte, f float64) []byte {
	if size := math.Abs(f); size >= 1e16 || size < 1e-6 && size > 0 {
		return strconv.AppendFloat(b, f, 'E', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	for _, c := range b[start:] {
		if c == '.' {
			return b
		}
	}
	return append(b, '.', '0')
}

func appendJSONBlob(b, blob []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), blob), '"')
}

func appendJSONTime(b []byte, t time.Time, format string) []byte {
	if format == "" || format == unixTimestamp {
		return appendEpoch(b, t)
	}
	return append(appendTime(append(b, '"'), t, format), '"')
}
