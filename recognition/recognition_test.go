package recognition

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
)

const scope = "AWS4-HMAC-SHA256 Credential=%KEY%/20260101/%REGION%/%SERVICE%/aws4_request, SignedHeaders=host, Signature=0"

func signed(key, region, service string) string {
	return strings.NewReplacer("%KEY%", key, "%REGION%", region, "%SERVICE%", service).Replace(scope)
}

func TestRecognize(t *testing.T) {
	t.Parallel()
	fis := signed("test", "eu-west-1", "fis")
	for _, c := range []struct {
		name, method, url, host, target, authorization string
		call, region, account, protocol                string
	}{
		{"json target", "POST", "/", "", "DynamoDB_20120810.GetItem", signed("123456789012", "eu-west-1", "dynamodb"),
			"dynamodb.GetItem", "eu-west-1", "123456789012", "json"},
		{"json target, unsigned", "POST", "/", "", "DynamoDB_20120810.PutItem", "", "dynamodb.PutItem", "us-east-1", "000000000000", "json"},
		{"json target, host names the region", "POST", "/", "dynamodb.ap-south-1.amazonaws.com", "DynamoDB_20120810.PutItem", "",
			"dynamodb.PutItem", "ap-south-1", "000000000000", "json"},
		{"unknown operation", "POST", "/", "", "DynamoDB_20120810.Frobnicate", "", "dynamodb.Unknown", "us-east-1", "000000000000", "json"},
		{"presigned", "POST", "/?X-Amz-Credential=210987654321%2F20260101%2Fus-west-2%2Fdynamodb%2Faws4_request", "", "DynamoDB_20120810.ListTables", "",
			"dynamodb.ListTables", "us-west-2", "210987654321", "json"},
		{"rest", "POST", "/experimentTemplates", "", "", fis, "fis.CreateExperimentTemplate", "eu-west-1", "000000000000", "rest-json"},
		{"rest label", "GET", "/experimentTemplates/EXT123", "", "", fis, "fis.GetExperimentTemplate", "eu-west-1", "000000000000", "rest-json"},
		{"rest, encoded label", "GET", "/tags/arn%3Aaws%3Afis%3Aeu-west-1%3A0%3Aexperiment%2FEXP1", "", "", fis, "fis.ListTagsForResource", "eu-west-1", "000000000000", "rest-json"},
		{"rest, colons bare", "GET", "/actions/aws:fis:wait", "", "", fis, "fis.GetAction", "eu-west-1", "000000000000", "rest-json"},
		{"rest, two labels", "GET", "/experiments/EXP1/targetAccountConfigurations/123456789012", "", "", fis,
			"fis.GetExperimentTargetAccountConfiguration", "eu-west-1", "000000000000", "rest-json"},
		{"rest, slash at the end", "GET", "/experiments/", "", "", fis, "fis.ListExperiments", "eu-west-1", "000000000000", "rest-json"},
		{"rest, unsigned", "DELETE", "/experiments/EXP1", "", "", "", "fis.StopExperiment", "us-east-1", "000000000000", "rest-json"},
		{"rest, no such route", "PUT", "/experiments/EXP1/x/y/z", "", "", fis, "fis.Unknown", "eu-west-1", "000000000000", "rest-json"},
		{"a service of others", "POST", "/", "", "AWSEvents.PutEvents", signed("k", "us-east-1", "events"), "events.PutEvents", "us-east-1", "000000000000", "json"},
		{"nothing tells", "GET", "/favicon.ico", "", "", "", ".Unknown", "us-east-1", "000000000000", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(c.method, c.url, nil)
			if r.Host = c.host; c.host == "" {
				r.Host = "127.0.0.1:4566"
			}
			if c.target != "" {
				r.Header.Set("X-Amz-Target", c.target)
			}
			if c.authorization != "" {
				r.Header.Set("Authorization", c.authorization)
			}
			var call aws.Call
			New().Recognize(r, &call)
			if call.Name() != c.call || call.Region != c.region || call.Account != c.account || call.Protocol != c.protocol {
				t.Errorf("got %s %s %s %s", call.Name(), call.Region, call.Account, call.Protocol)
			}
		})
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][2]int{
		"attempt=1": {1, 0}, "attempt=2; max=3": {2, 3}, "ttl=20261122T040232Z; attempt=2; max=10": {2, 10},
		"": {}, "attempt=x; max=-1": {}, ";;=;attempt": {},
	} {
		if attempt, max := attempts(value); [2]int{attempt, max} != want {
			t.Errorf("%q: got %d of %d", value, attempt, max)
		}
	}
}
