package protocol

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// pantry is an operation with a member in every place that REST knows.
func pantry(protocolBody *catalog.Shape) *catalog.Operation {
	text := &catalog.Shape{Name: "Text", Kind: catalog.String}
	texts := &catalog.Shape{Name: "Texts", Kind: catalog.List, Element: &catalog.Member{Shape: text}}
	moment := &catalog.Shape{Name: "Moment", Kind: catalog.Timestamp}
	whole := &catalog.Shape{Name: "Whole", Kind: catalog.Integer}
	truth := &catalog.Shape{Name: "Truth", Kind: catalog.Boolean}
	blob := &catalog.Shape{Name: "Blob", Kind: catalog.Blob}
	table := &catalog.Shape{Name: "Table", Kind: catalog.Map, Key: &catalog.Member{Shape: text}, Element: &catalog.Member{Shape: text}}
	at := func(name, location, wire string, shape *catalog.Shape) *catalog.Member {
		return &catalog.Member{Name: name, Location: location, LocationName: wire, Shape: shape}
	}
	inner := &catalog.Shape{Name: "Inner", Kind: catalog.Structure}
	inner.Members = []*catalog.Member{
		{Name: "Name", Shape: text}, {Name: "When", Shape: moment}, {Name: "Data", Shape: blob}, {Name: "Inner", Shape: inner},
		{Name: "List", Shape: texts}, {Name: "Table", Shape: table}, {Name: "Count", Shape: whole}, {Name: "Ready", Shape: truth},
		{Name: "Share", Shape: &catalog.Shape{Name: "Share", Kind: catalog.Double}},
		{Name: "Inners", Shape: &catalog.Shape{Name: "Inners", Kind: catalog.List, Element: &catalog.Member{Shape: inner, LocationName: "item"}}},
		{Name: "Flat", LocationName: "FlatOne", Shape: &catalog.Shape{Name: "Flats", Kind: catalog.List, Flattened: true, Element: &catalog.Member{Shape: text}}},
		{Name: "FlatTable", Shape: &catalog.Shape{Name: "FlatTable", Kind: catalog.Map, Flattened: true,
			Key: &catalog.Member{Shape: text, LocationName: "K"}, Element: &catalog.Member{Shape: text, LocationName: "V"}}},
	}
	in := &catalog.Shape{Name: "PantryInput", Kind: catalog.Structure, Members: []*catalog.Member{
		at("Shelf", "uri", "shelf", text), at("Path", "uri", "path", text),
		at("Tags", "querystring", "tag", texts), at("Since", "querystring", "since", moment), at("Max", "querystring", "max", whole),
		at("Token", "header", "X-Token", text), at("Changed", "header", "If-Modified-Since", moment), at("Kinds", "header", "X-Kinds", texts),
		at("Meta", "headers", "x-meta-", table),
		{Name: "Body", LocationName: "body", Shape: inner},
	}}
	out := &catalog.Shape{Name: "PantryOutput", Kind: catalog.Structure, Members: []*catalog.Member{
		at("Token", "header", "X-Token", text), at("Meta", "headers", "x-meta-", table), at("Code", "statusCode", "", whole),
		{Name: "Body", LocationName: "body", Shape: inner},
	}}
	if protocolBody != nil {
		in.Payload, out.Payload = "Body", "Body"
		in.Members[len(in.Members)-1].Shape = protocolBody
		out.Members[len(out.Members)-1].Shape = protocolBody
	}
	return &catalog.Operation{
		Service: &catalog.Service{Name: "pantry", XMLNamespace: "http://pantry/"}, Name: "Stock", Method: "PUT", URI: "/shelves/{shelf}/x/{path+}/end?stock",
		Status: 201, ResultWrapper: "StockResult", Input: in, Output: out, HasShapes: true,
	}
}

// full is a document with every member of the pantry's inner structure.
func full(deep bool) aws.Document {
	d := aws.Document{
		"Name": "a <b> & \"c\" é😀", "When": time.UnixMilli(1616434850659).UTC(), "Data": []byte("\x00\xff"),
		"List": []any{"x", "y, z"}, "Table": aws.Document{"k1": "v1", "k 2": ""}, "Count": int64(-7), "Ready": true, "Share": 0.25,
		"Flat": []any{"f1", "f2"}, "FlatTable": aws.Document{"a": "1", "b": "2"},
	}
	if deep {
		d["Inner"] = full(false)
		d["Inners"] = []any{full(false), full(false)}
	}
	return d
}

func pantryInput() aws.Document {
	return aws.Document{
		"Shelf": "a/b c:é", "Path": "p/q r", "Tags": []any{"1", "2&3"}, "Since": time.Unix(1616434850, 0).UTC(), "Max": int64(5),
		"Token": "secret", "Changed": time.Unix(1616434850, 0).UTC(), "Kinds": []any{"plain", `with, "comma"`},
		"Meta": aws.Document{"one": "1", "two": "2"}, "Body": full(true),
	}
}

// throughRequest sends in through a real HTTP server and decodes it there.
func throughRequest(t *testing.T, codec Codec, op *catalog.Operation, in, out any) {
	t.Helper()
	var decodeErr error
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		decodeErr = codec.Decode(r, bodyOf(t, r), op, out)
	}))
	defer server.Close()
	r, err := codec.EncodeRequest(server.URL, op, in)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if decodeErr != nil {
		t.Fatal(decodeErr)
	}
}

// throughReply encodes out and decodes the answer.
func throughReply(t *testing.T, codec Codec, op *catalog.Operation, out, got any) *Reply {
	t.Helper()
	reply := &Reply{}
	if err := codec.Encode(reply, op, &aws.Call{ID: "ID"}, out); err != nil {
		t.Fatal(err)
	}
	if err := codec.DecodeResponse(&http.Response{StatusCode: reply.Status, Header: reply.Header}, reply.Body, op, got); err != nil {
		t.Fatalf("%v\n%s", err, reply.Body)
	}
	return reply
}

func TestRESTRoundTrips(t *testing.T) {
	t.Parallel()
	for _, name := range []string{catalog.RESTJSON, catalog.RESTXML} {
		structured := pantry(nil)
		for _, op := range []*catalog.Operation{structured, pantry(structured.Input.Members[9].Shape)} {
			var got aws.Document
			throughRequest(t, For(name), op, pantryInput(), &got)
			if !reflect.DeepEqual(got, pantryInput()) {
				t.Errorf("%s: got  %v\nwant %v", name, got, pantryInput())
			}
			out := aws.Document{"Token": "t", "Meta": aws.Document{"one": "1"}, "Code": int64(202), "Body": full(true)}
			got = nil
			reply := throughReply(t, For(name), op, out, &got)
			if !reflect.DeepEqual(got, out) || reply.Status != 202 {
				t.Errorf("%s: status %d, got  %v\nwant %v", name, reply.Status, got, out)
			}
		}
	}
}

func TestRESTRawPayloads(t *testing.T) {
	t.Parallel()
	for _, name := range []string{catalog.RESTJSON, catalog.RESTXML} {
		op := pantry(&catalog.Shape{Name: "Raw", Kind: catalog.Blob})
		type input struct {
			Shelf, Path *string
			Body        []byte
		}
		var got input
		throughRequest(t, For(name), op, &input{Shelf: new("s"), Path: new("p"), Body: []byte("{\x00")}, &got)
		if *got.Shelf != "s" || *got.Path != "p" || string(got.Body) != "{\x00" {
			t.Errorf("%s: %+v", name, got)
		}
		var out struct{ Body []byte }
		reply := throughReply(t, For(name), op, aws.Document{"Body": []byte("raw")}, &out)
		if string(out.Body) != "raw" || string(reply.Body) != "raw" {
			t.Errorf("%s: %q", name, reply.Body)
		}
	}
}

func TestFISTemplates(t *testing.T) {
	t.Parallel()
	const body = `{"actions": {"Test disruption": {"actionId": "localstack:generic:latency",
		"parameters": {"latencyMilliseconds": 5000, "on": true, "share": 1.50, "none": null}}},
		"description": "", "stopConditions": [], "targets": {}, "roleArn": "arn:aws:iam:000000000000:role/ExperimentRole"}`
	type action struct {
		ActionId   *string
		Parameters map[string]string
	}
	var in struct {
		Actions        map[string]action
		Description    *string
		StopConditions []struct{ Source, Value *string }
		RoleArn        *string
	}
	op := operation(t, "fis", "CreateExperimentTemplate")
	r := httptest.NewRequest("POST", "/experimentTemplates", nil)
	if err := For(catalog.RESTJSON).Decode(r, []byte(body), op, &in); err != nil {
		t.Fatal(err)
	}
	parameters := in.Actions["Test disruption"].Parameters
	if !reflect.DeepEqual(parameters, map[string]string{"latencyMilliseconds": "5000", "on": "true", "share": "1.50"}) {
		t.Errorf("parameters %v", parameters)
	}
	if in.StopConditions == nil || len(in.StopConditions) != 0 || *in.Description != "" {
		t.Errorf("%+v", in)
	}
	for _, wrong := range []string{
		`{"description": 5}`, `{"actions": {"a": {"startAfter": [5]}}}`, `{"tags": {"a": {}}}`, `{"tags": {"a": []}}`, `[]`, `{`, `{} {}`,
	} {
		var e *aws.Error
		var document aws.Document
		if err := For(catalog.RESTJSON).Decode(r, []byte(wrong), op, &document); !errors.As(err, &e) || e.Code != "SerializationException" || e.Message == "" {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestRESTLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, service, operation, member, want string }{
		{"/actions/aws%3Aec2%3Astop-instances", "fis", "GetAction", "id", "aws:ec2:stop-instances"},
		{"/actions/aws:ec2:stop-instances", "fis", "GetAction", "id", "aws:ec2:stop-instances"},
		{"/actions/aws:ec2:stop-instances/", "fis", "GetAction", "id", "aws:ec2:stop-instances"},
		{"/tags/arn%3Aaws%3Afis%3Aus-east-1%3A000000000000%3Aexperiment%2FEXP1", "fis", "ListTagsForResource", "resourceArn", "arn:aws:fis:us-east-1:000000000000:experiment/EXP1"},
		{"/experiments/a+b%20c", "fis", "GetExperiment", "id", "a+b c"},
	} {
		var in aws.Document
		r := httptest.NewRequest("GET", c.path, nil)
		if err := For(catalog.RESTJSON).Decode(r, nil, operation(t, c.service, c.operation), &in); err != nil || in[c.member] != c.want {
			t.Errorf("%s: %v, %v", c.path, in, err)
		}
	}
	for _, path := range []string{"/actions", "/actions/a/b", "/x/a"} {
		var in aws.Document
		var e *aws.Error
		err := For(catalog.RESTJSON).Decode(httptest.NewRequest("GET", path, nil), nil, operation(t, "fis", "GetAction"), &in)
		if !errors.As(err, &e) || e.Status != 404 {
			t.Errorf("%s: %v", path, err)
		}
	}
	var in aws.Document
	r := httptest.NewRequest("GET", "/experiments?maxResults=5&nextToken=a%2Fb&experimentTemplateId=EXT1", nil)
	if err := For(catalog.RESTJSON).Decode(r, nil, operation(t, "fis", "ListExperiments"), &in); err != nil ||
		!reflect.DeepEqual(in, aws.Document{"maxResults": int64(5), "nextToken": "a/b", "experimentTemplateId": "EXT1"}) {
		t.Errorf("%v, %v", in, err)
	}
	r = httptest.NewRequest("DELETE", "/tags/a?tagKeys=x&tagKeys=y", nil)
	if err := For(catalog.RESTJSON).Decode(r, nil, operation(t, "fis", "UntagResource"), &in); err != nil || !reflect.DeepEqual(in["tagKeys"], []any{"x", "y"}) {
		t.Errorf("%v, %v", in, err)
	}
	r = httptest.NewRequest("GET", "/experiments?maxResults=many", nil)
	if err := For(catalog.RESTJSON).Decode(r, nil, operation(t, "fis", "ListExperiments"), &in); err == nil {
		t.Error("maxResults=many was accepted")
	}
}

func TestQueryMapTakesTheRest(t *testing.T) {
	t.Parallel()
	text := &catalog.Shape{Name: "Text", Kind: catalog.String}
	table := &catalog.Shape{Name: "Table", Kind: catalog.Map, Key: &catalog.Member{Shape: text}, Element: &catalog.Member{Shape: text}}
	op := &catalog.Operation{Method: "GET", URI: "/?list-type=2", HasShapes: true, Service: &catalog.Service{}, Input: &catalog.Shape{
		Kind: catalog.Structure, Members: []*catalog.Member{
			{Name: "Rest", Location: "querystring", Shape: table}, {Name: "Own", Location: "querystring", LocationName: "own", Shape: text},
		},
	}}
	want := aws.Document{"Own": "o", "Rest": map[string]any{"a": "1", "b c": "&"}}
	var got aws.Document
	throughRequest(t, For(catalog.RESTJSON), op, want, &got)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestRESTJSONAnswers(t *testing.T) {
	t.Parallel()
	type state struct{ Status, Reason *string }
	type experiment struct {
		Id           *string
		State        *state
		CreationTime *time.Time
		Tags         map[string]string
	}
	out := &struct{ Experiment *experiment }{&experiment{
		Id: new("EXP1"), State: &state{Status: new("running")}, CreationTime: new(time.UnixMilli(1616434850659)), Tags: map[string]string{},
	}}
	reply := &Reply{}
	if err := For(catalog.RESTJSON).Encode(reply, operation(t, "fis", "GetExperiment"), &aws.Call{ID: "ID"}, out); err != nil {
		t.Fatal(err)
	}
	const want = `{"experiment":{"id":"EXP1","state":{"status":"running"},"creationTime":1616434850.659,"tags":{}}}`
	if string(reply.Body) != want || reply.Status != 200 || reply.Header.Get("Content-Type") != "application/json" || reply.Header.Get("x-amzn-requestid") != "ID" {
		t.Errorf("%d %v %s", reply.Status, reply.Header, reply.Body)
	}
	reply = &Reply{}
	if err := For(catalog.RESTJSON).Encode(reply, operation(t, "fis", "TagResource"), &aws.Call{}, nil); err != nil || string(reply.Body) != "{}" {
		t.Errorf("%s %v", reply.Body, err)
	}
}

func TestRESTJSONErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, header, body string }{
		{"ResourceNotFoundException", "ResourceNotFoundException", `{"__type":"ResourceNotFoundException","code":"ResourceNotFoundException","message":"m"}`},
		{"Service Unavailable", "Service Unavailable", `{"__type":"Service Unavailable","code":"Service Unavailable","message":"m"}`},
		{"a\r\nb", "ab", `{"__type":"ab","code":"ab","message":"m"}`},
		{"störung", "", `{"__type":"störung","code":"störung","message":"m"}`},
	} {
		reply := &Reply{}
		op := operation(t, "fis", "GetExperiment")
		For(catalog.RESTJSON).EncodeError(reply, op.Service, &aws.Call{ID: "ID"}, &aws.Error{Code: c.code, Message: "m", Status: 404})
		if string(reply.Body) != c.body || reply.Header.Get("x-amzn-ErrorType") != c.header || reply.Status != 404 {
			t.Errorf("%q: %d %v %s", c.code, reply.Status, reply.Header, reply.Body)
		}
		var e *aws.Error
		err := For(catalog.RESTJSON).DecodeResponse(&http.Response{StatusCode: 404, Header: reply.Header}, reply.Body, op, nil)
		if !errors.As(err, &e) || e.Code != strings.NewReplacer("\r", "", "\n", "").Replace(c.code) || e.Message != "m" || e.Status != 404 || e.Detail != nil && c.header != "" {
			t.Errorf("%q: %#v", c.code, err)
		}
	}
}
