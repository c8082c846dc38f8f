package protocol

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// The protocols other than JSON read and write documents; here documents become typed values and back.

// assign puts a document's value, of the right kind for the plan's shape, into v.
func assign(p *plan, v reflect.Value, value any) error {
	if value == nil {
		return nil
	}
	if p.holder == asItself {
		return assignItself(p, v, value)
	}
	v = target(p, v)
	switch p.holder {
	case asDocument:
		document := reflect.ValueOf(value)
		if !document.Type().AssignableTo(p.target) {
			return serialization("Unexpected field type")
		}
		v.Set(document)
		return nil
	case asScalar:
		return assignScalar(p, v, value)
	case asStructure:
		document, ok := value.(map[string]any)
		if !ok {
			return serialization("Unexpected field type")
		}
		for i := range p.fields {
			f := &p.fields[i]
			if err := assign(f.plan, v.Field(f.index), document[f.member.Name]); err != nil {
				return err
			}
		}
		return nil
	case asSlice:
		list, ok := value.([]any)
		if !ok {
			return serialization("Unexpected field type")
		}
		v.Set(reflect.MakeSlice(p.target, len(list), len(list)))
		for i := range list {
			if err := assign(p.element, v.Index(i), list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return assignMap(p, v, value)
}

func assignMap(p *plan, v reflect.Value, value any) error {
	entries, ok := value.(map[string]any)
	if !ok {
		return serialization("Unexpected field type")
	}
	out := reflect.MakeMapWithSize(p.target, len(entries))
	for key, entry := range entries {
		element := reflect.New(p.target.Elem()).Elem()
		if err := assign(p.element, element, entry); err != nil {
			return err
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(p.target.Key()), element)
	}
	v.Set(out)
	return nil
}

func assignScalar(p *plan, v reflect.Value, value any) error {
	switch value := value.(type) {
	case string:
		if p.kind == catalog.String {
			v.SetString(value)
			return nil
		}
	case bool:
		if p.kind == catalog.Boolean {
			v.SetBool(value)
			return nil
		}
	case int64:
		if v.CanInt() {
			v.SetInt(value)
			return nil
		}
	case float64:
		if v.CanFloat() {
			v.SetFloat(value)
			return nil
		}
	case []byte:
		if p.kind == catalog.Blob {
			v.SetBytes(value)
			return nil
		}
	case time.Time:
		if p.kind == catalog.Timestamp {
			v.Set(reflect.ValueOf(value))
			return nil
		}
	}
	return serialization("Unexpected field type")
}

// assignItself hands the value over as JSON to a type that knows nothing else.
func assignItself(p *plan, v reflect.Value, value any) error {
	if !p.decodes {
		return internalError(errNotDecodable(p))
	}
	text, err := appendJSONDocument(nil, p.document, value)
	if err != nil {
		return err
	}
	v = target(p, v)
	scanner := jsonscan.New(text)
	return asSerialization(v.Addr().Interface().(JSONDecoder).DecodeJSON(&scanner))
}

// documentOf is a typed value as a document's value; nil when it is absent.
func documentOf(p *plan, v reflect.Value) (any, error) {
	if absent(p, v) {
		return nil, nil
	}
	if p.holder == asItself {
		text, err := appendItself(nil, p, v)
		if err != nil {
			return nil, err
		}
		scanner := jsonscan.New(text)
		reader := jsonReader{scanner: &scanner}
		return reader.document(p.document, inField)
	}
	if p.pointer {
		v = v.Elem()
	}
	switch p.holder {
	case asDocument:
		return coerce(p, v.Interface())
	case asStructure:
		document := make(map[string]any, len(p.fields))
		for i := range p.fields {
			f := &p.fields[i]
			value, err := documentOf(f.plan, v.Field(f.index))
			if err != nil {
				return nil, err
			}
			if value != nil {
				document[f.member.Name] = value
			}
		}
		return document, nil
	case asSlice:
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = documentOf(p.element, v.Index(i)); err != nil {
				return nil, err
			}
		}
		return list, nil
	case asMap:
		entries := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			var err error
			if entries[key.String()], err = documentOf(p.element, v.MapIndex(key)); err != nil {
				return nil, err
			}
		}
		return entries, nil
	}
	return coerce(p, v.Interface())
}

// coerce brings what a caller put into a document to the one type that each kind of shape has there;
// containers are only looked at from the outside.
func coerce(p *plan, value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		v = v.Elem()
	}
	switch {
	case p.kind == catalog.Any:
		return value, nil
	case p.kind == catalog.String && v.Kind() == reflect.String:
		return v.String(), nil
	case p.kind == catalog.Boolean && v.Kind() == reflect.Bool:
		return v.Bool(), nil
	case (p.kind == catalog.Integer || p.kind == catalog.Long) && v.CanInt():
		return v.Int(), nil
	case (p.kind == catalog.Integer || p.kind == catalog.Long) && v.CanFloat() && v.Float() == float64(truncated(v.Float())):
		return truncated(v.Float()), nil
	case (p.kind == catalog.Float || p.kind == catalog.Double) && v.CanFloat():
		return v.Float(), nil
	case (p.kind == catalog.Float || p.kind == catalog.Double) && v.CanInt():
		return float64(v.Int()), nil
	case p.kind == catalog.Blob && v.Type() == bytesType:
		return v.Bytes(), nil
	case p.kind == catalog.Timestamp && v.Type() == timeType:
		return v.Interface(), nil
	case p.kind == catalog.List && v.Kind() == reflect.Slice:
		return plainList(v), nil
	case (p.kind == catalog.Structure || p.kind == catalog.Map) && v.Kind() == reflect.Map:
		if document, ok := v.Interface().(map[string]any); ok {
			return document, nil
		}
		return plainMap(v)
	}
	return nil, internalError(fmt.Errorf("protocol: a %T in a document where the model has %s", value, p.shape.Name))
}

func plainList(v reflect.Value) []any {
	if list, ok := v.Interface().([]any); ok {
		return list
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface()
	}
	return list
}

// readInto lets a reader of documents fill in: a pointer to a typed value, or *aws.Document. read
// gets the plan of the document form of the shape.
func readInto(shape *catalog.Shape, in any, read func(p *plan) (any, error)) error {
	v := reflect.ValueOf(in).Elem()
	typed, err := planFor(shape, v.Type())
	if err != nil {
		return internalError(err)
	}
	document, err := planFor(shape, documentType)
	if err != nil {
		return internalError(err)
	}
	value, err := read(document)
	if err != nil {
		return asSerialization(err)
	}
	return assign(typed, v, value)
}

// documentRootOf is out as a document, and the plan of its document form.
func documentRootOf(shape *catalog.Shape, out any) (*plan, map[string]any, error) {
	typed, v, err := rootValue(shape, out)
	if err != nil {
		return nil, nil, err
	}
	p, err := planFor(shape, documentType)
	if err != nil {
		return nil, nil, internalError(err)
	}
	value, err := documentOf(typed, v)
	if err != nil {
		return nil, nil, err
	}
	document, _ := value.(map[string]any)
	if document == nil {
		document = map[string]any{}
	}
	return p, document, nil
}

func sortedKeys(document map[string]any) []string { return slices.Sorted(maps.Keys(document)) }
