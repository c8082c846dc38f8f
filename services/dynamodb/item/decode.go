package item

import (
	"encoding/base64"
	"errors"
	"strings"
	"unsafe"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// DecodeJSON reads an item: an object of attribute values; null is none. Of two attributes with one name the later
// counts. Wrong JSON is an *aws.Error (SerializationException); what only validation refuses becomes
// a Value of type Invalid, which Validate reports.
func (it *Item) DecodeJSON(s *jsonscan.Scanner) error {
	if s.Peek() == jsonscan.Null {
		*it = nil
		return asSerialization(s.Null())
	}
	return asSerialization(it.decode(s, 8))
}

// DecodeJSON reads one attribute value; faults are as with Item.DecodeJSON.
func (v *Value) DecodeJSON(s *jsonscan.Scanner) error {
	return asSerialization(v.decode(s))
}

// asSerialization gives syntax errors the form in which clients see them: a code without words.
func asSerialization(err error) error {
	if err == nil {
		return nil // spares the usual case the allocation of what errors.As looks for
	}
	var syntax *jsonscan.SyntaxError
	if errors.As(err, &syntax) {
		return &aws.Error{Code: "SerializationException", Namespace: "com.amazon.coral.service", Status: 400, Sender: true, Cause: err}
	}
	return err
}

func serialization(message string) error {
	return &aws.Error{
		Code: "SerializationException", Namespace: "com.amazon.coral.service", Message: message,
		Status: 400, Sender: true,
	}
}

// indexFrom is the number of attributes from which names are looked up in a map: below, comparing
// them all is faster; above, it would let a request of many names cost the square of its size.
const indexFrom = 24

func (it *Item) decode(s *jsonscan.Scanner, capacity int) error {
	if err := expect(s, jsonscan.Object, "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"); err != nil {
		return err
	}
	if err := s.OpenObject(); err != nil {
		return err
	}
	result := make(Item, 0, capacity)
	var places map[string]int
	for first := true; ; first = false {
		name, more, err := s.Key(first)
		if err != nil {
			return err
		}
		if !more {
			*it = result
			return nil
		}
		at := -1
		if len(result) < indexFrom {
			at = result.Index(name)
		} else {
			places = result.places(places)
			if i, ok := places[name]; ok {
				at = i
			}
		}
		if at < 0 {
			at = len(result)
			result = append(result, Attribute{Name: name})
		}
		if err := result[at].Value.decode(s); err != nil {
			return err
		}
	}
}

// places brings an index of names up to date; all but the last attribute may be in it already.
func (it Item) places(index map[string]int) map[string]int {
	if index == nil {
		index = make(map[string]int, 2*len(it))
	}
	for i := len(index); i < len(it); i++ {
		index[it[i].Name] = i
	}
	return index
}

func (v *Value) decode(s *jsonscan.Scanner) error {
	*v = Value{}
	switch s.Peek() {
	case jsonscan.Object:
	case jsonscan.Null:
		*v = invalid(textEmptyValue)
		return s.Null()
	case jsonscan.Array:
		return serialization("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue")
	case jsonscan.String, jsonscan.Number, jsonscan.True, jsonscan.False:
		return serialization("Unexpected value type in payload")
	default:
		return s.Skip()
	}
	if err := s.OpenObject(); err != nil {
		return err
	}
	var seen Type // the first type found
	several := false
	for first := true; ; first = false {
		key, more, err := s.Key(first)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		t, known := typeOfKey(key)
		if !known || s.Peek() == jsonscan.Null {
			if err := s.Skip(); err != nil {
				return err
			}
			continue
		}
		if seen == Invalid || seen == t {
			seen = t
			if err := v.decodeAs(t, s); err != nil {
				return err
			}
			continue
		}
		several = true
		var other Value
		if err := other.decodeAs(t, s); err != nil {
			return err
		}
		if v.Type != Invalid && other.Type == Invalid {
			*v = other // a fault inside one of them is reported before their number
		}
	}
	switch {
	case seen == Invalid:
		*v = invalid(textEmptyValue)
	case several && v.Type != Invalid:
		*v = invalid(textSeveralTypes)
	}
	return nil
}

func typeOfKey(key string) (Type, bool) {
	switch key {
	case "S":
		return S, true
	case "N":
		return N, true
	case "B":
		return B, true
	case "M":
		return M, true
	case "L":
		return L, true
	case "BOOL":
		return BOOL, true
	case "NULL":
		return NULL, true
	case "SS":
		return SS, true
	case "NS":
		return NS, true
	case "BS":
		return BS, true
	}
	return Invalid, false
}

func (v *Value) decodeAs(t Type, s *jsonscan.Scanner) error {
	switch t {
	case S, N, B:
		return v.decodeScalar(t, s)
	case BOOL, NULL:
		return v.decodeBool(t, s)
	case M:
		*v = Value{Type: M}
		return v.Fields.decode(s, 4)
	case L:
		return v.decodeList(s)
	}
	return v.decodeSet(t, s)
}

func (v *Value) decodeScalar(t Type, s *jsonscan.Scanner) error {
	if t == B {
		raw, err := decodeBinary(s)
		*v = Value{Type: B, Text: raw}
		return err
	}
	if err := expect(s, jsonscan.String, "class java.lang.String"); err != nil {
		return err
	}
	text, err := s.String()
	if err != nil {
		return err
	}
	if t == S {
		*v = Value{Type: S, Text: text}
		return nil
	}
	number, err := CanonicalNumber(text)
	if err != nil {
		*v = invalidError(err)
		return nil
	}
	*v = Value{Type: N, Text: number}
	return nil
}

func (v *Value) decodeBool(t Type, s *jsonscan.Scanner) error {
	if s.Peek() == jsonscan.String {
		return serialization("Unexpected token received from parser")
	}
	if err := expect(s, jsonscan.True, "class java.lang.Boolean"); err != nil {
		return err
	}
	b, err := s.Bool()
	switch {
	case err != nil:
		return err
	case t == BOOL:
		*v = Value{Type: BOOL, Bool: b}
	case b:
		*v = Value{Type: NULL}
	default:
		*v = invalid(textFalseNull)
	}
	return nil
}

func (v *Value) decodeList(s *jsonscan.Scanner) error {
	*v = Value{Type: L, Elements: []Value{}}
	if err := openList(s); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.Element(first)
		if !more || err != nil {
			return err
		}
		v.Elements = append(v.Elements, Value{})
		if err := v.Elements[len(v.Elements)-1].decode(s); err != nil {
			return err
		}
	}
}

func (v *Value) decodeSet(t Type, s *jsonscan.Scanner) error {
	*v = Value{Type: t}
	if err := openList(s); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.Element(first)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		var member Value
		if s.Peek() == jsonscan.Null {
			err, member = s.Null(), invalid(nullMembers[t])
		} else {
			err = member.decodeScalar(t.Member(), s)
		}
		if err != nil {
			return err
		}
		v.Elements = append(v.Elements, member)
	}
	v.checkSet()
	return nil
}

// nullMembers are the faults of sets with a null among their members.
var nullMembers = map[Type]string{
	SS: textInvalid + "An string set may not have a empty string as a member",
	NS: textNotNumeric,
	BS: textInvalid + "Binary sets may not contain null or empty values",
}

func openList(s *jsonscan.Scanner) error {
	switch s.Peek() {
	case jsonscan.Array:
		return s.OpenArray()
	case jsonscan.Object:
		return serialization("Start of structure or map found where not expected")
	case jsonscan.Bad, jsonscan.End:
		return s.Skip()
	}
	return serialization("Unexpected field type")
}

// decodeBinary reads base64 as AWS does: padded, and without bits left over.
func decodeBinary(s *jsonscan.Scanner) (string, error) {
	switch s.Peek() {
	case jsonscan.Number, jsonscan.True, jsonscan.False:
		return "", serialization("only base-64-encoded strings are convertible to bytes")
	}
	if err := expect(s, jsonscan.String, "class java.nio.ByteBuffer"); err != nil {
		return "", err
	}
	text, err := s.String()
	if err != nil || text == "" {
		return "", err
	}
	if len(text)%4 != 0 {
		return "", serialization("Base64 encoded length is expected a multiple of 4 bytes but found: " + itoa(len(text)))
	}
	for _, c := range text {
		if c >= 0x80 || strings.IndexByte(base64Characters, byte(c)) < 0 {
			return "", serialization("Invalid Base64 character: '" + string(c) + "'")
		}
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(raw, unsafe.Slice(unsafe.StringData(text), len(text)))
	if err != nil {
		return "", serialization("Invalid last non-pad Base64 character dectected")
	}
	return unsafe.String(unsafe.SliceData(raw), n), nil
}

const base64Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

// expect is the SerializationException for a value that is not of the wanted kind. class is the Java
// class that AWS names when it meets a list. True stands for both booleans.
func expect(s *jsonscan.Scanner, want jsonscan.Kind, class string) error {
	got := s.Peek()
	if got == jsonscan.False {
		got = jsonscan.True
	}
	if got == want {
		return nil
	}
	switch got {
	case jsonscan.Array:
		return serialization("Unrecognized collection type " + class)
	case jsonscan.Object:
		return serialization("Start of structure or map found where not expected")
	case jsonscan.Bad, jsonscan.End:
		return s.Skip()
	case jsonscan.Null:
		return serialization("NULL_VALUE cannot be converted to " + class[strings.LastIndexByte(class, '.')+1:])
	}
	if want == jsonscan.Object {
		return serialization("Unexpected field type")
	}
	number := "NUMBER_VALUE"
	if got == jsonscan.Number {
		start := s.Offset()
		if err := s.Skip(); err != nil {
			return err
		}
		if strings.ContainsAny(string(s.Since(start)), ".eE") {
			number = "DECIMAL_VALUE"
		}
	}
	token := map[jsonscan.Kind]string{jsonscan.String: "STRING_VALUE", jsonscan.Number: number, jsonscan.True: "TRUE_VALUE"}[got]
	if s.Peek() == jsonscan.False {
		token = "FALSE_VALUE"
	}
	return serialization(token + " cannot be converted to " + class[strings.LastIndexByte(class, '.')+1:])
}
