package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// send makes a plain HTTP request; headers come in pairs of name and value.
func send(t *testing.T, method, url string, body io.Reader, headers ...string) (status int, header http.Header, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(raw)
}

// LocalStack's documents send a latency as a JSON number over raw HTTP. The request is not signed.
func TestNumberAsParameter(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := `{"description": "x", "clientToken": "y", "stopConditions": [], "roleArn": "arn:aws:iam:000000000000:role/r", "actions": {"slow":
		{"actionId": "localstack:generic:latency", "parameters": {"region": "us-west-2", "latencyMilliseconds": 5000}}}}`
	status, header, text := send(t, "POST", s.URL+"/experimentTemplates", strings.NewReader(body), "Content-Type", "application/json")
	var answer any
	if err := json.Unmarshal([]byte(text), &answer); err != nil || status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if got := at(answer, "experimentTemplate", "actions", "slow", "parameters", "latencyMilliseconds"); got != "5000" {
		t.Errorf("latencyMilliseconds comes back as %v (%[1]T)", got)
	}
	if got := header.Get("x-brownout-call"); got != "fis.CreateExperimentTemplate" {
		t.Errorf("x-brownout-call is %q", got)
	}
	if header.Get("Content-Length") != fmt.Sprint(len(text)) {
		t.Errorf("Content-Length is %q, the body has %d bytes", header.Get("Content-Length"), len(text))
	}
	id, _ := at(answer, "experimentTemplate", "id").(string)
	if status, _, text := send(t, "GET", s.URL+"/experimentTemplates/"+id, nil); status != 200 || !strings.Contains(text, `"5000"`) {
		t.Errorf("%d %s", status, text)
	}
}

// An ARN in a path is percent-encoded by SDKs; so is any other odd character.
func TestEncodedPathLabel(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, header, text := send(t, "GET", s.URL+"/experiments/EXP%2Fwith%20odd%25signs", nil)
	if status != 404 || !strings.Contains(text, "EXP/with odd%signs") || !strings.HasPrefix(header.Get("x-amzn-ErrorType"), "ResourceNotFoundException") {
		t.Errorf("%d %v %s", status, header, text)
	}
}

// A presigned URL carries its signature, and so region and account, in the query.
func TestPresignedCall(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newSDK(s).in("eu-west-3").as("111122223333")
	createStudents(t, c)
	url := s.URL + "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=111122223333%2F20260101%2Feu-west-3%2Fdynamodb%2Faws4_request" +
		"&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0"
	status, _, text := send(t, "POST", url, strings.NewReader("{}"), "X-Amz-Target", "DynamoDB_20120810.ListTables", "Content-Type", "application/x-amz-json-1.0")
	if status != 200 || text != `{"TableNames":["Students"]}` {
		t.Errorf("%d %s", status, text)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, want := range map[string]string{"/_brownout/health": `"status":"ok"`, "/_localstack/health": `"dynamodb":"`} {
		status, header, text := send(t, "GET", s.URL+path, nil)
		if status != 200 || !strings.Contains(text, want) || header.Get("Content-Type") != "application/json" || !json.Valid([]byte(text)) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

// A web page must not be able to use what runs on a developer's machine.
func TestForeignPagesAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, "--cors-origin", "https://app.example.com", "--allowed-host", "aws.example.org")
	for _, c := range []struct {
		header, value string
		allowed       bool
	}{
		{"Origin", "https://evil.example.com", false},
		{"Origin", "null", false},
		{"Origin", "http://localhost.evil.example.com", false},
		{"Origin", "http://localhost:3000", true},
		{"Origin", "http://127.0.0.1", true},
		{"Origin", "https://app.example.com", true},
		{"Host", "evil.example.com", false},
		{"Host", "evil.example.com:4566", false},
		{"Host", "brownout:4566", true},
		{"Host", "host.docker.internal:4566", true},
		{"Host", "s3.localhost.localstack.cloud:4566", true},
		{"Host", "dynamodb.us-east-1.amazonaws.com", true},
		{"Host", "aws.example.org", true},
	} {
		for _, path := range []string{"/", "/experimentTemplates", "/_brownout/health", "/_localstack/health"} {
			status, _, text := send(t, "GET", s.URL+path, nil, c.header, c.value)
			if (status != 403) != c.allowed {
				t.Errorf("%s: %s to %s: %d %s", c.header, c.value, path, status, text)
			}
		}
	}
}

func TestTooLargeBody(t *testing.T) {
	t.Parallel()
	s := start(t)
	post := func(body io.Reader) (int, string) {
		status, _, text := send(t, "POST", s.URL, body, "X-Amz-Target", "DynamoDB_20120810.PutItem", "Content-Type", "application/x-amz-json-1.0")
		return status, text
	}
	limit := 16 << 20
	for _, body := range []io.Reader{
		bytes.NewReader(make([]byte, limit+1)),
		io.MultiReader(bytes.NewReader(make([]byte, limit+1))), // chunked: no Content-Length
	} {
		if status, text := post(body); status != 413 {
			t.Errorf("%d %.300s, want 413", status, text)
		}
	}
	padded := append([]byte(`{"TableName":"None","Item":{}}`), bytes.Repeat([]byte(" "), limit-30)...)
	if status, text := post(bytes.NewReader(padded)); status == 413 || status >= 500 {
		t.Errorf("16 MiB exactly: %d %.300s", status, text)
	}
}

// What sends rubbish gets a clear error, and the server lives on.
func TestRubbish(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, body := range []string{"", "{", "null", "[]", `{"TableName":1}`, `{"TableName":"a"} {}`, "\xff\xfe", strings.Repeat("[", 100_000)} {
		status, _, text := send(t, "POST", s.URL, strings.NewReader(body), "X-Amz-Target", "DynamoDB_20120810.DescribeTable", "Content-Type", "application/x-amz-json-1.0")
		if status != 400 || !strings.Contains(text, "__type") {
			t.Errorf("%.40q: %d %s", body, status, text)
		}
	}
	for _, target := range []string{"DynamoDB_20120810.", "DynamoDB_20120810.Nothing", "Nobody.Nothing", "x"} {
		if status, _, text := send(t, "POST", s.URL, strings.NewReader("{}"), "X-Amz-Target", target); status < 400 || status >= 500 {
			t.Errorf("%s: %d %s", target, status, text)
		}
	}
	if status, _, _ := send(t, "GET", s.URL+"/_brownout/health", nil); status != 200 {
		t.Errorf("health: %d", status)
	}
}

// An unsigned call goes to us-east-1 and to the default account.
func TestUnsignedCall(t *testing.T) {
	t.Parallel()
	s := start(t)
	createStudents(t, newSDK(s))
	c := newSDK(s).config()
	c.Credentials = aws.AnonymousCredentials{}
	caller := ok[*sts.GetCallerIdentityOutput](t)(sts.NewFromConfig(c).GetCallerIdentity(t.Context(), nil))
	if *caller.Account != "000000000000" {
		t.Errorf("the caller's account is %s", *caller.Account)
	}
	status, _, text := send(t, "POST", s.URL, strings.NewReader("{}"), "X-Amz-Target", "DynamoDB_20120810.ListTables", "Content-Type", "application/x-amz-json-1.0")
	if status != 200 || text != `{"TableNames":["Students"]}` {
		t.Errorf("%d %s", status, text)
	}
}
