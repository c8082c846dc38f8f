package protocol

import (
	"reflect"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// jsonReader reads JSON into Go values by plan.
type jsonReader struct {
	scanner *jsonscan.Scanner
	// namespace stands before shape names in AWS's error texts.
	namespace string
	// textOfAny accepts numbers and booleans as values of string maps and keeps their text: REST-JSON
	// services' templates hold them ("latencyMilliseconds": 5000), and LocalStack takes them. Nowhere else.
	textOfAny bool

	elements int              // of lists, so far
	own      jsonscan.Scanner // what scanner points at in a pooled reader
}

// readers are kept for reuse, so that a hot request pays for no scanner of its own.
var readers = sync.Pool{New: func() any { return new(jsonReader) }}

// decodeJSON reads a whole body into in: a pointer to a typed value, or *aws.Document.
func decodeJSON(body []byte, op *catalog.Operation, shape *catalog.Shape, in any) error {
	v := reflect.ValueOf(in).Elem()
	p, err := planFor(shape, v.Type())
	if err != nil {
		return internalError(err)
	}
	r := readers.Get().(*jsonReader)
	r.namespace = namespaceOf(op.Service)
	err = r.decodeInto(body, p, v, false)
	*r = jsonReader{} // let go of the body
	readers.Put(r)
	return err
}

// maxElements is how many list elements a request may hold, and how many elements XML: a small body of
// empty ones would fill the memory. No request of AWS's comes near.
const maxElements = 1 << 20

// count refuses the element that is one too many.
func (r *jsonReader) count() error {
	if r.elements++; r.elements > maxElements {
		return serialization("The request holds too many list elements")
	}
	return nil
}

// place is where a value stands: AWS's error texts differ.
type place uint8

const (
	inField place = iota
	inList
	inMap
)

// decodeInto reads a whole body into v; rest leaves out members that are bound elsewhere.
func (r *jsonReader) decodeInto(body []byte, p *plan, v reflect.Value, rest bool) error {
	r.own = jsonscan.New(body)
	r.scanner = &r.own
	err := r.root(p, v, rest)
	if err == nil {
		err = r.scanner.End()
	}
	return asSerialization(err)
}

func (r *jsonReader) root(p *plan, v reflect.Value, rest bool) error {
	if p.kind == catalog.Structure && r.scanner.Peek() != jsonscan.Object {
		if p.holder != asItself {
			return serialization("") // as AWS answers what is no object: no word
		}
	}
	switch p.holder {
	case asStructure:
		return r.structure(p, v, rest)
	case asDocument:
		value, err := r.documentRoot(p, v, rest)
		if err == nil && value != nil {
			v.Set(reflect.ValueOf(value))
		}
		return err
	}
	return r.value(p, v, inField)
}

// documentRoot adds to the document that v may hold already (members from path and headers).
func (r *jsonReader) documentRoot(p *plan, v reflect.Value, rest bool) (any, error) {
	if p.kind != catalog.Structure {
		return r.document(p, inField)
	}
	into := map[string]any{}
	if held, ok := v.Interface().(map[string]any); ok && held != nil {
		into = held
	}
	return into, r.documentMembers(p, into, rest)
}

// value reads the next value, which is not an absent member's null, into v.
func (r *jsonReader) value(p *plan, v reflect.Value, at place) error {
	if p.pointer && p.holder != asScalar {
		if v.IsNil() {
			v.Set(reflect.New(p.target))
		}
		v = v.Elem()
	}
	switch p.holder {
	case asItself:
		if (at == inField && p.kind == catalog.Structure || at != inField && p.kind == catalog.Map) && isScalar(r.scanner.Peek()) {
			return r.mismatch(p.shape, at)
		}
		return r.itself(p, v)
	case asScalar:
		return r.scalar(p, v, at)
	case asStructure:
		if r.scanner.Peek() != jsonscan.Object {
			return r.mismatch(p.shape, at)
		}
		return r.structure(p, v, false)
	case asSlice:
		return r.slice(p, v, at)
	case asMap:
		return r.mapping(p, v, at)
	}
	value, err := r.document(p, at)
	if err != nil || value == nil {
		return err
	}
	document := reflect.ValueOf(value)
	if !document.Type().AssignableTo(p.target) { // any JSON value, but Go wants an object
		return serialization("Unexpected field type")
	}
	v.Set(document)
	return nil
}

func isScalar(kind jsonscan.Kind) bool {
	return kind == jsonscan.String || kind == jsonscan.Number || kind == jsonscan.True || kind == jsonscan.False
}

func (r *jsonReader) itself(p *plan, v reflect.Value) error {
	if p.decodes {
		return v.Addr().Interface().(JSONDecoder).DecodeJSON(r.scanner)
	}
	return internalError(errNotDecodable(p)) // it only writes itself: outputs
}

func (r *jsonReader) structure(p *plan, v reflect.Value, rest bool) error {
	s := r.scanner
	if err := s.OpenObject(); err != nil {
		return err
	}
	for first := true; ; first = false {
		key, more, err := s.Key(first)
		if !more || err != nil {
			return err
		}
		f := p.field(key)
		if f == nil || rest && f.bound() {
			err = s.Skip()
		} else if s.Peek() == jsonscan.Null {
			err = s.Null()
		} else {
			err = r.value(f.plan, v.Field(f.index), inField)
		}
		if err != nil {
			return err
		}
	}
}

func (r *jsonReader) slice(p *plan, v reflect.Value, at place) error {
	s := r.scanner
	if s.Peek() != jsonscan.Array {
		return r.mismatch(p.shape, at)
	}
	if err := s.OpenArray(); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(p.target, 0, 4))
	for first := true; ; first = false {
		more, err := s.Element(first)
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		if s.Peek() == jsonscan.Null && p.element.holder != asItself {
			if err := s.Null(); err != nil {
				return err
			}
			continue // no model list that we read is sparse
		}
		if err := r.count(); err != nil {
			return err
		}
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		if err := r.value(p.element, v.Index(n), inList); err != nil {
			return err
		}
	}
}

func (r *jsonReader) mapping(p *plan, v reflect.Value, at place) error {
	s := r.scanner
	if s.Peek() != jsonscan.Object {
		return r.mismatch(p.shape, at)
	}
	if err := s.OpenObject(); err != nil {
		return err
	}
	out := reflect.MakeMap(p.target)
	keyType := p.target.Key()
	for first := true; ; first = false {
		key, more, err := s.Key(first)
		if err != nil {
			return err
		}
		if !more {
			v.Set(out)
			return nil
		}
		if s.Peek() == jsonscan.Null && p.element.holder != asItself {
			if err := s.Null(); err != nil {
				return err
			}
			continue
		}
		element := reflect.New(p.target.Elem()).Elem()
		if err := r.value(p.element, element, inMap); err != nil {
			return err
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(keyType), element)
	}
}

// scalar reads one scalar into v, which may be a pointer to it.
func (r *jsonReader) scalar(p *plan, v reflect.Value, at place) error {
	switch p.kind {
	case catalog.String:
		text, err := r.text(p.shape, at)
		if err == nil {
			setString(p, v, text)
		}
		return err
	case catalog.Boolean:
		truth, err := r.boolean(p.shape, at)
		if err == nil {
			setBool(p, v, truth)
		}
		return err
	case catalog.Integer, catalog.Long:
		n, err := r.integer(p.shape, at)
		if err == nil {
			setInt(p, v, n)
		}
		return err
	case catalog.Float, catalog.Double:
		f, err := r.float(p.shape, at)
		if err == nil {
			setFloat(p, v, f)
		}
		return err
	case catalog.Blob:
		bytes, err := r.blob(p.shape, at)
		if err == nil {
			target(p, v).SetBytes(bytes)
		}
		return err
	}
	moment, err := r.timestamp(p, at)
	if err == nil {
		*target(p, v).Addr().Interface().(*time.Time) = moment // scalarFits let no other type in
	}
	return err
}

// target is the place itself, or what a fresh pointer there points at.
func target(p *plan, v reflect.Value) reflect.Value {
	if !p.pointer {
		return v
	}
	fresh := reflect.New(p.target)
	v.Set(fresh)
	return fresh.Elem()
}

// The setters take the common types without reflection: their fields are most of a hot request.

func setString(p *plan, v reflect.Value, text string) {
	if p.pointer {
		if place, ok := v.Addr().Interface().(**string); ok {
			*place = &text
			return
		}
	}
	target(p, v).SetString(text)
}

func setBool(p *plan, v reflect.Value, truth bool) {
	if p.pointer {
		if place, ok := v.Addr().Interface().(**bool); ok {
			*place = &truth
			return
		}
	}
	target(p, v).SetBool(truth)
}

func setInt(p *plan, v reflect.Value, n int64) {
	if p.pointer {
		if place, ok := v.Addr().Interface().(**int64); ok {
			*place = &n
			return
		}
	}
	target(p, v).SetInt(n)
}

func setFloat(p *plan, v reflect.Value, f float64) {
	if p.pointer {
		if place, ok := v.Addr().Interface().(**float64); ok {
			*place = &f
			return
		}
	}
	target(p, v).SetFloat(f)
}
