package catalog

import (
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

func open(t testing.TB) *Table {
	t.Helper()
	table, err := Open(embedded)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestTableIsWhole(t *testing.T) {
	t.Parallel()
	if len(embedded) > 500_000 {
		t.Errorf("the table has %d bytes, want 500,000 at most", len(embedded))
	}
	table := open(t)
	if want := "botocore " + SourceVersion; table.Source != want {
		t.Errorf("source = %q, want %q", table.Source, want)
	}
	services, operations, failures := 0, 0, 0
	for s := range table.All() {
		services++
		operations += len(s.Operations)
		failures += len(s.Errors)
		checkService(t, s)
	}
	if services != 424 || operations != 18378 || failures != 5641 {
		t.Errorf("%d services, %d operations, %d errors; want 424, 18378, 5641", services, operations, failures)
	}
	if names := Names(); len(names) != services || !slices.IsSorted(names) {
		t.Errorf("Names gives %d names, sorted %v", len(names), slices.IsSorted(names))
	}
}

func checkService(t *testing.T, s *Service) {
	t.Helper()
	if s.ID == "" || s.SigningName == "" || s.EndpointPrefix == "" || s.APIVersion == "" || len(s.Protocols) == 0 {
		t.Errorf("%s lacks something: %+v", s.Name, s)
	}
	for _, op := range s.Operations {
		if op.Service != s || s.Operation(op.Name) != op {
			t.Errorf("%s.%s is not found by its name", s.Name, op.Name)
		}
		if op.Status < 200 || op.Status > 299 || op.Method == "" || !strings.HasPrefix(op.URI, "/") {
			t.Errorf("%s.%s: %s %s, status %d", s.Name, op.Name, op.Method, op.URI, op.Status)
		}
	}
	for _, e := range s.Errors {
		if s.Error(e.Name) != e || s.Error(e.Code) == nil || e.Status < 400 || e.Status > 599 {
			t.Errorf("%s: error %s (%s), status %d", s.Name, e.Name, e.Code, e.Status)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	table := open(t)
	again, err := Encode(table.Source, slices.Collect(table.All()))
	if err != nil {
		t.Fatal(err)
	}
	copied, err := Open(string(again))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range table.Names() {
		if !reflect.DeepEqual(table.Lookup(name), copied.Lookup(name)) {
			t.Errorf("%s is not what it was", name)
		}
	}
}

func TestEncodeIsReproducible(t *testing.T) {
	t.Parallel()
	var services, backwards []*Service
	for _, name := range []string{"dynamodb", "events", "fis", "s3", "sqs"} {
		services = append(services, Lookup(name))
		backwards = append([]*Service{Lookup(name)}, backwards...)
	}
	once, err := Encode("a test", services)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Encode("a test", backwards)
	if err != nil {
		t.Fatal(err)
	}
	if string(once) != string(twice) {
		t.Error("the same services give different bytes")
	}
}

func TestEncodeRefusesWhatItCannotHold(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]*Service{
		`"BREW" is none of`:      {Operations: []*Operation{{Name: "A", Method: "BREW"}}},
		"is not the service's":   {Operations: []*Operation{{Name: "A", Method: "GET", Errors: []*ErrorShape{{Name: "E"}}}}},
		"not in order":           {Errors: []*ErrorShape{{Name: "B"}, {Name: "A"}}},
		`"elsewhere" is none of`: {Operations: []*Operation{{Name: "A", Method: "GET", Fields: []Field{{Location: "elsewhere"}}}}},
		`"stardate" is none of`:  {Operations: []*Operation{{Name: "A", Method: "GET", HasShapes: true, Input: &Shape{Name: "In", TimestampFormat: "stardate"}}}},
	} {
		if _, err := Encode("a test", []*Service{s}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestOpenRefusesWhatIsNoTable(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "brownout", magic, magic + "x\n", embedded[:100], embedded[:5000], embedded[:20000], "x" + embedded} {
		if _, err := Open(data); !errors.Is(err, errCorrupt) {
			t.Errorf("%d bytes: error %v, want errCorrupt", len(data), err)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"dynamodb": "dynamodb", "DynamoDB": "dynamodb", "ddb": "dynamodb", "Amazon DynamoDB": "dynamodb", "DYNAMODB": "dynamodb",
		"DynamoDB Streams": "dynamodbstreams", "dynamodb-streams": "dynamodbstreams", "streams.dynamodb": "dynamodbstreams",
		"sfn": "stepfunctions", "SFN": "stepfunctions", "states": "stepfunctions", "step-functions": "stepfunctions",
		"cognito": "cognito-idp", "cognito-idp": "cognito-idp", "Cognito Identity Provider": "cognito-idp", "cognitoidp": "cognito-idp",
		"elb": "elb", "elbv2": "elbv2", "ElasticLoadBalancingV2": "elbv2", "Elastic Load Balancing": "elb",
		"eventbridge": "events", "EventBridge": "events", "events": "events", "cloudwatchevents": "events",
		"apigatewayv1": "apigateway", "apigatewayv2": "apigatewayv2", "API Gateway": "apigateway",
		"cloudwatchlogs": "logs", "CloudWatch Logs": "logs", "cloudwatch_logs": "logs",
		"monitoring": "cloudwatch", "GraniteServiceVersion20100801": "cloudwatch", "email": "ses", "ses": "ses",
		"AWS Lambda": "lambda", "awslambda": "lambda", "computeoptimizer": "compute-optimizer", "compute-optimizer": "compute-optimizer",
		"fis": "fis", "Fault Injection Simulator": "fis", "tagging": "resourcegroupstaggingapi", "secrets-manager": "secretsmanager",
		"s3": "s3", "s3api": "s3", "S3 Control": "s3control", "elasticmapreduce": "emr", "docdb": "docdb", "Neptune": "neptune",
		"msk": "kafka", "execute-api": "apigatewaymanagementapi", "no-such-service": "", "": "", "!": "",
	} {
		got := ""
		if s := Lookup(given); s != nil {
			got = s.Name
		}
		if got != want {
			t.Errorf("Lookup(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestEveryNameLeadsHome(t *testing.T) {
	t.Parallel()
	table := open(t)
	ids := map[string]int{}
	for s := range table.All() {
		ids[s.ID]++
		for _, name := range []string{s.Name, strings.ToUpper(s.Name), strings.ReplaceAll(s.Name, "-", "_")} {
			if got := table.Lookup(name); got != s {
				t.Errorf("Lookup(%q) is not %s", name, s.Name)
			}
		}
	}
	for s := range table.All() {
		if ids[s.ID] > 1 {
			continue // Pinpoint SMS Voice is two services
		}
		for _, name := range []string{s.ID, strings.ReplaceAll(s.ID, " ", ""), strings.ToLower(strings.ReplaceAll(s.ID, " ", "-"))} {
			if got := table.Lookup(name); got != s {
				t.Errorf("Lookup(%q) = %s, want %s", name, got.Name, s.Name)
			}
		}
	}
	for alias, name := range aliases {
		if string(appendLoose(nil, alias)) != alias {
			t.Errorf("alias %q is not in its loose form", alias)
		}
		if got := table.Lookup(alias); got == nil || got.Name != name {
			t.Errorf("alias %q does not lead to %s", alias, name)
		}
	}
	for _, more := range []map[string][]string{moreSigningNames, moreEndpointPrefixes} {
		for name := range more {
			if got := table.exact[name]; got == nil || got.service.Name != name {
				t.Errorf("there is no service %s", name)
			}
		}
	}
	for name := range traits {
		if got := table.exact[name]; got == nil || got.service.Name != name {
			t.Errorf("there are traits of %s, which is no service", name)
		}
	}
}

func TestIndexes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		by    string
		index func(string) []*Service
		key   string
		want  string
	}{
		{"signing name", BySigningName, "rds", "rds neptune docdb"},
		{"signing name", BySigningName, "dynamodb", "dynamodb dynamodbstreams"},
		{"signing name", BySigningName, "s3", "s3 s3control"},
		{"signing name", BySigningName, "s3express", "s3 s3control"},
		{"signing name", BySigningName, "ses", "ses sesv2 mailmanager pinpoint-email"},
		{"signing name", BySigningName, "fis", "fis"},
		{"signing name", BySigningName, "nothing", ""},
		{"target prefix", ByTargetPrefix, "DynamoDB_20120810", "dynamodb"},
		{"target prefix", ByTargetPrefix, "Timestream_20181101", "timestream-query timestream-write"},
		{"target prefix", ByTargetPrefix, "CloudTrail_20131101", "cloudtrail"},
		{"target prefix", ByTargetPrefix, "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "cloudtrail"},
		{"target prefix", ByTargetPrefix, "", ""},
		{"endpoint prefix", ByEndpointPrefix, "monitoring", "cloudwatch"},
		{"endpoint prefix", ByEndpointPrefix, "api.ecr", "ecr"},
		{"endpoint prefix", ByEndpointPrefix, "ecr", "ecr"},
		{"API version", ByAPIVersion, "2012-11-05", "sqs"},
		{"API version", ByAPIVersion, "2014-10-31", "rds neptune docdb"},
		{"API version", ByAPIVersion, "2016-11-15", "ec2"},
		{"API version", ByAPIVersion, "2012-08-10", ""}, // DynamoDB speaks no query protocol
	} {
		var names []string
		for _, s := range test.index(test.key) {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("by %s %q: %q, want %q", test.by, test.key, got, test.want)
		}
	}
}

func TestConcurrentFirstUse(t *testing.T) {
	t.Parallel()
	table := open(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, name := range []string{"fis", "dynamodb", "s3", "cloudwatch"} {
				if s := table.Lookup(name); len(s.Operations) == 0 || table.BySigningName(s.SigningName)[0].Operations == nil {
					t.Errorf("%s has no operations", name)
				}
			}
		})
	}
	group.Wait()
}

// Not parallel: allocations are counted for the whole process.
func TestCost(t *testing.T) {
	Lookup("dynamodb")
	BySigningName("rds")
	ByTargetPrefix("DynamoDB_20120810")
	ByAPIVersion("2014-10-31")
	for name, f := range map[string]func(){
		"Lookup":           func() { Lookup("dynamodb") },
		"Lookup, loosely":  func() { Lookup("Amazon DynamoDB") },
		"Operation":        func() { Lookup("dynamodb").Operation("GetItem") },
		"Operation, dated": func() { Lookup("dynamodb").Operation("GetItem2012_08_10") },
		"Error":            func() { Lookup("dynamodb").Error("ResourceNotFoundException") },
		"BySigningName":    func() { BySigningName("rds") },
		"ByTargetPrefix":   func() { ByTargetPrefix("DynamoDB_20120810") },
		"ByAPIVersion":     func() { ByAPIVersion("2014-10-31") },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	open(t)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("opening the table takes %d bytes, want 4 MB at most", used)
	}
}

func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(embedded); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFirstUse(b *testing.B) {
	for _, name := range []string{"fis", "dynamodb", "ec2"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				table := open(b)
				b.StartTimer()
				table.Lookup(name)
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if Lookup("dynamodb").Operation("GetItem") == nil {
			b.Fatal("not found")
		}
	}
}
