package protocol

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

func (r *jsonReader) text(shape *catalog.Shape, at place) (string, error) {
	switch kind := r.scanner.Peek(); {
	case kind == jsonscan.String:
		return r.scanner.String()
	case !r.textOfAny || at != inMap:
	case kind == jsonscan.Number:
		return r.scanner.Number()
	case kind == jsonscan.True, kind == jsonscan.False:
		truth, err := r.scanner.Bool()
		return strconv.FormatBool(truth), err
	}
	return "", r.mismatch(shape, at)
}

// boolean takes the words "true" and "false" for what they say, as AWS's framework does.
func (r *jsonReader) boolean(shape *catalog.Shape, at place) (bool, error) {
	switch r.scanner.Peek() {
	case jsonscan.True, jsonscan.False:
		return r.scanner.Bool()
	case jsonscan.String:
		text, err := r.scanner.String()
		if err != nil {
			return false, err
		}
		if strings.EqualFold(text, "true") {
			return true, nil
		}
		if strings.EqualFold(text, "false") {
			return false, nil
		}
		return false, serialization("Unexpected token received from parser")
	}
	return false, r.mismatch(shape, at)
}

// integer cuts fractions off and holds what is too large at the type's end, as AWS's framework does.
func (r *jsonReader) integer(shape *catalog.Shape, at place) (int64, error) {
	if r.scanner.Peek() != jsonscan.Number {
		return 0, r.mismatch(shape, at)
	}
	text, err := r.scanner.Number()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, _ := strconv.ParseFloat(text, 64) // the scanner has checked its grammar: ±Inf at worst
		n = truncated(f)
	}
	return withinKind(shape.Kind, n), nil
}

// truncated is a float without its fraction, held within 64 bits.
func truncated(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

func withinKind(kind catalog.Kind, n int64) int64 {
	if kind == catalog.Integer {
		return min(max(n, math.MinInt32), math.MaxInt32)
	}
	return n
}

func (r *jsonReader) float(shape *catalog.Shape, at place) (float64, error) {
	switch r.scanner.Peek() {
	case jsonscan.Number:
		text, err := r.scanner.Number()
		if err != nil {
			return 0, err
		}
		f, _ := strconv.ParseFloat(text, 64)
		return f, nil
	case jsonscan.String:
		text, err := r.scanner.String()
		if err != nil {
			return 0, err
		}
		if f, ok := namedFloat(text); ok {
			return f, nil
		}
		return 0, serialization("STRING_VALUE cannot be converted to " + javaName(shape.Kind))
	}
	return 0, r.mismatch(shape, at)
}

// namedFloat reads the floats that JSON has no numbers for.
func namedFloat(text string) (float64, bool) {
	switch text {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

func (r *jsonReader) blob(shape *catalog.Shape, at place) ([]byte, error) {
	if r.scanner.Peek() != jsonscan.String {
		return nil, r.mismatch(shape, at)
	}
	text, err := r.scanner.String()
	if err != nil {
		return nil, err
	}
	return decodeBase64(text)
}

func decodeBase64(text string) ([]byte, error) {
	if len(text)%4 != 0 {
		return nil, serialization("Base64 encoded length is expected a multiple of 4 bytes but found: " + strconv.Itoa(len(text)))
	}
	bytes, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, serialization("Invalid last non-pad Base64 character dectected") // AWS's spelling
	}
	return bytes, nil
}

func (r *jsonReader) timestamp(p *plan, at place) (time.Time, error) {
	switch kind := r.scanner.Peek(); {
	case kind == jsonscan.Number:
		text, err := r.scanner.Number()
		if err != nil {
			return time.Time{}, err
		}
		return parseEpoch(text)
	case kind == jsonscan.String && p.format != "" && p.format != unixTimestamp:
		text, err := r.scanner.String()
		if err != nil {
			return time.Time{}, err
		}
		return parseTime(text, p.format)
	}
	return time.Time{}, r.mismatch(p.shape, at)
}

// textNestedGeneric is what AWS's decoder says of a scalar where a list or a map inside a list or a map should be.
const textNestedGeneric = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class " +
	"(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')"

// mismatch words the error for the next value, which is not of the kind that the shape asks for.
func (r *jsonReader) mismatch(shape *catalog.Shape, at place) error {
	start := r.scanner.Offset()
	got := r.scanner.Peek()
	if err := r.scanner.Skip(); err != nil { // broken JSON is that first of all
		return err
	}
	number := "NUMBER_VALUE"
	if strings.ContainsAny(string(r.scanner.Since(start)), ".eE") {
		number = "DECIMAL_VALUE"
	}
	token := map[jsonscan.Kind]string{
		jsonscan.String: "STRING_VALUE", jsonscan.Number: number, jsonscan.True: "TRUE_VALUE", jsonscan.False: "FALSE_VALUE",
		jsonscan.Null: "VALUE_NULL",
	}[got]
	switch {
	case got == jsonscan.Object:
		return serialization("Start of structure or map found where not expected")
	case got == jsonscan.Array:
		return serialization("Unrecognized collection type " + r.javaType(shape))
	case shape.Kind == catalog.Structure && at != inField:
		return serialization("Unexpected value type in payload")
	case at != inField && (shape.Kind == catalog.List || shape.Kind == catalog.Map): // a Java generic inside another
		return serialization(textNestedGeneric)
	case shape.Kind == catalog.Structure, shape.Kind == catalog.List, shape.Kind == catalog.Map:
		return serialization("Unexpected field type")
	case shape.Kind == catalog.Blob:
		return serialization("only base-64-encoded strings are convertible to bytes")
	case shape.Kind == catalog.Timestamp:
		return serialization(token + " can not be converted to milliseconds since epoch")
	}
	return serialization(token + " cannot be converted to " + javaName(shape.Kind))
}

func javaName(kind catalog.Kind) string {
	switch kind {
	case catalog.Integer:
		return "Integer"
	case catalog.Long:
		return "Long"
	case catalog.Float:
		return "Float"
	case catalog.Double:
		return "Double"
	case catalog.Boolean:
		return "Boolean"
	}
	return "String"
}

// javaType is how AWS's framework prints the type that it wanted in place of a list.
func (r *jsonReader) javaType(shape *catalog.Shape) string {
	switch shape.Kind {
	case catalog.Structure:
		return "class " + r.className(shape)
	case catalog.Map:
		return "java.util.Map<java.lang.String, " + r.className(shape.Element.Shape) + ">"
	case catalog.Blob:
		return "class java.nio.ByteBuffer"
	case catalog.Timestamp:
		return "class java.util.Date"
	}
	return "class java.lang." + javaName(shape.Kind)
}

func (r *jsonReader) className(shape *catalog.Shape) string {
	switch shape.Kind {
	case catalog.List:
		return "java.util.List<" + r.className(shape.Element.Shape) + ">"
	case catalog.Structure, catalog.Map:
		if r.namespace != "" {
			return r.namespace + "." + shape.Name
		}
		return shape.Name
	}
	return strings.TrimPrefix(r.javaType(shape), "class ")
}
