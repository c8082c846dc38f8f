package recognition

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
)

// FuzzRecognize feeds heads and bodies that net/http lets through: nothing may panic, and what is
// answered must hold together.
func FuzzRecognize(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.http")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, raw, _ := strings.Cut(string(content), "\n")
		head, body, _ := strings.Cut(raw, "\n\n")
		f.Add(head, []byte(body))
	}
	for _, head := range hostile {
		f.Add(head, []byte(`{"TableName":`))
	}
	z := New()
	f.Fuzz(func(t *testing.T, head string, body []byte) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n")))
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		var call aws.Call
		found := z.Recognize(r, &call)
		if found.NeedsBody() {
			z.RecognizeBody(r, body, &call, &found)
		}
		if found.NeedsBody() {
			t.Fatal("the body was asked for twice")
		}
		if found.Operation != nil && (found.Service != found.Operation.Service || call.Operation != found.Operation.Name) {
			t.Fatalf("service %s, operation %s, call %s", found.Service.Name, found.Operation.Name, call.Name())
		}
		if found.Service != nil && (call.Service != found.Service.Name || !speaks(found.Service, call.Protocol)) {
			t.Fatalf("call %s in protocol %q", call.Name(), call.Protocol)
		}
		if len(call.Others) >= maxCandidates || call.Region == "" || len(call.Account) != 12 {
			t.Fatalf("%d others, region %q, account %q", len(call.Others), call.Region, call.Account)
		}
		if len(Resources(r, body, &call, found.Operation, nil)) > maxResources {
			t.Fatal("too many resources")
		}
	})
}

var hostile = []string{
	"POST / HTTP/1.1\nHost: \nX-Amz-Target: .",
	"POST /service//operation/ HTTP/1.1\nHost: h\nSmithy-Protocol: rpc-v2-cbor",
	"GET /%2F/%zz HTTP/1.1\nHost: .s3..amazonaws.com",
	"GET //////// HTTP/1.1\nHost: a.s3.localhost\nAuthorization: AWS4-HMAC-SHA256 Credential=/////",
	"GET /?X-Amz-Credential=%&&=&==&%3D HTTP/1.1\nHost: [::1]:99999",
	"PUT /b/k?acl&uploads&tagging&x-id=x&partNumber HTTP/1.1\nHost: vpce-.s3.vpce.amazonaws.com\nAuthorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request",
	"POST / HTTP/1.1\nHost: -fips-.amazonaws.com\nContent-Type: application/x-www-form-urlencoded\nContent-Encoding: gzip",
	"GET / HTTP/1.1\nHost: x\nUser-Agent: api/ api/# api/api/ api/dynamodb",
	"CONNECT host:1 HTTP/1.1\nHost: host:1",
	"OPTIONS * HTTP/1.1\nHost: s3.amazonaws.com",
	"GET http://s3.amazonaws.com/b/k HTTP/1.1\nHost: other",
}
