package item

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

func decode(text string) (Item, error) {
	s := jsonscan.New([]byte(text))
	var it Item
	err := it.DecodeJSON(&s)
	if err == nil {
		err = s.End()
	}
	return it, err
}

// roundTrips are items as they come in and as they are given back.
var roundTrips = []struct{ in, out string }{
	{`{}`, `{}`},
	{`{"a":{"S":""}}`, `{"a":{"S":""}}`},
	{` { "first name" : { "S" : "J\u00f6rg \"x\"\n" } } `, `{"first name":{"S":"Jörg \"x\"\n"}}`},
	{`{"a":{"N":"+01.50"}}`, `{"a":{"N":"1.5"}}`},
	{`{"a":{"B":"AAEC/w=="}}`, `{"a":{"B":"AAEC/w=="}}`},
	{`{"a":{"B":""}}`, `{"a":{"B":""}}`},
	{`{"a":{"BOOL":true},"b":{"BOOL":false},"c":{"NULL":true}}`, `{"a":{"BOOL":true},"b":{"BOOL":false},"c":{"NULL":true}}`},
	{`{"a":{"SS":["y","x"]},"b":{"NS":["1.0","-0"]},"c":{"BS":["AA==","AQ=="]}}`, `{"a":{"SS":["y","x"]},"b":{"NS":["1","0"]},"c":{"BS":["AA==","AQ=="]}}`},
	{`{"a":{"L":[]},"b":{"M":{}},"c":{"L":[{"S":"x"},{"L":[{"N":"1"}]}]},"d":{"M":{"k":{"M":{"l":{"NULL":true}}}}}}`, `{"a":{"L":[]},"b":{"M":{}},"c":{"L":[{"S":"x"},{"L":[{"N":"1"}]}]},"d":{"M":{"k":{"M":{"l":{"NULL":true}}}}}}`},
	{`{"a":{"S":"1"},"b":{"S":"2"},"a":{"S":"3"}}`, `{"a":{"S":"3"},"b":{"S":"2"}}`},
	{`{"a":{"S":"1","N":null,"Other":[1,{"x":null}]}}`, `{"a":{"S":"1"}}`},
}

func TestItemsComeBackAsTheyWentIn(t *testing.T) {
	t.Parallel()
	for _, c := range roundTrips {
		it, err := decode(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if err := it.Validate(); err != nil {
			t.Errorf("%s: %v", c.in, err)
		}
		if got := string(it.AppendJSON(nil)); got != c.out {
			t.Errorf("%s: got %s, want %s", c.in, got, c.out)
		}
		stored := Stored(Encode(it))
		if got := string(stored.JSON()); got != c.out {
			t.Errorf("stored %s: got %s, want %s", c.in, got, c.out)
		}
		if stored.Size() != it.Size() {
			t.Errorf("%s: stored size %d, size %d", c.in, stored.Size(), it.Size())
		}
		again, err := stored.Decode()
		if err != nil || !reflect.DeepEqual(again, it) {
			t.Errorf("%s: decoded again: %v, %v", c.in, again, err)
		}
		for _, a := range it {
			if v, ok, err := stored.Attribute(a.Name); !ok || err != nil || !Equal(v, a.Value) {
				t.Errorf("%s: attribute %q: %v %v %v", c.in, a.Name, v, ok, err)
			}
		}
		if _, ok, err := stored.Attribute("no such attribute"); ok || err != nil {
			t.Errorf("%s: found what is not there (%v)", c.in, err)
		}
	}
}

func TestManyAttributesAndRepeatedNames(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("{")
	for i := range 40_000 {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(`"n` + itoa(i%20_000) + `":{"N":"` + itoa(i) + `"}`)
	}
	b.WriteString("}")
	it, err := decode(b.String())
	if err != nil || len(it) != 20_000 {
		t.Fatalf("%d attributes, %v", len(it), err)
	}
	if it[7].Name != "n7" || it[7].Value.Text != "20007" {
		t.Errorf("got %v", it[7])
	}
	if !EqualItems(it, append(append(Item{}, it[100:]...), it[:100]...)) {
		t.Error("the order of attributes counted")
	}
}

func TestWhatValidationRefuses(t *testing.T) {
	t.Parallel()
	const invalidParameters = "One or more parameter values were invalid: "
	for _, c := range []struct{ value, today, classic string }{
		{value: `{}`, today: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{value: `{"X":"a"}`, today: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{value: `{"S":null}`, today: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{value: `null`, today: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{value: `{"L":[{"S":"a"},{}]}`, today: "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
		{value: `{"S":"a","N":"1"}`, today: "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"},
		{value: `{"S":"a","N":"b"}`, today: "The parameter cannot be converted to a numeric value: b"},
		{value: `{"NULL":false}`, today: invalidParameters + "Null attribute value types must have the value of true"},
		{value: `{"SS":[]}`, today: invalidParameters + "An string set  may not be empty"},
		{value: `{"NS":[]}`, today: invalidParameters + "An number set  may not be empty"},
		{value: `{"BS":[]}`, today: invalidParameters + "Binary sets should not be empty"},
		{value: `{"M":{"a":{"SS":[]}}}`, today: invalidParameters + "An string set  may not be empty"},
		{value: `{"SS":["a",""]}`},
		{value: `{"BS":["AA==",""]}`},
		{value: `{"SS":["a",null]}`, today: invalidParameters + "An string set may not have a empty string as a member"},
		{value: `{"SS":["b","a","b","0"]}`, today: invalidParameters + `Input collection ["a", "b", "b", "0"] contains duplicates.`, classic: invalidParameters + "Input collection [b, a, b, 0] contains duplicates."},
		{value: `{"SS":["",""]}`, today: invalidParameters + `Input collection ["", ""] contains duplicates.`, classic: invalidParameters + "Input collection [, ] contains duplicates."},
		{value: `{"BS":["/w==","AA==","AA=="]}`, today: invalidParameters + `Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.`, classic: invalidParameters + "Input collection [/w==, AA==, AA==]of type BS contains duplicates."},
		{value: `{"SS":["a","a"]}`, today: invalidParameters + `Input collection ["a", "a"] contains duplicates.`, classic: invalidParameters + "Input collection [a, a] contains duplicates."},
		{value: `{"NS":["1","1.0"]}`, today: invalidParameters + "Input collection contains duplicates.", classic: "Input collection contains duplicates"},
		{value: `{"N":""}`, today: "The parameter cannot be converted to a numeric value: ", classic: "The parameter cannot be converted to a numeric value"},
		{value: `{"N":"1e2147483646"}`, today: errOverflow.Today},
		{value: `{"N":"1e2147483647"}`, today: errOverflow.Today, classic: errUnderflow.Today},
		{value: `{"N":"1e2147483648"}`, today: errOverflow.Today, classic: "The parameter cannot be converted to a numeric value: 1e2147483648"},
		{value: `{"N":"1e-99999999999"}`, today: errUnderflow.Today, classic: "The parameter cannot be converted to a numeric value: 1e-99999999999"},
		{value: `{"N":"1e9223372036854775808"}`, today: "The parameter cannot be converted to a numeric value: 1e9223372036854775808"},
		{value: `{"N":"0e125"}`},
		{value: `{"N":"0e126"}`, today: errOverflow.Today},
		{value: `{"N":"0e-131"}`, today: errUnderflow.Today},
		{value: `{"N":"abc"}`, today: "The parameter cannot be converted to a numeric value: abc"},
		{value: `{"NS":["1","x"]}`, today: "The parameter cannot be converted to a numeric value: x"},
		{value: `{"N":"1e126"}`, today: "Number overflow. Attempting to store a number with magnitude larger than supported range"},
		{value: `{"N":"1e-131"}`, today: "Number underflow. Attempting to store a number with magnitude smaller than supported range"},
		{value: `{"N":"123456789012345678901234567890123456789"}`, today: "Attempting to store more than 38 significant digits in a Number"},
		{value: nested(32), today: "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"},
		{value: nested(31)},
		{value: `{"M":{"":{"S":"x"}}}`, today: "Empty attribute name"},
		{value: `{"M":{"` + strings.Repeat("n", 65536) + `":{"S":"x"}}}`, today: "Attribute name is too large, must be less than 65536 bytes"},
	} {
		it, err := decode(`{"a":` + c.value + `}`)
		if err != nil {
			t.Errorf("%s: %v", c.value, err)
			continue
		}
		err = it.Validate()
		if c.today == "" {
			if err != nil {
				t.Errorf("%s: %v", c.value, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v is no *Error", c.value, err)
			continue
		}
		if c.classic == "" {
			c.classic = c.today
		}
		if e.Text(false) != c.today || e.Text(true) != c.classic {
			t.Errorf("%.200s:\n got  %s\n and  %s\n want %s\n and  %s", c.value, e.Text(false), e.Text(true), c.today, c.classic)
		}
	}
}

// nested is a string below so many maps.
func nested(maps int) string {
	return strings.Repeat(`{"M":{"n":`, maps) + `{"S":"leaf"}` + strings.Repeat("}}", maps)
}

func TestWrongJSONIsASerializationException(t *testing.T) {
	t.Parallel()
	for text, message := range map[string]string{
		`{"a":{"S":1}}`:             "NUMBER_VALUE cannot be converted to String",
		`{"a":{"S":true}}`:          "TRUE_VALUE cannot be converted to String",
		`{"a":{"N":false}}`:         "FALSE_VALUE cannot be converted to String",
		`{"a":{"N":1}}`:             "NUMBER_VALUE cannot be converted to String",
		`{"a":{"S":{}}}`:            "Start of structure or map found where not expected",
		`{"a":{"S":[]}}`:            "Unrecognized collection type class java.lang.String",
		`{"a":{"BOOL":1}}`:          "NUMBER_VALUE cannot be converted to Boolean",
		`{"a":{"BOOL":"true"}}`:     "Unexpected token received from parser",
		`{"a":{"NULL":[]}}`:         "Unrecognized collection type class java.lang.Boolean",
		`{"a":{"B":1}}`:             "only base-64-encoded strings are convertible to bytes",
		`{"a":{"B":"abcde"}}`:       "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
		`{"a":{"B":"AAB="}}`:        "Invalid last non-pad Base64 character dectected",
		`{"a":{"B":"A*=="}}`:        "Invalid Base64 character: '*'",
		`{"a":{"L":"x"}}`:           "Unexpected field type",
		`{"a":{"L":{}}}`:            "Start of structure or map found where not expected",
		`{"a":{"M":"x"}}`:           "Unexpected field type",
		`{"a":{"M":[]}}`:            "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
		`{"a":"x"}`:                 "Unexpected value type in payload",
		`{"a":[]}`:                  "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
		`{"a":{"SS":[1]}}`:          "NUMBER_VALUE cannot be converted to String",
		`[]`:                        "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
		`"x"`:                       "Unexpected field type",
		`{"a":{"S":"x"`:             "",
		`{"a":{"S":x}}`:             "",
		`{"a":{"S":"x"},}`:          "",
		strings.Repeat(`[`, 3):      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
		`{"a":` + nested(400) + `}`: "",
	} {
		_, err := decode(text)
		var e *aws.Error
		if !errors.As(err, &e) || e.Code != "SerializationException" || e.Namespace != "com.amazon.coral.service" || e.Status != 400 || e.Message != message {
			t.Errorf("%.60s: got %v, want a SerializationException %q", text, err, message)
		}
	}
}

// FuzzDecode holds what we read against encoding/json, and what we store against what we read.
func FuzzDecode(f *testing.F) {
	for _, c := range roundTrips {
		f.Add([]byte(c.in))
	}
	f.Add([]byte(`{"a":{"SS":["a","a"]},"b":{"N":"1e5"},"c":{"S":"\ud800"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		it, err := decode(string(text))
		var tree map[string]any
		jsonErr := json.Unmarshal(text, &tree)
		if err != nil {
			return
		}
		if jsonErr != nil {
			t.Fatalf("we read %q, encoding/json says %v", text, jsonErr)
		}
		if len(it) != len(tree) {
			t.Fatalf("%q: %d attributes, encoding/json has %d", text, len(it), len(tree))
		}
		for _, a := range it {
			object, _ := tree[a.Name].(map[string]any)
			if want, ok := object[a.Value.Type.String()]; a.Value.Type != Invalid && !ok {
				t.Fatalf("%q: %q is %v, encoding/json has %v", text, a.Name, a.Value.Type, object)
			} else if a.Value.Type == S && want != a.Value.Text {
				t.Fatalf("%q: %q is %q, encoding/json has %q", text, a.Name, a.Value.Text, want)
			}
		}
		if it.Validate() != nil {
			return
		}
		stored := Stored(Encode(it))
		again, err := stored.Decode()
		if err != nil || !EqualItems(it, again) {
			t.Fatalf("%q: stored as %q, read as %v, %v", text, stored, again, err)
		}
		if !json.Valid(stored.JSON()) {
			t.Fatalf("%q: stored as %q, which is no JSON", text, stored)
		}
	})
}

func TestDamagedStoredBytesAreErrors(t *testing.T) {
	t.Parallel()
	good := Encode(Item{{"a", Text("x")}})
	for _, bad := range []Stored{nil, {9, 1, '{', '}'}, {1}, {1, 0xFF}, Stored(good[:len(good)-2]), {1, 2, 'x'}} {
		if it, err := bad.Decode(); err == nil {
			t.Errorf("%q was read as %v", []byte(bad), it)
		}
		if _, _, err := bad.Attribute("zzz"); err == nil {
			t.Errorf("%q: no error", []byte(bad))
		}
	}
}
