package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/brownouttest"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/protocol"
)

// oddInputs is how many inputs each operation gets per protocol, besides the empty one.
const oddInputs = 24

// Every operation of every service of ours, in every protocol that the service speaks: nothing that a caller can leave out, set to
// null or to something of another kind is our fault. An answer is a success, a refusal, or "not carried out".
func TestNoInputIsAnInternalFailure(t *testing.T) {
	t.Parallel()
	var errorsLogged lines
	srv := brownouttest.Start(t, brownouttest.WithLog(slog.New(slog.NewTextHandler(&errorsLogged, &slog.HandlerOptions{Level: slog.LevelError}))))
	client := &http.Client{Timeout: hostilePatience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	sent, succeeded := 0, 0
	seen := seenNames{}
	send := func(op *catalog.Operation, request *http.Request, body []byte) {
		sent++
		request.Header.Set("Authorization", fmt.Sprintf(signature, op.Service.SigningName))
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		response, err := client.Do(request)
		if err != nil {
			t.Fatalf("%s.%s: %v\n%s %s\n%s", op.Service.Name, op.Name, err, request.Method, request.URL, body)
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode < 300 {
			succeeded++
			seen.learn(answer)
		}
		if err != nil || response.StatusCode >= 500 && response.StatusCode != http.StatusNotImplemented {
			t.Errorf("%s.%s: %d %s %v\n%s %s\n%.2000s", op.Service.Name, op.Name, response.StatusCode, answer, err, request.Method, request.URL, body)
		}
	}
	for _, name := range servedNames(t, srv.URL) {
		service := catalog.Lookup(name)
		delete(seen, "Id")                 // those of other services mean nothing here
		for round := range oddInputs + 1 { // round by round, so that what one operation makes meets the others
			for _, proper := range properInputs[name] {
				op := service.Operation(proper.operation)
				request, err := protocol.For(service.Protocols[0]).EncodeRequest(srv.URL, op, proper.input)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(request.Body)
				if err != nil {
					t.Fatal(err)
				}
				send(op, request, body) // it may have been deleted since the last round; or not, and is refused
			}
			for _, op := range service.Operations {
				if !op.HasShapes {
					continue
				}
				for _, spoken := range service.Protocols {
					odd := oddity{rand.New(rand.NewPCG(hostileSeed, uint64(sent)*0x9e3779b97f4a7c15)), seen}
					codec := protocol.For(spoken)
					input := map[string]any{}
					if round > 0 && op.Input != nil {
						input = odd.structure(op.Input, 0)
					}
					request, err := codec.EncodeRequest(srv.URL, op, input)
					if err != nil { // what our own codec cannot write: a label that is not there
						continue
					}
					var body []byte
					if request.Body != nil {
						if body, err = io.ReadAll(request.Body); err != nil {
							t.Fatal(err)
						}
					}
					if (spoken == catalog.JSON || spoken == catalog.RESTJSON) && len(body) > 0 && round%2 == 1 {
						body = odd.twisted(body)
					}
					send(op, request, body)
				}
			}
			srv.Clock.Advance(20 * time.Second) // alarms are evaluated, experiments go on
		}
	}
	if text := errorsLogged.String(); text != "" {
		t.Errorf("the server logged errors:\n%.4000s", text)
	}
	t.Logf("%d requests, %d of them succeeded", sent, succeeded)
	if succeeded < sent/10 {
		t.Errorf("only %d of %d requests succeeded: the inputs are so odd that hardly any gets as far as the operations", succeeded, sent)
	}
}

// servedNames are the services that a server answers itself.
func servedNames(t *testing.T, url string) (names []string) {
	t.Helper()
	response, err := http.Get(url + "/_brownout/health")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var health struct{ Services map[string]string }
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil {
		t.Fatal(err)
	}
	for name := range health.Services {
		names = append(names, name)
	}
	slices.Sort(names)
	if at := slices.Index(names, "fis"); at >= 0 { // its experiments' faults must not meet the others
		names = append(slices.Delete(names, at, at+1), "fis")
	}
	return names
}

// oddity makes inputs that keep the model's forms, mostly, and mean little.
type oddity struct {
	*rand.Rand
	seen seenNames
}

// seenNames are what answers named, by kind: the next inputs name them, too.
type seenNames map[string][]string

var nameKinds = map[string]*regexp.Regexp{
	"Arn": regexp.MustCompile(`arn:aws:[a-z]+:[^"<\s]{5,200}`), "Id": regexp.MustCompile(`\b(EX[TP]|[LA][KS]IA)[A-Za-z0-9]{10,30}`),
}

const mostSeen = 64

func (n seenNames) learn(answer []byte) {
	for kind, form := range nameKinds {
		for _, name := range form.FindAllString(string(answer), 8) {
			if known := n[kind]; !slices.Contains(known, name) {
				n[kind] = append(known[max(0, len(known)-mostSeen+1):], name)
			}
		}
	}
}

// properInputs make things that hardly any odd input would make.
var properInputs = map[string][]struct {
	operation string
	input     map[string]any
}{
	"dynamodb": {
		{"CreateTable", map[string]any{
			"TableName": "alpha", "BillingMode": "PAY_PER_REQUEST",
			"AttributeDefinitions": []any{map[string]any{"AttributeName": "id", "AttributeType": "S"}, map[string]any{"AttributeName": "a", "AttributeType": "S"}},
			"KeySchema":            []any{map[string]any{"AttributeName": "id", "KeyType": "HASH"}},
			"GlobalSecondaryIndexes": []any{map[string]any{
				"IndexName": "alpha", "KeySchema": []any{map[string]any{"AttributeName": "a", "KeyType": "HASH"}}, "Projection": map[string]any{"ProjectionType": "ALL"},
			}},
			"StreamSpecification": map[string]any{"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
		}},
		{"CreateTable", map[string]any{
			"TableName": "beta", "BillingMode": "PAY_PER_REQUEST",
			"AttributeDefinitions": []any{map[string]any{"AttributeName": "id", "AttributeType": "S"}},
			"KeySchema":            []any{map[string]any{"AttributeName": "id", "KeyType": "HASH"}},
		}},
		{"PutItem", map[string]any{"TableName": "alpha", "Item": map[string]any{"id": map[string]any{"S": "alpha"}, "a": map[string]any{"S": "alpha"}, "1": map[string]any{"N": "1"}}}},
		{"CreateBackup", map[string]any{"TableName": "beta", "BackupName": "alpha"}},
	},
	"cloudwatch": {
		{"PutMetricAlarm", map[string]any{
			"AlarmName": "alpha", "Namespace": "alpha", "MetricName": "alpha", "Statistic": "Sum", "Period": int64(60),
			"EvaluationPeriods": int64(1), "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
		}},
	},
	"fis": {
		{"CreateExperimentTemplate", map[string]any{
			"clientToken": "alpha", "description": "alpha", "roleArn": "arn:aws:iam::000000000000:role/alpha",
			"stopConditions": []any{map[string]any{"source": "none"}},
			"actions":        map[string]any{"alpha": map[string]any{"actionId": "aws:fis:wait", "parameters": map[string]any{"duration": "PT1M"}}},
		}},
		{"CreateExperimentTemplate", map[string]any{
			"clientToken": "beta", "description": "beta", "roleArn": "arn:aws:iam::000000000000:role/alpha",
			"stopConditions": []any{map[string]any{"source": "aws:cloudwatch:alarm", "value": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:alpha"}},
			"targets": map[string]any{"alpha": map[string]any{
				"resourceType": "aws:iam:role", "resourceArns": []any{"arn:aws:iam::000000000000:role/alpha"}, "selectionMode": "ALL",
			}},
			"actions": map[string]any{"alpha": map[string]any{
				"actionId": "aws:fis:inject-api-throttle-error", "targets": map[string]any{"Roles": "alpha"},
				"parameters": map[string]any{"duration": "PT1M", "service": "kinesis", "operations": "PutRecord", "percentage": "1"},
			}},
			"experimentOptions": map[string]any{"accountTargeting": "multi-account"},
		}},
	},
}

func (o oddity) structure(shape *catalog.Shape, depth int) map[string]any {
	made := map[string]any{}
	for _, m := range shape.Members {
		present := o.IntN(3) == 0
		if m.Required {
			present = o.IntN(20) > 0
		}
		if shape.Union {
			present = len(made) == 0 && o.IntN(2) == 0
		}
		if m.Location == "uri" {
			present = true
		}
		if present && depth < 6 {
			made[m.Name] = o.value(m, depth+1)
		}
	}
	return made
}

func (o oddity) value(m *catalog.Member, depth int) any {
	shape := m.Shape
	switch shape.Kind {
	case catalog.Structure:
		return o.structure(shape, depth)
	case catalog.List:
		list := []any{}
		for range o.IntN(3) {
			element := *shape.Element
			element.Name = m.Name
			list = append(list, o.value(&element, depth+1))
		}
		return list
	case catalog.Map:
		if shape.Element.Shape.Name == "AttributeValue" && o.IntN(2) == 0 {
			return map[string]any{"id": map[string]any{"S": "alpha"}} // a key of the tables that there are
		}
		made := map[string]any{}
		for range o.IntN(3) {
			key := *shape.Key
			made[o.text(&key)] = o.value(shape.Element, depth+1)
		}
		return made
	case catalog.Integer, catalog.Long:
		return pick(o, []int64{-1, 0, 1, 2, 5, 60, 900, 3600, 1 << 31, 1<<63 - 1})
	case catalog.Float, catalog.Double:
		return pick(o, []float64{-1, 0, 0.5, 1, 100, 1e300, 5e-324})
	case catalog.Boolean:
		return o.IntN(2) == 0
	case catalog.Blob:
		return []byte(pick(o, []string{"", "a", "\xff\x00"}))
	case catalog.Timestamp:
		return time.Unix(pick(o, []int64{0, 1, 1_795_000_000, 1_795_000_060, 253402300799}), 0).UTC()
	case catalog.Any:
		return map[string]any{"a": []any{1.5, nil, "b"}}
	}
	return o.text(m)
}

func pick[T any](o oddity, from []T) T { return from[o.IntN(len(from))] }

// plausible are values for members whose names have these in them; the first that fits.
var plausible = []struct {
	in     string
	values []string
}{
	{"PolicyArn", []string{"arn:aws:iam::000000000000:policy/alpha", "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
	{"RoleArn", []string{"arn:aws:iam::000000000000:role/alpha"}},
	{"roleArn", []string{"arn:aws:iam::000000000000:role/alpha"}},
	{"Arn", arns}, {"ARN", arns}, {"Identifier", arns}, {"arn", arns},
	{"PermissionsBoundary", []string{"arn:aws:iam::000000000000:policy/alpha", "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
	{"VersionId", []string{"v1", "v2"}},
	{"ccountId", []string{"111122223333", "000000000000"}},
	{"TargetPrincipal", []string{"111122223333"}},
	{"AssumeRolePolicyDocument", []string{trust}},
	{"Document", []string{statement, trust, "{}"}},
	{"policyDocument", []string{statement, "{}"}},
	{"TableName", []string{"alpha", "beta"}},
	{"Expression", []string{"a = b", "a = :a", "SET a = :a", "#a", "m1 + 1", "IF(m1 > 1, m1, 0)", "ALARM(alpha)", "NOT (ALARM(\"alpha\") OR TRUE)", "a, b"}},
	{"AlarmRule", []string{"ALARM(alpha)", "TRUE", "NOT OK(beta)", "("}},
	{"Statement", []string{"SELECT * FROM alpha", "SELECT a FROM alpha WHERE id = ?", "DELETE FROM alpha WHERE id = 'a'", "INSERT INTO alpha VALUE {'id':'a'}"}},
	{"filterPattern", []string{"alpha", "{ $.a = 1 }", "[a, b=x*]", "\"", "{ $.a[0] IS NULL || ($.b > 1e9) }"}},
	{"Token", []string{"", "alpha", "b/" + strings.Repeat("0", 56) + "/s", "bnVsbA", "eyJhIjoxfQ"}},
	{"Marker", []string{"alpha", "YWxwaGE"}},
	{"duration", []string{"PT1S", "PT1M", "x"}},
	{"actionId", []string{"aws:fis:wait", "brownout:fault", "aws:fis:inject-api-throttle-error", "aws:dynamodb:global-table-pause-replication"}},
	{"resourceType", []string{"aws:iam:role", "aws:dynamodb:global-table", "aws:ec2:instance"}},
	{"source", []string{"none", "aws:cloudwatch:alarm", "brownout:calls"}},
	{"AttributeType", []string{"S", "N", "B"}},
	{"AttributeName", []string{"id", "a"}},
	{"ServiceName", []string{"fis.amazonaws.com", "."}},
	{"Namespace", []string{"alpha", "Brownout"}},
	{"Assertion", []string{"PGE+PC9hPg==", "PGE+"}},
}

var arns = []string{
	"arn:aws:iam::000000000000:role/alpha", "arn:aws:iam::000000000000:policy/alpha", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:alpha",
	"arn:aws:logs:us-east-1:000000000000:log-group:alpha", "arn:aws:logs:us-east-1:000000000000:log-group:alpha:*",
	"arn:aws:dynamodb:us-east-1:000000000000:table/alpha", "arn:aws:dynamodb:us-east-1:000000000000:table/alpha/index/alpha",
	"arn:aws:dynamodb:us-east-1:000000000000:table/alpha/stream/2026-01-01T00:00:00.000", "arn:aws:dynamodb:us-east-1:000000000000:table/alpha/backup/1-2",
	"arn:aws:fis:us-east-1:000000000000:experiment-template/EXTalpha", "arn:aws:s3:::alpha", "arn::::::", "alpha",
}

const (
	statement = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	trust     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`
)

func (o oddity) text(m *catalog.Member) string {
	if enum := m.Shape.Enum; len(enum) > 0 && o.IntN(10) > 0 {
		return pick(o, enum)
	}
	if o.IntN(20) == 0 {
		return pick(o, []string{"", " ", "a", "\x00", "é\U0001F600", "%", "/", "*", "{", "arn:", strings.Repeat("x", 300), "-1", "2026-11-22T00:00:00Z"})
	}
	for kind, names := range o.seen {
		if strings.Contains(m.Name, kind) || strings.HasSuffix(m.Name, strings.ToLower(kind)) || strings.HasSuffix(m.Name, "Identifier") {
			if o.IntN(2) == 0 {
				return pick(o, names)
			}
		}
	}
	for _, p := range plausible {
		if strings.Contains(m.Name, p.in) {
			return pick(o, p.values)
		}
	}
	return pick(o, []string{"alpha", "alpha", "beta", "id", "1", "EXTalpha", "/alpha/", "alphaalphaalphaalpha"})
}

// twisted sets something in a JSON body to null or to something of another kind.
func (o oddity) twisted(body []byte) []byte {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return body
	}
	twisted, err := json.Marshal(o.twist(value))
	if err != nil {
		return body
	}
	return twisted
}

func (o oddity) twist(value any) any {
	if o.IntN(6) == 0 {
		return pick(o, []any{nil, "a", 1, -1.5, true, []any{}, []any{nil}, map[string]any{}, map[string]any{"a": nil}})
	}
	switch inside := value.(type) {
	case map[string]any:
		if len(inside) > 0 {
			keys := make([]string, 0, len(inside))
			for key := range inside {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			key := pick(o, keys)
			inside[key] = o.twist(inside[key])
		}
	case []any:
		if len(inside) > 0 {
			i := o.IntN(len(inside))
			inside[i] = o.twist(inside[i])
		}
	}
	return value
}
