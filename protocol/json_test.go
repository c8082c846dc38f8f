package protocol

import (
	"errors"
	"hash/crc32"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// operation finds an operation of the real catalogue.
func operation(t testing.TB, service, name string) *catalog.Operation {
	t.Helper()
	s := catalog.Lookup(service)
	if s == nil || s.Operation(name) == nil {
		t.Fatalf("the catalogue has no %s.%s", service, name)
	}
	return s.Operation(name)
}

// rawItem reads and writes itself, as DynamoDB's items do.
type rawItem []byte

func (r *rawItem) DecodeJSON(s *jsonscan.Scanner) error {
	s.Peek()
	start := s.Offset()
	if err := s.Skip(); err != nil {
		return err
	}
	*r = s.Since(start)
	return nil
}

func (r rawItem) AppendJSON(b []byte) []byte { return append(b, r...) }

type getItemInput struct {
	TableName                *string
	Key                      rawItem
	AttributesToGet          []string
	ConsistentRead           *bool
	ReturnConsumedCapacity   *string
	ProjectionExpression     *string
	ExpressionAttributeNames map[string]string
}

type consumedCapacity struct {
	TableName     *string
	CapacityUnits *float64
}

type getItemOutput struct {
	Item             rawItem
	ConsumedCapacity *consumedCapacity
}

type keySchemaElement struct {
	AttributeName, KeyType *string
}

type createTableInput struct {
	TableName             *string
	KeySchema             []keySchemaElement
	ProvisionedThroughput *struct{ ReadCapacityUnits, WriteCapacityUnits *int64 }
	Tags                  []struct{ Key, Value *string }
}

const getItemBody = `{"TableName": "Students", "Key": {"id": {"S": "1"}}, "ConsistentRead": true, "Unknown": [1, {"a": null}],
	"ExpressionAttributeNames": {"#n": "first name"}, "AttributesToGet": ["a", "b"], "ReturnConsumedCapacity": null}`

func TestAWSJSONDecodesTypes(t *testing.T) {
	t.Parallel()
	var in getItemInput
	if err := For(catalog.JSON).Decode(nil, []byte(getItemBody), operation(t, "dynamodb", "GetItem"), &in); err != nil {
		t.Fatal(err)
	}
	want := getItemInput{
		TableName: new("Students"), Key: rawItem(`{"id": {"S": "1"}}`), ConsistentRead: new(true),
		ExpressionAttributeNames: map[string]string{"#n": "first name"}, AttributesToGet: []string{"a", "b"},
	}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got %+v, want %+v", in, want)
	}
}

func TestAWSJSONDecodesDocuments(t *testing.T) {
	t.Parallel()
	var in aws.Document
	if err := For(catalog.JSON).Decode(nil, []byte(getItemBody), operation(t, "dynamodb", "GetItem"), &in); err != nil {
		t.Fatal(err)
	}
	want := aws.Document{
		"TableName": "Students", "Key": map[string]any{"id": map[string]any{"S": "1"}}, "ConsistentRead": true,
		"ExpressionAttributeNames": map[string]any{"#n": "first name"}, "AttributesToGet": []any{"a", "b"},
	}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got %+v, want %+v", in, want)
	}
}

func TestAWSJSONEncodes(t *testing.T) {
	t.Parallel()
	const want = `{"Item":{"id":{"S":"1"}},"ConsumedCapacity":{"TableName":"Students","CapacityUnits":0.5}}`
	outs := []any{
		&getItemOutput{Item: rawItem(`{"id":{"S":"1"}}`), ConsumedCapacity: &consumedCapacity{new("Students"), new(0.5)}},
		aws.Document{
			"Item":             map[string]any{"id": map[string]any{"S": "1"}},
			"ConsumedCapacity": aws.Document{"TableName": "Students", "CapacityUnits": 0.5},
		},
	}
	for _, out := range outs {
		reply := &Reply{}
		if err := For(catalog.JSON).Encode(reply, operation(t, "dynamodb", "GetItem"), &aws.Call{ID: "ID"}, out); err != nil {
			t.Fatal(err)
		}
		if string(reply.Body) != want {
			t.Errorf("%T: got %s", out, reply.Body)
		}
		h := reply.Header
		if h.Get("Content-Type") != "application/x-amz-json-1.0" || h.Get("x-amzn-RequestId") != "ID" || reply.Status != 200 {
			t.Errorf("status %d, header %v", reply.Status, h)
		}
		if h.Get("x-amz-crc32") != strconv.FormatUint(uint64(crc32.ChecksumIEEE(reply.Body)), 10) {
			t.Errorf("crc32 %q", h.Get("x-amz-crc32"))
		}
	}
}

func TestAWSJSONAbsentOutputIsEmptyObject(t *testing.T) {
	t.Parallel()
	for _, out := range []any{nil, (*getItemOutput)(nil), &getItemOutput{}, aws.Document(nil), aws.Document{}, &aws.Document{}} {
		reply := &Reply{}
		if err := For(catalog.JSON).Encode(reply, operation(t, "dynamodb", "GetItem"), &aws.Call{}, out); err != nil {
			t.Fatal(err)
		}
		if string(reply.Body) != "{}" {
			t.Errorf("%T: %s", out, reply.Body)
		}
	}
}

func TestSerializationTexts(t *testing.T) {
	t.Parallel()
	create := operation(t, "dynamodb", "CreateTable")
	for body, want := range map[string]string{
		`{"TableName":true}`:           "TRUE_VALUE cannot be converted to String",
		`{"TableName":false}`:          "FALSE_VALUE cannot be converted to String",
		`{"TableName":23}`:             "NUMBER_VALUE cannot be converted to String",
		`{"TableName":34.56}`:          "DECIMAL_VALUE cannot be converted to String",
		`{"TableName":[]}`:             "Unrecognized collection type class java.lang.String",
		`{"TableName":{}}`:             "Start of structure or map found where not expected",
		`{"KeySchema":"23"}`:           "Unexpected field type",
		`{"KeySchema":{}}`:             "Start of structure or map found where not expected",
		`{"KeySchema":["a"]}`:          "Unexpected value type in payload",
		`{"KeySchema":[[]]}`:           "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement",
		`{"ProvisionedThroughput":[]}`: "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput",
		`{"ProvisionedThroughput":1}`:  "Unexpected field type",
		`{"ProvisionedThroughput":{"ReadCapacityUnits":"1"}}`:   "STRING_VALUE cannot be converted to Long",
		`{"ProvisionedThroughput":{"ReadCapacityUnits":[]}}`:    "Unrecognized collection type class java.lang.Long",
		`{"ProvisionedThroughput":{"ReadCapacityUnits":true}}`:  "TRUE_VALUE cannot be converted to Long",
		`{"TableName":"a","ProvisionedThroughput":{"Unknown":}`: "",
		`{"TableName":"a"} x`: "",
		`[]`:                  "",
		`"a"`:                 "",
		``:                    "",
		`{`:                   "",
		`null`:                "",
	} {
		var typed createTableInput
		var document aws.Document
		for _, in := range []any{&typed, &document} {
			err := For(catalog.JSON).Decode(nil, []byte(body), create, in)
			var e *aws.Error
			if !errors.As(err, &e) || e.Code != "SerializationException" || e.Namespace != "com.amazon.coral.service" || e.Status != 400 || e.Message != want {
				t.Errorf("%s into %T: got %#v, want %q", body, in, err, want)
			}
		}
	}
}

func TestSerializationOfScalars(t *testing.T) {
	t.Parallel()
	shape := &catalog.Shape{Name: "In", Kind: catalog.Structure}
	for name, kind := range map[string]catalog.Kind{
		"text": catalog.String, "int": catalog.Integer, "long": catalog.Long, "float": catalog.Float, "double": catalog.Double,
		"bool": catalog.Boolean, "blob": catalog.Blob, "time": catalog.Timestamp, "any": catalog.Any,
	} {
		shape.Members = append(shape.Members, &catalog.Member{Name: name, Shape: &catalog.Shape{Name: name, Kind: kind}})
	}
	op := &catalog.Operation{Input: shape}
	moment := time.UnixMilli(1616434850659).UTC()
	for body, want := range map[string]any{
		`{"int":34.9}`:                      int64(34),
		`{"int":-1e400}`:                    int64(-2147483648),
		`{"int":4294967296}`:                int64(2147483647),
		`{"long":1e3}`:                      int64(1000),
		`{"long":1e30}`:                     int64(9223372036854775807),
		`{"double":1}`:                      1.0,
		`{"float":2.5}`:                     2.5,
		`{"bool":"TRUE"}`:                   true,
		`{"bool":"x"}`:                      "Unexpected token received from parser",
		`{"bool":1}`:                        "NUMBER_VALUE cannot be converted to Boolean",
		`{"double":"x"}`:                    "STRING_VALUE cannot be converted to Double",
		`{"int":"x"}`:                       "STRING_VALUE cannot be converted to Integer",
		`{"blob":"aGk="}`:                   []byte("hi"),
		`{"blob":"23456"}`:                  "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
		`{"blob":"=+/="}`:                   "Invalid last non-pad Base64 character dectected",
		`{"blob":"+/+="}`:                   "Invalid last non-pad Base64 character dectected",
		`{"blob":1}`:                        "only base-64-encoded strings are convertible to bytes",
		`{"blob":[]}`:                       "Unrecognized collection type class java.nio.ByteBuffer",
		`{"time":1616434850.659}`:           moment,
		`{"time":"2021-03-22"}`:             "STRING_VALUE can not be converted to milliseconds since epoch",
		`{"time":1e300}`:                    "Invalid timestamp",
		`{"any":[1,{"a":null}]}`:            []any{int64(1), map[string]any{"a": nil}},
		`{"text":"caf\u00e9 \ud83d\ude00"}`: "café 😀",
	} {
		var in aws.Document
		err := For(catalog.JSON).Decode(nil, []byte(body), op, &in)
		var e *aws.Error
		if errors.As(err, &e) {
			if e.Message != want || e.Code != "SerializationException" {
				t.Errorf("%s: %v, want %v", body, err, want)
			}
			continue
		}
		for _, got := range in {
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %#v, want %#v", body, got, want)
			}
		}
	}
}

func TestAWSJSONErrors(t *testing.T) {
	t.Parallel()
	dynamodb, sqs := catalog.Lookup("dynamodb"), catalog.Lookup("sqs")
	type detail struct {
		Item                rawItem
		CancellationReasons []struct{ Code, Message *string }
	}
	for _, c := range []struct {
		service *catalog.Service
		e       *aws.Error
		body    string
		status  int
	}{
		{dynamodb, &aws.Error{Code: "ResourceNotFoundException", Message: "Requested resource not found", Status: 400},
			`{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}`, 400},
		{dynamodb, aws.Invalid("no"), `{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}`, 400},
		{dynamodb, serialization(""), `{"__type":"com.amazon.coral.service#SerializationException"}`, 400},
		{dynamodb, &aws.Error{Code: "UnrecognizedClientException", Message: "no", Status: 400},
			`{"__type":"com.amazon.coral.service#UnrecognizedClientException","Message":"no"}`, 400},
		{dynamodb, &aws.Error{Code: "Service Unavailable", Message: "Failing as per \"x\"", Status: 503},
			`{"__type":"com.amazonaws.dynamodb.v20120810#Service Unavailable","message":"Failing as per \"x\""}`, 503},
		{dynamodb, &aws.Error{Code: "Bad\r\nSet-Cookie: a=b", Message: "m\n", Status: 500},
			`{"__type":"com.amazonaws.dynamodb.v20120810#BadSet-Cookie: a=b","message":"m\n"}`, 500},
		{dynamodb, &aws.Error{Code: "ConditionalCheckFailedException", Message: "The conditional request failed", Status: 400,
			Detail: &detail{Item: rawItem(`{"id":{"S":"1"}}`)}},
			`{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"id":{"S":"1"}}}`, 400},
		{dynamodb, &aws.Error{Code: "TransactionCanceledException", Message: "m", Status: 400,
			Detail: aws.Document{"CancellationReasons": []any{aws.Document{"Code": "None"}}}},
			`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"m","CancellationReasons":[{"Code":"None"}]}`, 400},
		{dynamodb, &aws.Error{Code: "NotModelled", Message: "m", Status: 400, Detail: struct{ Reasons []detail }{[]detail{{Item: rawItem(`{}`)}}}},
			`{"__type":"com.amazonaws.dynamodb.v20120810#NotModelled","message":"m","Reasons":[{"Item":{}}]}`, 400},
		{sqs, &aws.Error{Code: "QueueDoesNotExist", Message: "m", Status: 400}, `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}`, 400},
		{nil, &aws.Error{}, `{"__type":"InternalFailure"}`, 500},
	} {
		reply := &Reply{}
		For(catalog.JSON).EncodeError(reply, c.service, &aws.Call{ID: "ID"}, c.e)
		if string(reply.Body) != c.body || reply.Status != c.status {
			t.Errorf("%v: %d %s\nwant %d %s", c.e, reply.Status, reply.Body, c.status, c.body)
		}
		if c.service == sqs && reply.Header.Get("x-amzn-query-error") != "AWS.SimpleQueueService.NonExistentQueue;Sender" {
			t.Errorf("query error %q", reply.Header.Get("x-amzn-query-error"))
		}
	}
}

func TestAWSJSONBothDirections(t *testing.T) {
	t.Parallel()
	codec, op := For(catalog.JSON), operation(t, "dynamodb", "GetItem")
	sent := aws.Document{"TableName": "Students", "Key": aws.Document{"first name": aws.Document{"S": "Ann"}}, "ConsistentRead": true}
	r, err := codec.EncodeRequest("http://127.0.0.1:1", op, sent)
	if err != nil {
		t.Fatal(err)
	}
	if r.Method != "POST" || r.URL.Path != "/" || r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.GetItem" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	var got aws.Document
	if err := codec.Decode(r, bodyOf(t, r), op, &got); err != nil || !reflect.DeepEqual(got, sent) {
		t.Errorf("got %v, %v", got, err)
	}

	reply := &Reply{}
	codec.EncodeError(reply, op.Service, &aws.Call{}, &aws.Error{Code: "Service Unavailable", Message: "m", Status: 503})
	var e *aws.Error
	if err := codec.DecodeResponse(&http.Response{StatusCode: 503, Header: reply.Header}, reply.Body, op, &got); !errors.As(err, &e) ||
		e.Code != "Service Unavailable" || e.Message != "m" || e.Status != 503 {
		t.Errorf("%#v", err)
	}
	if err := codec.DecodeResponse(&http.Response{StatusCode: 503}, []byte("<html>"), op, &got); !errors.As(err, &e) || e.Code != "ServiceUnavailable" {
		t.Errorf("%#v", err)
	}
	sqs := operation(t, "sqs", "SendMessage")
	reply = &Reply{}
	codec.EncodeError(reply, sqs.Service, &aws.Call{}, &aws.Error{Code: "QueueDoesNotExist", Message: "m", Status: 400})
	if err := codec.DecodeResponse(&http.Response{StatusCode: 400, Header: reply.Header}, reply.Body, sqs, nil); !errors.As(err, &e) ||
		e.Code != "AWS.SimpleQueueService.NonExistentQueue" || e.Shape != "QueueDoesNotExist" {
		t.Errorf("%#v", err)
	}
}

func TestFitsFindsMistakes(t *testing.T) {
	t.Parallel()
	op := operation(t, "dynamodb", "GetItem")
	if err := Fits(op, &getItemInput{}, &getItemOutput{}); err != nil {
		t.Error(err)
	}
	for _, in := range []any{
		&struct{ TablName *string }{}, &struct{ TableName *int64 }{}, &struct{ TableName []string }{}, &struct{ AttributesToGet []int }{},
	} {
		if Fits(op, in, nil) == nil {
			t.Errorf("%T fits", in)
		}
	}
}

func TestDeepNestingEnds(t *testing.T) {
	t.Parallel()
	op := operation(t, "dynamodb", "PutItem")
	body := `{"Item":{"a":` + strings.Repeat(`{"L":[`, 100_000)
	var in aws.Document
	var e *aws.Error
	if err := For(catalog.JSON).Decode(nil, []byte(body), op, &in); !errors.As(err, &e) || e.Status != 400 {
		t.Errorf("%v", err)
	}
}

func TestElementsAreCounted(t *testing.T) {
	t.Parallel()
	body := []byte(`{"List":[""` + strings.Repeat(`,""`, maxElements) + `]}`)
	var document aws.Document
	var typed struct{ List []string }
	for _, in := range []any{&document, &typed} {
		var e *aws.Error
		if err := For(catalog.JSON).Decode(nil, body, stock(), in); !errors.As(err, &e) || e.Status != 400 {
			t.Errorf("%T: %v", in, err)
		}
	}
}

func BenchmarkDecodeGetItem(b *testing.B) {
	op := operation(b, "dynamodb", "GetItem")
	body := []byte(`{"TableName":"Students","Key":{"id":{"S":"1"}},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}`)
	codec := For(catalog.JSON)
	b.ReportAllocs()
	for b.Loop() {
		var in getItemInput
		if err := codec.Decode(nil, body, op, &in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeGetItem(b *testing.B) {
	op := operation(b, "dynamodb", "GetItem")
	out := &getItemOutput{Item: rawItem(`{"id":{"S":"1"},"data":{"S":"` + strings.Repeat("x", 1024) + `"}}`)}
	codec, call, buffer, header := For(catalog.JSON), &aws.Call{ID: strings.Repeat("A", 52)}, make([]byte, 0, 4096), http.Header{}
	b.ReportAllocs()
	for b.Loop() {
		reply := Reply{Header: header, Body: buffer[:0]}
		if err := codec.Encode(&reply, op, call, out); err != nil {
			b.Fatal(err)
		}
	}
}
