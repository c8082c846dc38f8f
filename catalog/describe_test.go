package catalog

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/facts.txt anew")

// TestFacts holds what the table says of some services against testdata/facts.txt, so that nobody
// overlooks what new models or a change of the generator alter.
func TestFacts(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, subject := range []string{
		"fis", "fis.StartExperiment", "fis.GetAction", "fis.ListTagsForResource", "fis!ServiceQuotaExceededException",
		"dynamodb", "dynamodb.GetItem", "dynamodb!ConditionalCheckFailedException", "dynamodb!InternalServerError",
		"dynamodbstreams", "cloudwatch", "cloudwatch.PutMetricData", "cloudwatch.GetMetricData", "cloudwatch!ResourceNotFound",
		"sqs", "sqs.SendMessage", "sqs!QueueDoesNotExist", "sqs!AWS.SimpleQueueService.NonExistentQueue", "sqs!OverLimit",
		"sts", "sts.AssumeRole", "sts.AssumeRoleWithWebIdentity", "sts!ExpiredTokenException",
		"s3", "s3.PutObject", "s3.GetObject", "s3.GetBucketAcl", "s3.ListObjectsV2", "s3.CreateMultipartUpload", "s3.UploadPart",
		"s3.SelectObjectContent", "s3.WriteGetObjectResponse", "s3!NoSuchKey", "s3control", "s3control.CreateAccessPoint",
		"ec2", "ec2.StopInstances", "rds", "rds.RebootDBInstance", "rds!DBInstanceNotFoundFault", "sns!ThrottledException",
		"cloudfront.CreateDistribution2020_05_31", "cloudfront.CreateDistribution", "lambda.Invoke", "lambda.InvokeWithResponseStream",
		"kinesis", "kinesis.SubscribeToShard", "kinesis!ProvisionedThroughputExceededException", "arc-region-switch", "stepfunctions",
		"route53", "iam", "iam!NoSuchEntity",
	} {
		b.WriteString(describe(subject))
	}
	const path = "testdata/facts.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, expected := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(expected)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(expected) {
			w = expected[i]
		}
		if g != w {
			t.Fatalf("line %d is\n%s\nwant\n%s", i+1, g, w)
		}
	}
}

// describe is one line on a service, an operation ("s3.PutObject") or an error ("s3!NoSuchKey").
func describe(subject string) string {
	if name, code, ok := strings.Cut(subject, "!"); ok {
		e := Lookup(name).Error(code)
		line := fmt.Sprintf("%s: shape %s, code %s, status %d", subject, e.Name, e.Code, e.Status)
		return line + marks("sender", e.Sender, "retryable", e.Retryable, "throttling", e.Throttling, "shape", e.Shape != nil) + "\n"
	}
	name, operation, _ := strings.Cut(subject, ".")
	s := Lookup(name)
	if operation == "" {
		line := fmt.Sprintf("%s: id %q, signing %s, endpoint %s, target %q, version %s, protocols %s, JSON %q, namespace %q, traits %+v",
			s.Name, s.ID, s.SigningName, s.EndpointPrefix, s.TargetPrefix, s.APIVersion, strings.Join(s.Protocols, " "), s.JSONVersion,
			s.XMLNamespace, s.Traits)
		return line + marks("query compatible", s.QueryCompatible) + fmt.Sprintf(", %d operations\n", len(s.Operations))
	}
	op := s.Operation(operation)
	line := fmt.Sprintf("%s: %s %s %s %d", subject, op.Name, op.Method, op.URI, op.Status)
	line += marks("streams in", op.StreamingInput, "streams out", op.StreamingOutput, "unsigned", op.Unsigned, "shapes", op.HasShapes)
	if op.ResultWrapper != "" {
		line += ", in " + op.ResultWrapper
	}
	if op.HostPrefix != "" {
		line += ", host " + op.HostPrefix
	}
	var required []string
	for _, f := range op.Fields {
		if f.Required {
			required = append(required, f.Location+" "+f.Name)
		}
	}
	if op.Fields != nil {
		line += fmt.Sprintf(", %d fields, required [%s]", len(op.Fields), strings.Join(required, ", "))
	}
	var codes []string
	for _, e := range op.Errors[:min(len(op.Errors), 15)] {
		codes = append(codes, e.Code)
	}
	if more := len(op.Errors) - len(codes); more > 0 {
		codes = append(codes, fmt.Sprintf("and %d more", more))
	}
	return line + ", errors [" + strings.Join(codes, " ") + "]\n"
}

func marks(pairs ...any) string {
	line := ""
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1].(bool) {
			line += ", " + pairs[i].(string)
		}
	}
	return line
}

func TestShapes(t *testing.T) {
	t.Parallel()
	start := Lookup("fis").Operation("StartExperiment")
	token := start.Input.Member("clientToken")
	if start.Input.Name != "StartExperimentRequest" || !token.Required || !token.Idempotency || !token.Shape.HasMax || token.Shape.Max != 1024 ||
		token.Shape.Min != 1 || token.Shape.Pattern != `[\S]+` {
		t.Errorf("StartExperiment's clientToken is %+v of %+v", token, token.Shape)
	}
	id := Lookup("fis").Operation("GetExperiment").Input.Member("id")
	if id.Location != "uri" || id.LocationName != "id" || !id.Required {
		t.Errorf("GetExperiment's id is %+v", id)
	}
	template := Lookup("fis").Operation("CreateExperimentTemplate").Output.Member("experimentTemplate").Shape
	if template.Member("creationTime").Shape.Kind != Timestamp || template.Member("tags").Shape.Kind != Map {
		t.Errorf("the template's members are not as they should be")
	}
	put := Lookup("dynamodb").Operation("PutItem").Input
	value := put.Member("Item").Shape.Element.Shape
	if value.Name != "AttributeValue" || value.Member("M").Shape.Element.Shape != value {
		t.Errorf("PutItem's item is of %+v, want the recursive AttributeValue", value)
	}
	if returns := put.Member("ReturnValues").Shape; len(returns.Enum) != 5 {
		t.Errorf("ReturnValues has %v", returns.Enum)
	}
	object := Lookup("s3").Operation("PutObject")
	if object.Input.Payload != "Body" || !object.Input.Member("Body").Streaming || object.Input.Member("Key").Location != "uri" ||
		object.Input.Member("Metadata").Location != "headers" || object.Input.Member("Metadata").LocationName != "x-amz-meta-" {
		t.Errorf("PutObject's input is not as it should be")
	}
	if m := Lookup("s3").Operation("GetObject"); m.HasShapes || m.Input != nil {
		t.Errorf("GetObject has shapes, which no one asked for")
	}
	stop := Lookup("ec2").Operation("StopInstances").Input.Member("InstanceIds")
	if stop.LocationName != "InstanceId" || stop.Shape.Element.LocationName != "InstanceId" || stop.Shape.Element.Name != "member" {
		t.Errorf("StopInstances' InstanceIds is %+v of %+v", stop, stop.Shape.Element)
	}
	cancelled := Lookup("dynamodb").Error("TransactionCanceledException").Shape
	if cancelled.Member("CancellationReasons") == nil {
		t.Errorf("TransactionCanceledException has no CancellationReasons")
	}
}

func TestByHand(t *testing.T) {
	t.Parallel()
	e := &ErrorShape{Name: "Gone", Code: "ItIsGone"}
	s := &Service{APIVersion: "2020-01-31", Errors: []*ErrorShape{e}, Operations: []*Operation{{Name: "GetIt"}}}
	if s.Operation("GetIt") == nil || s.Operation("GetIt2020_01_31") == nil || s.Operation("GetIt2021_01_31") != nil || s.Operation("2020_01_31") != nil {
		t.Error("operations of a service put together by hand are not found")
	}
	if s.Error("Gone") != e || s.Error("ItIsGone") != e || s.Error("No") != nil {
		t.Error("errors of a service put together by hand are not found")
	}
	shape := &Shape{Kind: Structure, Members: []*Member{{Name: "A"}}}
	if shape.Member("A") == nil || shape.Member("B") != nil {
		t.Error("members of a shape put together by hand are not found")
	}
}
