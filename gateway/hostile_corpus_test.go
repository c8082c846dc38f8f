package gateway_test

import (
	"fmt"
	"strings"
)

const signature = "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=0"

// message is a request as it goes over the wire, with a right Content-Length unless headers bring their own framing.
func message(line, headers, body string) string {
	text := line + " HTTP/1.1\r\nHost: localhost:4566\r\n" + headers
	if lower := strings.ToLower(headers); !strings.Contains(lower, "content-length") && !strings.Contains(lower, "transfer-encoding") {
		text += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	return text + "\r\n" + body
}

func signedFor(service string) string {
	return "Authorization: " + fmt.Sprintf(signature, service) + "\r\n"
}

func jsonCall(target, service, body string) string {
	return message("POST /", "X-Amz-Target: "+target+"\r\nContent-Type: application/x-amz-json-1.0\r\n"+signedFor(service), body)
}

func cborCall(service, operation, body string) string {
	return message("POST /service/"+service+"/operation/"+operation, "Smithy-Protocol: rpc-v2-cbor\r\nContent-Type: application/cbor\r\n", body)
}

func formCall(service, body string) string {
	return message("POST /", "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"+signedFor(service), body)
}

func fisCall(line, body string) string {
	return message(line, "Content-Type: application/json\r\n"+signedFor("fis"), body)
}

func s3Call(line, headers, body string) string { return message(line, headers+signedFor("s3"), body) }

// proper are requests in all protocols with which nothing is wrong; the mutations begin with them.
var proper = []string{
	jsonCall("DynamoDB_20120810.ListTables", "dynamodb", "{}"),
	jsonCall("DynamoDB_20120810.GetItem", "dynamodb", `{"TableName":"Students","Key":{"id":{"S":"1"}},"ConsistentRead":true}`),
	jsonCall("DynamoDB_20120810.BatchWriteItem", "dynamodb", `{"RequestItems":{"Students":[{"PutRequest":{"Item":{"id":{"S":"1"},"n":{"N":"1e3"},"b":{"B":"AQ=="},"l":{"L":[{"NULL":true}]}}}}]}}`),
	jsonCall("DynamoDB_20120810.CreateTable", "dynamodb", `{"TableName":"T","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}`),
	jsonCall("AmazonSQS.SendMessage", "sqs", `{"QueueUrl":"http://localhost:4566/000000000000/q","MessageBody":"m"}`),
	jsonCall("Kinesis_20131202.PutRecord", "kinesis", `{"StreamName":"s","Data":"AQ==","PartitionKey":"k"}`),
	formCall("sts", "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fr&RoleSessionName=s"),
	formCall("rds", "Action=CreateDBCluster&Version=2014-10-31&DBClusterIdentifier=c&Engine=e"),
	formCall("ec2", "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&Filter.1.Name=x&Filter.1.Value.1=y"),
	message("GET /?Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fh%2F000000000000%2Fq&MessageBody=m", signedFor("sqs"), ""),
	cborCall("GraniteServiceVersion20100801", "PutMetricData", "\xa1iNamespacecabc"),
	cborCall("DynamoDB_20120810", "GetItem", "\xa1iTableNamecabc"),
	fisCall("POST /experimentTemplates", `{"description":"x","clientToken":"y","stopConditions":[],"roleArn":"arn:aws:iam::000000000000:role/r","actions":{}}`),
	fisCall("GET /experiments/EXP1?maxResults=1", ""),
	fisCall("DELETE /experimentTemplates/EXT%2F1", ""),
	message("POST /2015-03-31/functions/f/invocations", signedFor("lambda"), "{}"),
	message("GET /2013-04-01/hostedzone/Z1", signedFor("route53"), ""),
	s3Call("GET /bucket/key?versionId=1", "", ""),
	s3Call("PUT /bucket/key", "x-amz-copy-source: /from/key\r\n", ""),
	s3Call("POST /bucket?delete", "Content-Type: application/xml\r\n", `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>`),
	s3Call("PUT /bucket/key?partNumber=1&uploadId=u", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
	s3Call("HEAD /bucket/key", "", ""),
	message("GET /bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0", "", ""),
	message("GET /v20180820/jobs", "x-amz-account-id: 000000000000\r\n"+signedFor("s3"), ""),
}

// entities are a few hundred bytes of XML that expand to a gigabyte.
const entities = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">` +
	`<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&c;&d;</Key></Object></Delete>`

// hostile are requests that are refused with a status from 400 to 499, except those that are for what nobody serves.
var hostile = func() []string {
	const list = "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n"
	deep := func(open string) string { return strings.Repeat(open, 200_000) }
	presigned := "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=other%2F20261122%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=1"
	requests := []string{
		// Framing.
		message("POST /", list+"Content-Length: 2\r\nContent-Length: 3\r\n", "{} "),
		message("POST /", list+"Content-Length: 100\r\n", "{}"),
		message("POST /", list+"Content-Length: 16777216\r\n", "{}"),
		message("POST /", list+"Content-Length: 16777217\r\n", "{}"),
		message("POST /", list+"Content-Length: -1\r\n", "{}"),
		message("POST /", list+"Content-Length: +2\r\n", "{}"),
		message("POST /", list+"Content-Length: 0x2\r\n", "{}"),
		message("POST /", list+"Content-Length: 2, 2\r\n", "{}"),
		message("POST /", list+"Content-Length: 99999999999999999999\r\n", "{}"),
		message("POST /", list+"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
		message("POST /", list+"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "2\r\n{}\r\n0\r\n\r\n"),
		message("POST /", list+"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
		message("POST /", list+"Transfer-Encoding: xchunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
		message("POST /", list+"Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
		message("POST /", list+"Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
		message("POST /", list+"Transfer-Encoding: chunked\r\n", "7fffffff\r\n{}"),
		message("POST /", list+"Content-Length : 2\r\n", "{}"),
		// Heads.
		message("POST /", list+"X-Huge: "+strings.Repeat("x", 2<<20)+"\r\n", "{}"),
		message("POST /", list+strings.Repeat("X-Many: x\r\n", 200_000), "{}"),
		message("POST /", list+"X-Odd: a\x00b\r\n", "{}"),
		message("POST /", list+"X Odd: a\r\n", "{}"),
		message("GET /%zz", "", ""),
		message("GET /bucket/%", signedFor("s3"), ""),
		message("GET /\xff\xfe", "", ""),
		message("FROB /", "", ""),
		message("CONNECT localhost:1", "", ""),
		message("TRACE /", "", ""),
		message("GET http://[::1/", "", ""),
		message("GET //../..//%2e%2e/", "", ""),
		"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "GET /\r\n\r\n", "\r\n\r\n\r\n",
		// Bodies.
		jsonCall("DynamoDB_20120810.GetItem", "dynamodb", deep("[")),
		jsonCall("DynamoDB_20120810.GetItem", "dynamodb", deep(`{"a":`)),
		jsonCall("DynamoDB_20120810.PutItem", "dynamodb", `{"TableName":"T","Item":{"a":`+deep(`{"L":[`)),
		jsonCall("DynamoDB_20120810.GetItem", "dynamodb", "{\"TableName\":\"\xff\xfe\"}"),
		jsonCall("DynamoDB_20120810.GetItem", "dynamodb", `{"TableName":"\ud800","Key":1e999999}`),
		jsonCall("DynamoDB_20120810.BatchGetItem", "dynamodb", `{"RequestItems":{`+strings.Repeat(`"t":{},`, 100_000)+`"t":{}}}`),
		jsonCall("DynamoDB_20120810."+strings.Repeat("A", 100_000), "dynamodb", "{}"),
		jsonCall("DynamoDB_20120810.\xff", "dynamodb", "{}"),
		jsonCall("Nobody.Nothing", "nobody", "{}"),
		fisCall("POST /experimentTemplates", deep(`{"actions":`)),
		fisCall("POST /experimentTemplates", "\xff{}"),
		fisCall("GET /experiments/%00%ff", ""),
		s3Call("POST /bucket?delete", "", entities),
		s3Call("POST /bucket?delete", "", deep("<a>")),
		s3Call("POST /bucket?delete", "", "<Delete><Object><Key>\xff\xfe&#0;&nothing;"),
		formCall("sts", "Action=%zz&Version=%"),
		formCall("sts", "Action=AssumeRole&RoleArn=%ff%fe&"+strings.Repeat("a=b&", 100_000)),
		formCall("ec2", "Action=DescribeInstances&InstanceId.99999999999=x&InstanceId.-1=y"),
		cborCall("GraniteServiceVersion20100801", "PutMetricData", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
		cborCall("GraniteServiceVersion20100801", "PutMetricData", "\xbb\x7f\xff\xff\xff\xff\xff\xff\xff"),
		cborCall("GraniteServiceVersion20100801", "PutMetricData", "\x5b\x00\x00\x00\x7f\xff\xff\xff\xff"),
		cborCall("DynamoDB_20120810", "GetItem", strings.Repeat("\x81", 200_000)),
		cborCall("DynamoDB_20120810", "GetItem", strings.Repeat("\x9f", 200_000)),
		cborCall("DynamoDB_20120810", "GetItem", strings.Repeat("\xc1", 200_000)),
		cborCall("DynamoDB_20120810", "GetItem", "\x9b\x00\x00\x00\x00\x7f\xff\xff\xff"),
		cborCall("DynamoDB_20120810", "GetItem", "\xff"),
		// Signatures.
		s3Call("GET /bucket/key"+presigned, "", ""),
		message("GET /bucket/key", signedFor("s3")+signedFor("dynamodb"), ""),
		message("GET /bucket/key"+presigned+presigned[1:], "", ""),
		message("POST /", list+"Authorization: AWS4-HMAC-SHA256 Credential="+strings.Repeat("/", 10_000)+"\r\n", "[]"),
		message("POST /", list+"Authorization: \xff\xfe\r\n", "[]"),
	}
	return requests
}()
