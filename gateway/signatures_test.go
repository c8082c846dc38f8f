package gateway_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/brownouttest"
)

// A request that is signed twice is refused in its own protocol, as AWS does.
func TestTwoSignatures(t *testing.T) {
	t.Parallel()
	srv := brownouttest.Start(t)
	const presigned = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0"
	const second = "AWSAccessKeyId=test&Expires=1&Signature=x"
	for name, c := range map[string]struct{ request, want string }{
		"header and query": {s3Call("GET /bucket/key?"+presigned, "", ""), "<Code>InvalidArgument</Code>"},
		"version 2":        {s3Call("GET /bucket/key?"+second, "", ""), "<Code>InvalidArgument</Code>"},
		"two in the query": {message("GET /bucket/key?"+presigned+"&"+presigned, "", ""), "<Code>InvalidArgument</Code>"},
		"both versions":    {message("GET /bucket/key?"+presigned+"&"+second, "", ""), "<Code>InvalidArgument</Code>"},
		"two headers": {message("POST /", "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n"+
			signedFor("dynamodb")+signedFor("dynamodb"), "{}"), "#InvalidSignatureException"},
	} {
		statuses, last := raw(t, srv.URL, c.request)
		if fmt.Sprint(statuses) != "[400]" || !strings.Contains(last, c.want) {
			t.Errorf("%s: %v %s", name, statuses, last)
		}
	}
	for name, request := range map[string]string{
		"query alone":  message("GET /bucket/key?"+presigned, "", ""),
		"header alone": s3Call("GET /bucket/key", "", ""),
		"other scheme": message("GET /bucket/key?"+presigned, "Authorization: Bearer x\r\n", ""),
	} {
		if statuses, last := raw(t, srv.URL, request); fmt.Sprint(statuses) != "[501]" {
			t.Errorf("%s: %v %s", name, statuses, last)
		}
	}
}
