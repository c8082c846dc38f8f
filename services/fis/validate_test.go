package fis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/fis"
)

func TestRefusedTemplates(t *testing.T) {
	const apiError, latency = "localstack:generic:api-error", "localstack:generic:latency"
	one := func(id string, p parameters) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) { in.Actions = actions{"Test disruption": do(id, p)} }
	}
	many := func(a actions) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) { in.Actions = a }
	}
	tag := func(key, value string) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) { in.Tags = map[string]string{key: value} }
	}
	stop := func(source string, value *string) func(*fis.CreateExperimentTemplateRequest) {
		return func(in *fis.CreateExperimentTemplateRequest) {
			in.StopConditions = []fis.CreateExperimentTemplateStopConditionInput{{Source: &source, Value: value}}
		}
	}
	const invalid = "ValidationException"
	for name, c := range map[string]struct {
		change func(*fis.CreateExperimentTemplateRequest)
		code   string
		status int
		parts  []string
	}{
		"unknown action":              {one("aws:no:such", nil), "ResourceNotFoundException", 404, []string{"Action with ID aws:no:such not found."}},
		"unknown service of a family": {one("localstack:nosuch:inject-api-internal-error", nil), "ResourceNotFoundException", 404, []string{"localstack:nosuch:inject-api-internal-error"}},
		"no actions":                  {many(actions{}), invalid, 400, []string{"at least one action"}},
		"unknown parameter":           {one(apiError, parameters{"percent": "1"}), invalid, 400, []string{`"percent"`, `"Test disruption"`}},
		"missing parameter":           {one(latency, nil), invalid, 400, []string{`Missing required parameter "latencyMilliseconds" in action "Test disruption".`}},
		"percentage no number":        {one(apiError, parameters{"percentage": "all"}), invalid, 400, []string{`"percentage"`, `"all"`, "from 0 to 100"}},
		"percentage over 100":         {one(apiError, parameters{"percentage": "100.5"}), invalid, 400, []string{`"percentage"`}},
		"percentage NaN":              {one(apiError, parameters{"percentage": "NaN"}), invalid, 400, []string{`"percentage"`}},
		"percentage negative":         {one("localstack:kms:inject-api-internal-error", parameters{"percentage": "-1"}), invalid, 400, []string{`"percentage"`}},
		"errorCode below":             {one(apiError, parameters{"errorCode": "399"}), invalid, 400, []string{`"errorCode"`, "from 400 to 599"}},
		"errorCode above":             {one(apiError, parameters{"errorCode": "600"}), invalid, 400, []string{`"errorCode"`}},
		"errorCode no number":         {one(apiError, parameters{"errorCode": "503 Service Unavailable"}), invalid, 400, []string{`"errorCode"`}},
		"blank exception":             {one(apiError, parameters{"exception": " "}), invalid, 400, []string{"exception= "}},
		"exception with a line break": {one(apiError, parameters{"exception": "a\r\nb"}), invalid, 400, []string{`"exception"`}},
		"unknown service":             {one(apiError, parameters{"service": "dynamodbb"}), invalid, 400, []string{`"dynamodbb"`, `"service"`}},
		"unknown operation":           {one(apiError, parameters{"service": "dynamodb", "operation": "GetItems"}), invalid, 400, []string{`"GetItems"`, "dynamodb"}},
		"unknown operation, old name": {one(latency, parameters{"service": "dynamodb", "apiCall": "GetItems", "latencyMilliseconds": "1"}), invalid, 400, []string{`"apiCall"`, `"GetItems"`}},
		"operation with blanks":       {one(apiError, parameters{"operation": "Get Item"}), invalid, 400, []string{`"operation"`}},
		"two different operations":    {one(apiError, parameters{"operation": "GetItem", "api": "all"}), invalid, 400, []string{`"api"`, `"operation"`}},
		"region with a slash":         {one(apiError, parameters{"region": "us/east"}), invalid, 400, []string{`"region"`}},
		"negative latency":            {one(latency, parameters{"latencyMilliseconds": "-1"}), invalid, 400, []string{`"latencyMilliseconds"`}},
		"latency no number":           {one(latency, parameters{"latencyMilliseconds": "5s"}), invalid, 400, []string{`"latencyMilliseconds"`}},
		"duration in another form":    {one("aws:fis:wait", parameters{"duration": "5m"}), invalid, 400, []string{`"duration"`, "ISO 8601"}},
		"duration too long":           {one("aws:fis:wait", parameters{"duration": "PT12H1S"}), invalid, 400, []string{`"duration"`, "PT12H"}},
		"duration of nothing":         {one("aws:fis:wait", parameters{"duration": "PT0S"}), invalid, 400, []string{`"duration"`}},
		"duration without an amount":  {one("aws:fis:wait", parameters{"duration": "PT"}), invalid, 400, []string{`"duration"`}},
		"wait without duration":       {one("aws:fis:wait", nil), invalid, 400, []string{`"duration"`}},
		"target of an action": {func(in *fis.CreateExperimentTemplateRequest) {
			a := wait("PT1M")
			a.Targets = parameters{"Instances": "x"}
			in.Actions = actions{"w": a}
		}, invalid, 400, []string{`Unexpected target "Instances" found in action "w".`}},
		"startAfter of nothing":       {many(actions{"a": wait("PT1M", "b")}), invalid, 400, []string{`"a"`, `"b"`}},
		"startAfter itself":           {many(actions{"a": wait("PT1M", "a")}), invalid, 400, []string{`"a"`, "cycle"}},
		"startAfter in a cycle":       {many(actions{"x": wait("PT1M"), "a": wait("PT1M", "c", "x"), "b": wait("PT1M", "a"), "c": wait("PT1M", "b")}), invalid, 400, []string{`"a", "b", "c"`, "cycle"}},
		"reserved tag":                {tag("aws:x", ""), invalid, 400, []string{`"aws:x"`}},
		"tag with odd characters":     {tag("a", "b;c"), invalid, 400, []string{`"a"`}},
		"stop condition of no source": {stop("aws:no", nil), invalid, 400, []string{`"aws:no"`}},
		"none with a value":           {stop("none", new("arn:aws:cloudwatch:us-east-1:0:alarm:a")), invalid, 400, []string{`"none"`}},
		"nothing but the token": {func(in *fis.CreateExperimentTemplateRequest) {
			*in = fis.CreateExperimentTemplateRequest{ClientToken: in.ClientToken}
		}, invalid, 400, []string{"4 validation errors detected", "'description'", "'stopConditions'", "'actions'", "'roleArn'"}},
		"too many actions":             {many(waits(21, "a00")), "ServiceQuotaExceededException", 402, []string{"20"}},
		"too many actions in parallel": {many(waits(11)), "ServiceQuotaExceededException", 402, []string{"10"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				in := w.request(actions{"a": wait("PT1M")})
				c.change(in)
				_, err := call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", in)
				w.refused(err, c.code, c.status, c.parts...)
				if list := must[fis.ListExperimentTemplatesResponse](w)(call[fis.ListExperimentTemplatesResponse](w, "ListExperimentTemplates", &fis.ListExperimentTemplatesRequest{})); len(list.ExperimentTemplates) > 0 {
					t.Error("the template exists")
				}
			})
		})
	}
}

// waits is n actions, all but the first of which start after those given.
func waits(n int, after ...string) actions {
	a := actions{}
	for i := range n {
		name := fmt.Sprintf("a%02d", i)
		if i == 0 {
			a[name] = wait("PT1M")
		} else {
			a[name] = wait("PT1M", after...)
		}
	}
	return a
}

// What each form of the parameters disrupts.
func TestDisruptions(t *testing.T) {
	const apiError = "localstack:generic:api-error"
	for name, c := range map[string]struct {
		id     string
		p      parameters
		hit    []string // "service.Operation region"
		missed []string
		code   string
		status int
	}{
		"nothing said":      {apiError, nil, []string{"s3.GetObject us-east-1", "dynamodb.GetItem us-east-1"}, []string{"s3.GetObject eu-west-1", "fis.GetExperiment us-east-1"}, "InternalError", 500},
		"everything said":   {apiError, parameters{"service": "s3", "region": "eu-west-1", "operation": "GetObject", "exception": "SlowDown", "errorCode": "503", "percentage": "100"}, []string{"s3.GetObject eu-west-1"}, []string{"s3.PutObject eu-west-1", "s3.GetObject us-east-1", "sqs.GetObject eu-west-1"}, "SlowDown", 503},
		"apiCall":           {apiError, parameters{"service": "lambda", "apiCall": "Invoke"}, []string{"lambda.Invoke us-east-1"}, []string{"lambda.ListFunctions us-east-1"}, "InternalError", 500},
		"api all":           {apiError, parameters{"service": "dynamodb", "api": "all", "exception": "DynamoDbException"}, []string{"dynamodb.GetItem us-east-1", "dynamodb.PutItem us-east-1"}, []string{"s3.GetObject us-east-1"}, "DynamoDbException", 500},
		"service all":       {apiError, parameters{"service": "all", "operation": "All"}, []string{"s3.GetObject us-east-1"}, nil, "InternalError", 500},
		"region all":        {apiError, parameters{"region": "all", "service": "s3"}, []string{"s3.GetObject ap-south-1"}, []string{"sqs.SendMessage us-east-1"}, "InternalError", 500},
		"the same twice":    {apiError, parameters{"operation": "GetItem", "apiCall": "GetItem"}, []string{"dynamodb.GetItem us-east-1"}, []string{"dynamodb.PutItem us-east-1"}, "InternalError", 500},
		"another name":      {apiError, parameters{"service": "states"}, []string{"stepfunctions.StartExecution us-east-1"}, []string{"s3.GetObject us-east-1"}, "InternalError", 500},
		"FIS itself":        {apiError, parameters{"service": "fis"}, []string{"fis.GetExperiment us-east-1"}, nil, "InternalError", 500},
		"never":             {apiError, parameters{"percentage": "0"}, nil, []string{"s3.GetObject us-east-1"}, "", 0},
		"ready-made":        {"localstack:kms:inject-api-internal-error", nil, []string{"kms.Encrypt us-east-1"}, []string{"s3.GetObject us-east-1", "kms.Encrypt eu-west-1"}, "InternalError", 500},
		"ready-made, never": {"localstack:kms:inject-api-internal-error", parameters{"percentage": "0"}, nil, []string{"kms.Encrypt us-east-1"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				e := w.start(actions{"a": do(c.id, c.p)})
				at := func(text string) (service, operation, region string) {
					name, region, _ := strings.Cut(text, " ")
					service, operation, _ = strings.Cut(name, ".")
					return service, operation, region
				}
				for _, hit := range c.hit {
					if got := w.fails(at(hit)); got == nil || got.Code != c.code || got.Status != c.status || got.Message != "Failing as per Fault Injection Simulator configuration" {
						t.Errorf("%s: %+v", hit, got)
					}
				}
				for _, missed := range c.missed {
					if got := w.fails(at(missed)); got != nil {
						t.Errorf("%s fails: %v", missed, got)
					}
				}
				w.stop(e.Id)
			})
		})
	}
}
