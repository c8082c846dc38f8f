package services

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// CheckConstraints judges a decoded input (a pointer to a typed value, or a Document) by the model:
// required members, lengths, ranges, patterns and enums. All faults come in one ValidationException,
// in the words of AWS's framework and the model's order.
//
// A pattern matches anywhere in the value, as the model's anchors allow; see javaPattern for those
// that Go's regular expressions lack. DynamoDB has words of its own and does not use this.
func CheckConstraints(op *catalog.Operation, in any) error {
	return check(op, in, nil)
}

// LenientPatterns is CheckConstraints without the patterns of these shapes: some models are stricter
// than what AWS takes (its own documentation shows values that FIS's target parameters' pattern refuses).
func LenientPatterns(shapes ...string) func(op *catalog.Operation, in any) error {
	return func(op *catalog.Operation, in any) error { return check(op, in, shapes) }
}

// QueryConstraints is CheckConstraints as services of the query protocol have it (STS, IAM): a pattern must
// match the whole value, and the code is ValidationError. Patterns of these shapes are not judged.
func QueryConstraints(lenient ...string) func(op *catalog.Operation, in any) error {
	return func(op *catalog.Operation, in any) error {
		err := run(&checker{lenient: lenient, whole: true}, op, in)
		var e *aws.Error
		if errors.As(err, &e) {
			e.Code = "ValidationError"
		}
		return err
	}
}

func check(op *catalog.Operation, in any, lenient []string) error {
	return run(&checker{lenient: lenient}, op, in)
}

func run(c *checker, op *catalog.Operation, in any) error {
	if op.Input == nil {
		return nil
	}
	c.structure(op.Input, inside(reflect.ValueOf(in)), "")
	switch len(c.faults) {
	case 0:
		return nil
	case 1:
		return aws.Invalid("1 validation error detected: " + c.faults[0])
	}
	return aws.Invalid(strconv.Itoa(len(c.faults)) + " validation errors detected: " + strings.Join(c.faults, "; "))
}

// Breaches are the faults that LenientPatterns finds, one by one.
func Breaches(op *catalog.Operation, in any, lenient ...string) []string {
	c := &checker{lenient: lenient}
	c.structure(op.Input, inside(reflect.ValueOf(in)), "")
	return c.faults
}

// maxFaults ends the list: a request of 10,000 bad elements needs no longer answer.
const maxFaults = 100

type checker struct {
	lenient []string
	// whole: a pattern must match all of a value, not only something in it.
	whole  bool
	faults []string
}

// inside is the value behind pointers and interfaces; invalid when there is none.
func inside(v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	return v
}

// absent is true for a member that the caller did not send.
func absent(v reflect.Value) bool {
	if !v.IsValid() {
		return true
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.IsNil()
	}
	return false
}

// memberOf is a structure's member in a struct or a Document. known is false where the Go type has
// no place for it.
func memberOf(v reflect.Value, name string) (value reflect.Value, known bool) {
	if v.Kind() == reflect.Map {
		return inside(v.MapIndex(reflect.ValueOf(name))), true
	}
	field := v.FieldByName(strings.ToUpper(name[:1]) + name[1:])
	return inside(field), field.IsValid()
}

func (c *checker) structure(shape *catalog.Shape, v reflect.Value, path string) {
	if v.Kind() != reflect.Struct && v.Kind() != reflect.Map {
		return
	}
	for _, m := range shape.Members {
		value, known := memberOf(v, m.Name)
		if !known {
			continue
		}
		at := path + camelCase(m.Name)
		if absent(value) {
			// SDKs fill idempotency tokens; who calls without an SDK need not: a call without one is a new one.
			if m.Required && !m.Idempotency {
				c.fault("Value null at '" + at + "' failed to satisfy constraint: Member must not be null")
			}
			continue
		}
		c.value(m, value, at)
	}
}

// value checks one value that is there, and what is in it.
func (c *checker) value(m *catalog.Member, v reflect.Value, path string) {
	shape := m.Shape
	for _, constraint := range c.broken(shape, v) {
		c.failed(m, v, path, constraint)
	}
	switch {
	case shape.Kind == catalog.Structure:
		c.structure(shape, v, path+".")
	case shape.Kind == catalog.List && v.Kind() == reflect.Slice:
		c.elements(m, v, path)
	case shape.Kind == catalog.Map && v.Kind() == reflect.Map:
		c.entries(m, v, path)
	}
}

// elements checks a list's elements: scalars are judged together, containers one by one.
func (c *checker) elements(list *catalog.Member, v reflect.Value, path string) {
	element := list.Shape.Element
	for i := range v.Len() {
		value := inside(v.Index(i))
		if absent(value) {
			continue
		}
		if scalar(element.Shape) {
			if len(c.broken(element.Shape, value)) > 0 {
				c.failed(list, v, path, "Member must satisfy constraint: ["+strings.Join(c.all(element.Shape), ", ")+"]")
				return
			}
			continue
		}
		c.value(element, value, path+"."+strconv.Itoa(i+1)+".member")
	}
}

func (c *checker) entries(table *catalog.Member, v reflect.Value, path string) {
	key, element := table.Shape.Key, table.Shape.Element
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	badKey, badValue := false, false
	for _, k := range keys {
		if !badKey && key != nil && len(c.broken(key.Shape, k)) > 0 {
			badKey = true
			c.failed(table, v, path, "Map keys must satisfy constraint: ["+strings.Join(c.all(key.Shape), ", ")+"]")
		}
		value := inside(v.MapIndex(k))
		switch {
		case absent(value):
		case !scalar(element.Shape):
			c.value(element, value, path+"."+k.String()+".member")
		case !badValue && len(c.broken(element.Shape, value)) > 0:
			badValue = true
			c.failed(table, v, path, "Map value must satisfy constraint: ["+strings.Join(c.all(element.Shape), ", ")+"]")
		}
	}
}

func scalar(shape *catalog.Shape) bool {
	return shape.Kind != catalog.Structure && shape.Kind != catalog.List && shape.Kind != catalog.Map
}

// broken are the constraints that a value does not keep, in AWS's words.
func (c *checker) broken(shape *catalog.Shape, v reflect.Value) (words []string) {
	size, measured := measure(shape, v)
	if measured && shape.HasMax && size > shape.Max {
		words = append(words, atMost(shape))
	}
	if measured && shape.HasMin && size < shape.Min {
		words = append(words, atLeast(shape))
	}
	if v.Kind() != reflect.String {
		return words
	}
	if shape.Pattern != "" && !slices.Contains(c.lenient, shape.Name) && !c.matches(shape.Pattern, v.String()) {
		words = append(words, "Member must satisfy regular expression pattern: "+shape.Pattern)
	}
	if len(shape.Enum) > 0 && !slices.Contains(shape.Enum, v.String()) {
		words = append(words, enumSet(shape))
	}
	return words
}

func (c *checker) matches(pattern, value string) bool {
	if c.whole {
		pattern = `\A(?:` + pattern + `)\z`
	}
	return matches(pattern, value)
}

// all are the constraints of a shape: AWS lists every one for elements and entries.
func (c *checker) all(shape *catalog.Shape) (words []string) {
	if shape.HasMax {
		words = append(words, atMost(shape))
	}
	if shape.HasMin {
		words = append(words, atLeast(shape))
	}
	if shape.Pattern != "" {
		words = append(words, "Member must satisfy regular expression pattern: "+shape.Pattern)
	}
	if len(shape.Enum) > 0 {
		words = append(words, enumSet(shape))
	}
	return words
}

func atMost(shape *catalog.Shape) string {
	return "Member must have " + dimension(shape) + " less than or equal to " + limit(shape.Max)
}

func atLeast(shape *catalog.Shape) string {
	return "Member must have " + dimension(shape) + " greater than or equal to " + limit(shape.Min)
}

func enumSet(shape *catalog.Shape) string {
	return "Member must satisfy enum value set: [" + strings.Join(shape.Enum, ", ") + "]"
}

func limit(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func dimension(shape *catalog.Shape) string {
	switch shape.Kind {
	case catalog.Integer, catalog.Long, catalog.Float, catalog.Double:
		return "value"
	}
	return "length"
}

// measure is what min and max speak of: characters, bytes, elements, entries, or the number itself.
func measure(shape *catalog.Shape, v reflect.Value) (size float64, ok bool) {
	switch {
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanFloat():
		return v.Float(), true
	case v.Kind() == reflect.String:
		return float64(utf8.RuneCountInString(v.String())), true
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Map && shape.Kind == catalog.Map:
		return float64(v.Len()), true
	}
	return 0, false
}

func (c *checker) failed(m *catalog.Member, v reflect.Value, path, constraint string) {
	value := "Value '" + clip(dump(m.Shape, v)) + "' at '"
	if m.Sensitive {
		value = "Value at '"
	}
	c.fault(value + path + "' failed to satisfy constraint: " + constraint)
}

func (c *checker) fault(text string) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, text)
	}
}

// camelCase is a member's name as the messages have it: 'tableName' for TableName.
func camelCase(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// maxEcho is how many bytes of a value a message repeats.
const maxEcho = 4096

func clip(text string) string {
	if len(text) <= maxEcho {
		return text
	}
	return strings.ToValidUTF8(text[:maxEcho], "") + "..."
}

// dump writes a value as Java prints it: [a, b], {key=value}, Shape(member=value).
func dump(shape *catalog.Shape, v reflect.Value) string {
	v = inside(v)
	if !v.IsValid() {
		return "null"
	}
	switch {
	case shape.Kind == catalog.Structure && (v.Kind() == reflect.Struct || v.Kind() == reflect.Map):
		parts := []string{}
		for _, m := range shape.Members {
			value, _ := memberOf(v, m.Name)
			if absent(value) {
				continue
			}
			text := "***Sensitive Data Redacted***"
			if !m.Sensitive {
				text = dump(m.Shape, value)
			}
			parts = append(parts, camelCase(m.Name)+"="+text)
		}
		return shape.Name + "(" + strings.Join(parts, ", ") + ")"
	case shape.Kind == catalog.List && v.Kind() == reflect.Slice:
		parts := make([]string, 0, v.Len())
		for i := range v.Len() {
			parts = append(parts, dump(shape.Element.Shape, v.Index(i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case shape.Kind == catalog.Map && v.Kind() == reflect.Map:
		parts := make([]string, 0, v.Len())
		for _, key := range v.MapKeys() {
			parts = append(parts, key.String()+"="+dump(shape.Element.Shape, v.MapIndex(key)))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case shape.Kind == catalog.Blob && v.Kind() == reflect.Slice:
		return fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]", v.Len(), v.Len())
	}
	return fmt.Sprint(v.Interface())
}
