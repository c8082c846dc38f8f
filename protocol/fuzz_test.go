package protocol

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// decodeAnything holds what every codec promises of any bytes: no panic, and an error is one of the
// caller's. What it accepts, it can write again and read back the same.
func decodeAnything(t *testing.T, name string, op *catalog.Operation, r *http.Request, body []byte) {
	t.Helper()
	codec := For(name)
	var document aws.Document
	var typed struct {
		Shelf *string
		Tags  []string
		Meta  map[string]string
		Name  *string
		Inner *struct {
			Data []byte
			List []string
		}
		Body *struct {
			Name   *string
			Inners []struct{ Table map[string]string }
		}
	}
	for _, in := range []any{&document, &typed} {
		err := codec.Decode(r, body, op, in)
		var e *aws.Error
		if err != nil && (!errors.As(err, &e) || e.Status < 400 || e.Status > 499) {
			t.Fatalf("%s: %#v", name, err)
		}
		if err != nil {
			return
		}
	}
	answered := &http.Response{StatusCode: 500, Header: http.Header{}}
	var e *aws.Error
	if err := codec.DecodeResponse(answered, body, op, &document); !errors.As(err, &e) || e.Code == "" {
		t.Fatalf("%s: %#v", name, err)
	}
	if name == catalog.RESTJSON || name == catalog.RESTXML {
		return
	}
	again, err := codec.EncodeRequest("http://127.0.0.1", op, document)
	if err != nil {
		t.Fatalf("%s: %v: %v", name, document, err)
	}
	var second aws.Document
	sent := bodyOf(t, again)
	if err := codec.Decode(again, sent, op, &second); err != nil {
		t.Fatalf("%s: %q: %v", name, sent, err)
	}
	if name == catalog.JSON && !reflect.DeepEqual(document, second) && !hasNaN(document) {
		t.Fatalf("%s: %v became %v", name, document, second)
	}
}

func hasNaN(value any) bool {
	switch value := value.(type) {
	case float64:
		return value != value
	case []any:
		for _, element := range value {
			if hasNaN(element) {
				return true
			}
		}
	case map[string]any:
		for _, element := range value {
			if hasNaN(element) {
				return true
			}
		}
	}
	return false
}

// seeds are valid bodies of a protocol.
func seeds(f *testing.F, name string, op *catalog.Operation, in aws.Document) [][]byte {
	f.Helper()
	r, err := For(name).EncodeRequest("http://127.0.0.1", op, in)
	if err != nil {
		f.Fatal(err)
	}
	return [][]byte{bodyOf(f, r), nil, []byte("{}"), []byte("<a/>"), []byte("A.1.B=c&A=&A.member.1=x&&=&%")}
}

func fuzzRPC(f *testing.F, name string) {
	f.Helper()
	op := stock()
	for _, seed := range seeds(f, name, op, full(true)) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		decodeAnything(t, name, op, httptest.NewRequest("POST", "/", nil), body)
	})
}

func fuzzREST(f *testing.F, name string) {
	f.Helper()
	op := pantry(nil)
	for _, seed := range seeds(f, name, op, pantryInput()) {
		f.Add("/shelves/a%2Fb/x/p/q/end", "tag=1&since=2021-03-22T18:00:00Z&max=5", "Sun, 06 Nov 1994 08:49:37 GMT", `a,"b\",c"`, seed)
	}
	f.Fuzz(func(t *testing.T, path, rawQuery, date, list string, body []byte) {
		r, err := http.NewRequest("PUT", "http://127.0.0.1"+path, nil)
		if err != nil {
			return
		}
		r.URL.RawQuery = rawQuery
		r.Header = http.Header{"If-Modified-Since": {date}, "X-Kinds": {list}, "X-Meta-One": {list}}
		decodeAnything(t, name, op, r, body)
	})
}

func FuzzAWSJSON(f *testing.F)   { fuzzRPC(f, catalog.JSON) }
func FuzzQuery(f *testing.F)     { fuzzRPC(f, catalog.Query) }
func FuzzEC2Query(f *testing.F)  { fuzzRPC(f, catalog.EC2) }
func FuzzRPCV2CBOR(f *testing.F) { fuzzRPC(f, catalog.CBOR) }
func FuzzRESTJSON(f *testing.F)  { fuzzREST(f, catalog.RESTJSON) }
func FuzzRESTXML(f *testing.F)   { fuzzREST(f, catalog.RESTXML) }

// FuzzErrors: whatever a code and a message hold, the answer is legal and readable in every protocol.
func FuzzErrors(f *testing.F) {
	for _, code := range []string{"Service Unavailable", "a\r\nb: c", "störung", "<&>\"'", "", "\x00\xff", "#", "a;b"} {
		f.Add(code, code)
	}
	services := []*catalog.Service{nil, catalog.Lookup("dynamodb"), catalog.Lookup("s3"), catalog.Lookup("sqs")}
	f.Fuzz(func(t *testing.T, code, message string) {
		for _, codec := range codecs {
			for _, service := range services {
				reply := &Reply{}
				codec.EncodeError(reply, service, &aws.Call{ID: "ID"}, &aws.Error{Code: code, Message: message, Status: 503})
				for key, values := range reply.Header {
					for _, c := range []byte(values[0]) {
						if c < ' ' || c > '~' {
							t.Fatalf("%s: %s: %q", codec.Name(), key, values[0])
						}
					}
				}
				var e *aws.Error
				op := &catalog.Operation{Service: service}
				err := codec.DecodeResponse(&http.Response{StatusCode: 503, Header: reply.Header}, reply.Body, op, nil)
				if !errors.As(err, &e) || e.Status != 503 || message != "" && e.Message == "" {
					t.Fatalf("%s: %#v\n%q", codec.Name(), err, reply.Body)
				}
			}
		}
	})
}
