package protocol

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// stock is an operation whose input and output are the pantry's inner structure.
func stock() *catalog.Operation {
	op := pantry(nil)
	inner := op.Input.Members[len(op.Input.Members)-1].Shape
	return &catalog.Operation{
		Service: &catalog.Service{Name: "pantry", TargetPrefix: "Pantry", APIVersion: "2026-01-01", XMLNamespace: "http://pantry/"},
		Name:    "Stock", ResultWrapper: "StockResult", Input: inner, Output: inner, HasShapes: true,
	}
}

func TestRPCRoundTrips(t *testing.T) {
	t.Parallel()
	for _, name := range []string{catalog.JSON, catalog.Query, catalog.EC2, catalog.CBOR} {
		var got aws.Document
		throughRequest(t, For(name), stock(), full(true), &got)
		if !reflect.DeepEqual(got, full(true)) {
			t.Errorf("%s request: got  %v\nwant %v", name, got, full(true))
		}
		got = nil
		throughReply(t, For(name), stock(), full(true), &got)
		if !reflect.DeepEqual(got, full(true)) {
			t.Errorf("%s reply: got  %v\nwant %v", name, got, full(true))
		}
	}
}

func TestSelfReadingTypesInEveryProtocol(t *testing.T) {
	t.Parallel()
	type self struct{ Inner rawItem }
	for _, name := range []string{catalog.JSON, catalog.Query, catalog.EC2, catalog.CBOR} {
		in := &self{Inner: rawItem(`{"Name":"n","Count":3}`)}
		var got, out self
		throughRequest(t, For(name), stock(), in, &got)
		throughReply(t, For(name), stock(), in, &out)
		if string(got.Inner) != string(in.Inner) || string(out.Inner) != string(in.Inner) {
			t.Errorf("%s: %s, %s", name, got.Inner, out.Inner)
		}
	}
}

func TestQueryRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		service, operation, body string
		want                     aws.Document
	}{
		{"sts", "AssumeRole", "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam&DurationSeconds=900&Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.2.Key=b&PolicyArns=&TransitiveTagKeys.member.10=j&TransitiveTagKeys.member.2=b",
			aws.Document{"RoleArn": "arn:aws:iam", "DurationSeconds": int64(900), "PolicyArns": []any{}, "TransitiveTagKeys": []any{"b", "j"},
				"Tags": []any{map[string]any{"Key": "a", "Value": ""}, map[string]any{"Key": "b"}}}},
		{"ec2", "DescribeInstances", "Action=DescribeInstances&InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Name=tag%3Aa+b&Filter.1.Value.1=x&Filter.1.Value.2=y&MaxResults=5&DryRun=false",
			aws.Document{"InstanceIds": []any{"i-1", "i-2"}, "MaxResults": int64(5), "DryRun": false,
				"Filters": []any{map[string]any{"Name": "tag:a b", "Values": []any{"x", "y"}}}}},
	} {
		op := operation(t, c.service, c.operation)
		r := httptest.NewRequest("POST", "/", nil)
		var in aws.Document
		if err := For(op.Service.Protocols[0]).Decode(r, []byte(c.body), op, &in); err != nil || !reflect.DeepEqual(in, c.want) {
			t.Errorf("%s.%s: %v\ngot  %v\nwant %v", c.service, c.operation, err, in, c.want)
		}
		var again aws.Document
		throughRequest(t, For(op.Service.Protocols[0]), op, c.want, &again)
		if !reflect.DeepEqual(again, c.want) {
			t.Errorf("%s.%s again: %v", c.service, c.operation, again)
		}
	}
	op := operation(t, "sts", "AssumeRole")
	for body, code := range map[string]string{
		"DurationSeconds=long": "MalformedInput", "RoleArn=%zz": "MalformedQueryString",
		strings.Repeat("a&", maxFormParameters+1): "MalformedQueryString", strings.Repeat("A.", 1_000_000) + "=1": "MalformedQueryString",
	} {
		var in aws.Document
		var e *aws.Error
		if err := For(catalog.Query).Decode(httptest.NewRequest("POST", "/", nil), []byte(body), op, &in); !errors.As(err, &e) || e.Code != code || e.Status != 400 {
			t.Errorf("%.20s: %v", body, err)
		}
	}
}

func TestXMLErrors(t *testing.T) {
	t.Parallel()
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	for _, c := range []struct {
		protocol, service string
		e                 *aws.Error
		body              string
	}{
		{catalog.Query, "sts", &aws.Error{Code: "ExpiredToken", Message: "a < b", Status: 403, Sender: true},
			`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>a &lt; b</Message></Error><RequestId>ID</RequestId></ErrorResponse>`},
		{catalog.Query, "sts", &aws.Error{Code: "Service Unavailable", Message: "m\x00", Status: 503},
			`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Receiver</Type><Code>Service Unavailable</Code><Message>m` + "\ufffd" + `</Message></Error><RequestId>ID</RequestId></ErrorResponse>`},
		{catalog.EC2, "ec2", &aws.Error{Code: "RequestLimitExceeded", Message: "Request limit exceeded.", Status: 503},
			head + `<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors><RequestID>ID</RequestID></Response>`},
		{catalog.RESTXML, "s3", &aws.Error{Code: "NoSuchKey", Message: "The specified key does not exist.", Status: 404, Detail: aws.Document{"Key": "a/b"}},
			head + `<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a/b</Key><Resource>/bucket/a/b</Resource><RequestId>ID</RequestId><HostId>` + hostID(&aws.Call{ID: "ID"}) + `</HostId></Error>`},
		{catalog.RESTXML, "cloudfront", &aws.Error{Code: "NoSuchDistribution", Message: "m", Status: 404},
			head + `<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>NoSuchDistribution</Code><Message>m</Message></Error><RequestId>ID</RequestId></ErrorResponse>`},
	} {
		service := catalog.Lookup(c.service)
		reply := &Reply{Resource: "/bucket/a/b"}
		codec := For(c.protocol)
		codec.EncodeError(reply, service, &aws.Call{ID: "ID"}, c.e)
		if string(reply.Body) != c.body || reply.Status != c.e.Status {
			t.Errorf("%s:\ngot  %s\nwant %s", c.service, reply.Body, c.body)
		}
		var e *aws.Error
		err := codec.DecodeResponse(&http.Response{StatusCode: reply.Status, Header: reply.Header}, reply.Body, &catalog.Operation{Service: service}, nil)
		if !errors.As(err, &e) || e.Code != c.e.Code || e.Message != strings.ReplaceAll(c.e.Message, "\x00", "\ufffd") || e.Status != c.e.Status {
			t.Errorf("%s: %#v", c.service, err)
		}
		if s3 := c.service == "s3"; s3 != (reply.Header.Get("x-amz-id-2") != "") || s3 == (reply.Header.Get("x-amzn-RequestId") != "") {
			t.Errorf("%s: %v", c.service, reply.Header)
		}
	}
}

func TestCBORErrors(t *testing.T) {
	t.Parallel()
	op := operation(t, "cloudwatch", "PutMetricData")
	reply := &Reply{}
	For(catalog.CBOR).EncodeError(reply, op.Service, &aws.Call{ID: "ID"}, &aws.Error{Code: "ThrottlingException", Message: "Rate exceeded", Status: 400, Namespace: "x"})
	var body map[string]any
	if err := cbor.Unmarshal(reply.Body, &body); err != nil || !reflect.DeepEqual(body, map[string]any{"__type": "ThrottlingException", "message": "Rate exceeded"}) {
		t.Errorf("%v %v", body, err)
	}
	if reply.Header.Get("smithy-protocol") != "rpc-v2-cbor" || reply.Header.Get("Content-Type") != "application/cbor" {
		t.Errorf("%v", reply.Header)
	}
	var e *aws.Error
	if err := For(catalog.CBOR).DecodeResponse(&http.Response{StatusCode: 400, Header: reply.Header}, reply.Body, op, nil); !errors.As(err, &e) || e.Code != "ThrottlingException" || e.Message != "Rate exceeded" {
		t.Errorf("%#v", err)
	}
	for _, body := range []string{"\xff", "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", strings.Repeat("\x81", 100_000), "\xf6", "\x01", "\xa1aN\x01\x00", "\xbf", "\xc2\x5a\xff\xff\xff\xff"} {
		var in aws.Document
		if err := For(catalog.CBOR).Decode(nil, []byte(body), op, &in); !errors.As(err, &e) || e.Status != 400 {
			t.Errorf("%.8q: %v, %v", body, err, in)
		}
	}
}

func TestHostileXML(t *testing.T) {
	t.Parallel()
	op := pantry(nil)
	for _, body := range []string{
		`<!DOCTYPE a [<!ENTITY x "y">]><In><body/></In>`, `<In>&x;</In>`, `<In><body><Name>&x;</Name></body></In>`, strings.Repeat("<a>", 10_000),
		`<In>`, `<In></Out>`, `<In/><In/>`, `x`, `<In/>x`, "<In>\xff</In>", `<?xml version="1.0" encoding="UTF-16"?><In/>`, `<In><body><Count>x</Count></body></In>`,
		`<In><body>` + strings.Repeat("<Inner>", 200) + strings.Repeat("</Inner>", 200) + `</body></In>`,
	} {
		var in aws.Document
		var e *aws.Error
		err := For(catalog.RESTXML).Decode(httptest.NewRequest("PUT", "/shelves/s/x/p/end", nil), []byte(body), op, &in)
		if !errors.As(err, &e) || e.Status != 400 {
			t.Errorf("%.60s: %v, %v", body, err, in)
		}
	}
}
