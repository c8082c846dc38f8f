package fault_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// resources are a call's resources, as recognition would have found them.
type resources []aws.Resource

func (r resources) Resources(*aws.Call, []aws.Resource) []aws.Resource { return r }

// namedTable is a table whose ARN the request does not say.
func namedTable(name string) aws.Resource {
	return aws.NamedResource("table", name, aws.NewARN("dynamodb", "us-east-1", "000000000000", "table/"), name)
}

func table(name string) aws.Resource {
	return aws.Resource{Type: "table", Name: name, ARN: "arn:aws:dynamodb:us-east-1:000000000000:table/" + name}
}

// hits reports whether a rule with this match hits the call.
func hits(t testing.TB, match string, call aws.Call) bool {
	t.Helper()
	rules := fault.NewRules(clock.Real{}, 1)
	if err := rules.Put(parse(t, `{"match":`+match+`,`+refuse503+`}`)...); err != nil {
		t.Fatalf("%s: %v", match, err)
	}
	var plan fault.Plan
	rules.Set().Match(&call, &plan)
	return plan.Hit()
}

func TestMatchFields(t *testing.T) {
	t.Parallel()
	call := aws.Call{
		Service: "dynamodb", Operation: "BatchWriteItem", Region: "us-east-1", Account: "000000000000", AccessKey: "AKIAALICE",
		CallerARN: "arn:aws:sts::123456789012:assumed-role/Checkout/session-1", UserAgent: "Boto3/1.43 md/Botocore#1.43 exec-env/AWS_Lambda_python",
		Header:   map[string][]string{"X-Team": {"blue"}, "X-Tags": {"a", "b"}},
		Resolver: resources{table("Orders-eu"), table("Users")},
	}
	for match, want := range map[string]bool{
		`{}`: true,
		// services by any name, operations by name, glob and class
		`{"service":"DynamoDB"}`:               true,
		`{"service":"ddb"}`:                    true,
		`{"service":["s3","Amazon DynamoDB"]}`: true,
		`{"service":"dynamo*"}`:                true,
		`{"service":"s3"}`:                     false,
		`{"operation":"write"}`:                true,
		`{"operation":"read"}`:                 false,
		`{"operation":["read","BatchWrite*"]}`: true,
		`{"operation":"*Item"}`:                true,
		// region, account, caller
		`{"region":["eu-*","us-east-1"]}`:                                           true,
		`{"region":"us-east-2"}`:                                                    false,
		`{"account":"000000000000"}`:                                                true,
		`{"account":"1*"}`:                                                          false,
		`{"caller":"AKIAALICE"}`:                                                    true,
		`{"caller":"AKIA*"}`:                                                        true,
		`{"caller":"AKIABOB"}`:                                                      false,
		`{"caller":"Checkout"}`:                                                     true,
		`{"caller":"session-1"}`:                                                    false,
		`{"caller":"arn:aws:iam::123456789012:role/Checkout"}`:                      true,
		`{"caller":"arn:aws:iam::123456789012:role/path/Check*"}`:                   true,
		`{"caller":"arn:aws:iam::*:role/Checkout"}`:                                 true,
		`{"caller":"arn:aws:iam::999999999999:role/Checkout"}`:                      false,
		`{"caller":"arn:aws:sts::123456789012:assumed-role/Check*"}`:                true,
		`{"role":"Checkout"}`:                                                       true,
		`{"role":["Nope","arn:aws:iam::123456789012:role/path/Checkout"]}`:          true,
		`{"role":"arn:aws:iam::999999999999:role/Checkout"}`:                        false,
		`{"role":"arn:aws:iam::999999999999:role/Checkout","unknown_callers":true}`: false,
		`{"role":"AKIAALICE"}`:                                                      false,
		`{"except":{"role":"Checkout"}}`:                                            false,
		// user agent, headers
		`{"user_agent":"Botocore"}`:                 true,
		`{"user_agent":"*AWS_Lambda*"}`:             true,
		`{"user_agent":"Boto3*"}`:                   true,
		`{"user_agent":"aws-sdk-go"}`:               false,
		`{"header":{"x-team":"blue"}}`:              true,
		`{"header":{"X-Team":["red","bl*"]}}`:       true,
		`{"header":{"X-Tags":"b"}}`:                 true,
		`{"header":{"X-Team":"blue","X-Nope":"*"}}`: false,
		// any of the resources, by name, by what the ARN ends in, by ARN
		`{"resource":"Users"}`:          true,
		`{"resource":"table/Users"}`:    true,
		`{"resource":"Orders-*"}`:       true,
		`{"resource":"table/Orders-*"}`: true,
		`{"resource":"arn:aws:dynamodb:us-east-1:000000000000:table/Users"}`: true,
		`{"resource":"arn:aws:dynamodb:*:table/Us*"}`:                        true,
		`{"resource":"*eu"}`:                   true,
		`{"resource":["Nope","Users"]}`:        true,
		`{"resource":"Orders"}`:                false,
		`{"resource":"User"}`:                  false,
		`{"resource":"stream/Users"}`:          false,
		`{"resource":"arn:aws:s3:::Orders-*"}`: false,
		// exceptions
		`{"except":{"operation":"read"}}`:                             true,
		`{"except":{"operation":"write"}}`:                            false,
		`{"except":{"resource":"Users"}}`:                             false,
		`{"except":{"resource":"Users","region":"eu-west-1"}}`:        true,
		`{"service":"dynamodb","except":{"caller":"Checkout"}}`:       false,
		`{"service":"dynamodb","except":{"header":{"x-team":"red"}}}`: true,
	} {
		if got := hits(t, match, call); got != want {
			t.Errorf("%s: %v, want %v", match, got, want)
		}
	}
}

// TestRoles: a caller may be a role's session, somebody else, or nobody we know.
func TestRoles(t *testing.T) {
	t.Parallel()
	const role, unknown = `{"role":"arn:aws:iam::123456789012:role/ops/Deployer"}`, `{"role":"arn:aws:iam::123456789012:role/ops/Deployer","unknown_callers":true}`
	for caller, want := range map[string][2]bool{
		"": {false, true},
		"arn:aws:sts::123456789012:assumed-role/Deployer/ci":   {true, true},
		"arn:aws:sts::123456789012:assumed-role/Deployer2/ci":  {false, false},
		"arn:aws:sts::123456789013:assumed-role/Deployer/ci":   {false, false},
		"arn:aws:iam::123456789012:role/ops/Deployer":          {true, true},
		"arn:aws:iam::123456789012:role/Deployer":              {true, true}, // sessions do not tell the path
		"arn:aws:iam::123456789012:user/Deployer":              {false, false},
		"arn:aws:iam::123456789012:root":                       {false, false},
		"arn:aws-cn:sts::123456789012:assumed-role/Deployer/x": {false, false},
	} {
		c := aws.Call{Service: "ec2", Operation: "RunInstances", AccessKey: "AKIA", CallerARN: caller}
		for i, match := range []string{role, unknown} {
			if got := hits(t, match, c); got != want[i] {
				t.Errorf("%q, %s: %v", caller, match, got)
			}
		}
	}
}

func TestResourcesByOtherNames(t *testing.T) {
	t.Parallel()
	queue := aws.Call{Service: "sqs", Operation: "SendMessage", Resolver: resources{{Type: "queue", Name: "jobs", ARN: "arn:aws:sqs:us-east-1:1:jobs"}}}
	function := aws.Call{Service: "lambda", Operation: "Invoke", Resolver: resources{{Type: "function", Name: "work", ARN: "arn:aws:lambda:us-east-1:1:function:work"}}}
	object := aws.Call{Service: "s3", Operation: "GetObject", Resolver: resources{
		{Type: "bucket", Name: "photos", ARN: "arn:aws:s3:::photos"}, {Type: "object", Name: "photos/a/b.jpg", ARN: "arn:aws:s3:::photos/a/b.jpg"}}}
	for _, c := range []struct {
		match string
		call  aws.Call
		want  bool
	}{
		{`{"resource":"queue/jobs"}`, queue, true}, {`{"resource":"jobs"}`, queue, true}, {`{"resource":"queue/*"}`, queue, true}, {`{"resource":"topic/*"}`, queue, false},
		{`{"resource":"function/work"}`, function, true}, {`{"resource":"function:work"}`, function, true}, {`{"resource":"work"}`, function, true},
		{`{"resource":"photos"}`, object, true}, {`{"resource":"photos/a/*"}`, object, true}, {`{"resource":"photos/c/*"}`, object, false}, {`{"resource":"arn:aws:s3:::photos/*.jpg"}`, object, true},
		{`{"resource":"bucket/photos"}`, object, true},
		{`{"resource":"anything"}`, aws.Call{Service: "sts", Operation: "GetCallerIdentity"}, false},
	} {
		if got := hits(t, c.match, c.call); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.call.Name(), c.match, got, c.want)
		}
	}
}

// TestTheIndexFindsWhatMatches compares a thousand rules with each of them alone, and their order.
func TestTheIndexFindsWhatMatches(t *testing.T) {
	t.Parallel()
	patterns := []string{"Orders", "Orders*", "Order", "O*", "Ord*ers", "table/Orders", "table/O*", "table/*", "*", "*ers", "arn:aws:dynamodb:*:table/Orders",
		"arn:aws:dynamodb:us-east-1:000000000000:table/Orders", "arn:*", "tab*", "Users", "table/U", "stream/Orders", "P", "a", "O", "t*/Orders", "*/Orders"}
	calls := []aws.Call{}
	for _, names := range [][]string{nil, {"Orders"}, {"Users"}, {"Orders", "Users"}, {"Or"}, {"P"}, {""}} {
		for _, make := range []func(string) aws.Resource{table, namedTable} {
			var r resources
			for _, name := range names {
				r = append(r, make(name))
			}
			calls = append(calls, aws.Call{Service: "dynamodb", Operation: "GetItem", Resolver: r})
		}
	}
	for _, copies := range []int{1, 3, 40, 2} { // few, more than fit the buffer of places
		var texts []string
		if copies == 2 { // only those that the type and the name tell
			patterns = slices.DeleteFunc(patterns, func(p string) bool {
				return strings.HasPrefix("arn", p[:1]) || strings.Contains(strings.Split(p, "/")[0], "*")
			})
		}
		for range copies {
			for _, pattern := range patterns {
				texts = append(texts, fmt.Sprintf(`{"match":{"resource":%q},"effect":{"kind":"delay","duration":1}}`, pattern))
			}
			texts = append(texts, `{"match":{},"effect":{"kind":"delay","duration":1}}`)
		}
		rules := parse(t, texts...)
		all, err := fault.Compile(rules, fault.NewState())
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range calls {
			var want []string
			for i := range rules {
				alone, err := fault.Compile(rules[i:i+1], fault.NewState())
				if err != nil {
					t.Fatal(err)
				}
				c, plan := call, fault.Plan{}
				alone.Match(&c, &plan)
				want = append(want, plan.Owners()...)
			}
			c, plan := call, fault.Plan{}
			all.Match(&c, &plan)
			if got := strings.Join(plan.Owners(), " "); got != strings.Join(want, " ") {
				t.Errorf("%d copies, %v: got %s, want %v", copies, call.Resolver, got, want)
			}
		}
	}
}

func TestReadAndWrite(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]bool{
		"GetItem": true, "ListTables": true, "DescribeTable": true, "BatchGetItem": true, "TransactGetItems": true, "Query": true, "Scan": true, "HeadObject": true,
		"PutItem": false, "BatchWriteItem": false, "ReceiveMessage": false, "ExecuteStatement": false, "Getaway": false, "CreateTable": false, "Invoke": false, "": false,
	} {
		if got := fault.IsRead(operation); got != want {
			t.Errorf("%s: %v", operation, got)
		}
	}
}

// missing are a thousand rules of which none matches GetItem of the table Orders.
func missing(t testing.TB) *fault.Set {
	var texts []string
	for i := range 500 {
		texts = append(texts, fmt.Sprintf(`{"match":{"service":"dynamodb","operation":%q},%s}`, []string{"PutItem", "UpdateItem", "Query"}[i%3], refuse503))
	}
	for i := range 300 {
		texts = append(texts, fmt.Sprintf(`{"match":{"service":"dynamodb","operation":"GetItem","resource":"table/Other%d"},%s}`, i, refuse503))
	}
	for i := range 200 {
		texts = append(texts, fmt.Sprintf(`{"match":{"service":"dynamodb","operation":"Get*","resource":"table/Group%d-*"},%s}`, i, refuse503))
	}
	set, err := fault.Compile(parse(t, texts...), fault.NewState())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestMissingByResourceAllocatesNothing(t *testing.T) {
	set := missing(t)
	call := &aws.Call{Service: "dynamodb", Operation: "GetItem", Region: "us-east-1", Resolver: resources{table("Orders")}}
	if n := testing.AllocsPerRun(1000, func() {
		var plan fault.Plan
		if set.Match(call, &plan); plan.Hit() {
			t.Error("a rule on another table hit")
		}
	}); n != 0 {
		t.Errorf("%v allocations a call, want none", n)
	}
}

func BenchmarkMatchResources(b *testing.B) {
	set := missing(b)
	call := &aws.Call{Service: "dynamodb", Operation: "GetItem", Region: "us-east-1", Resolver: resources{namedTable("Orders")}}
	b.ReportAllocs()
	for b.Loop() {
		var plan fault.Plan
		set.Match(call, &plan)
	}
}
