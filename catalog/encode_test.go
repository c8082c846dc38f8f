package catalog

import (
	"reflect"
	"slices"
	"testing"
)

// full is a service in which every field of every type has a value of its own.
func full() *Service {
	text := &Shape{Name: "Text", Kind: String, Min: 1, Max: 0.5, HasMin: true, HasMax: true, Pattern: `[\S]+`, Enum: []string{"a", "b"}}
	when := &Shape{Name: "When", Kind: Timestamp, TimestampFormat: "iso8601"}
	input := &Shape{Name: "Input", Kind: Structure, Payload: "All", Union: true, XMLNamespace: "urn:in"}
	list := &Shape{Name: "List", Kind: List, Flattened: true, Sparse: true, Element: &Member{Name: "member", LocationName: "item", Shape: input}}
	table := &Shape{
		Name: "Map", Kind: Map, Key: &Member{Name: "key", LocationName: "k", Shape: text},
		Element: &Member{Name: "value", LocationName: "v", Shape: list},
	}
	input.Members = []*Member{
		{
			Name: "All", Shape: table, Location: "header", LocationName: "x-all", QueryName: "Every", Required: true, XMLAttribute: true,
			HostLabel: true, Idempotency: true, Streaming: true, Flattened: true, Sensitive: true, JSONValue: true,
			TimestampFormat: "rfc822", XMLNamespace: "urn:member", XMLPrefix: "m",
		},
		{Name: "at", Shape: when, LocationName: "at"},
		{Name: "any", Shape: &Shape{Name: "Document", Kind: Any, Min: -1.5, HasMin: true}, LocationName: "any"},
	}
	s := &Service{
		Name: "full", ID: "The Full", SigningName: "signing", EndpointPrefix: "end.point", TargetPrefix: "Target_1", APIVersion: "2020-01-01",
		JSONVersion: "1.1", XMLNamespace: "urn:x", Protocols: []string{JSON, Query}, QueryCompatible: true,
		Errors: []*ErrorShape{
			{Name: "A", Code: "A", Status: 400, Sender: true, Shape: input},
			{Name: "B", Code: "Other.B", Status: 503, Retryable: true, Throttling: true},
		},
	}
	s.Operations = []*Operation{
		{
			Service: s, Name: "Do", Method: "PATCH", URI: "/a/{b+}?c", Status: 202, StreamingInput: true, StreamingOutput: true, Unsigned: true,
			Deprecated: true,
			HostPrefix: "data.", Errors: slices.Clone(s.Errors), ResultWrapper: "Odd", HasShapes: true, Input: input, Output: list,
			InputElement: "Root", InputNamespace: "urn:root", Fields: []Field{{"x", "querystring", true}, {"y", "", false}},
		},
		{Service: s, Name: "Plain", Method: "POST", URI: "/", Status: 200, ResultWrapper: "PlainResult", Errors: s.Errors[1:]},
	}
	return s
}

// TestNothingIsLost writes and reads what has every field set. That each has is made sure by reflection,
// so that a field added later cannot be forgotten here.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	want := full()
	unset := map[string]bool{}
	findUnset(reflect.ValueOf(want), map[uintptr]bool{}, unset)
	for field, never := range unset {
		if never && field != "Service.Traits" { // they are written by hand, not in the table
			t.Errorf("the test gives no value to %s", field)
		}
	}
	data, err := Encode("a test", []*Service{want})
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(string(data))
	if err != nil {
		t.Fatal(err)
	}
	got := table.Lookup("full")
	got.operations, got.errors = nil, nil
	shapes := collectShapes(got)
	for _, shape := range shapes.list {
		shape.byName = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back: %+v, want %+v", got, want)
		for i, op := range want.Operations {
			t.Logf("%+v, want %+v", got.Operations[i], op)
		}
		for i, shape := range collectShapes(want).list {
			t.Logf("%+v, want %+v", shapes.list[i], shape)
		}
	}
}

// findUnset records for every exported field of the package's types whether it is zero wherever it occurs.
func findUnset(v reflect.Value, seen map[uintptr]bool, unset map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		findUnset(v.Elem(), seen, unset)
	case reflect.Slice:
		for i := range v.Len() {
			findUnset(v.Index(i), seen, unset)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() || v.Type() == reflect.TypeFor[Traits]() {
				continue
			}
			name := v.Type().Name() + "." + field.Name
			never, known := unset[name]
			unset[name] = (never || !known) && v.Field(i).IsZero()
			findUnset(v.Field(i), seen, unset)
		}
	}
}
