package fault_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/fault"
)

func TestParseFlat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flat map[string]string
		want string // the rule in JSON
	}{
		{map[string]string{"effect.kind": "throttle"}, `{"effect":{"kind":"throttle"}}`},
		{map[string]string{
			"match.service": "dynamodb", "match.operation": "PutItem, Update*", "match.resource": "table/Orders", "match.user_agent": "Boto3, or so",
			"match.header.X-Team": "a,b", "match.except.operation": "read", "match.role": "Deployer", "match.unknown_callers": "true",
			"when.share": "30%", "when.first": "5", "when.attempts": "1-2", "when.for": "5m", "when.flap.on": "10s", "when.flap.off": "2000",
			"effect.kind": "error", "effect.code": "404", "effect.status": "404", "seed": "18446744073709551615", "description": "d",
		}, `{"match":{"service":"dynamodb","operation":["PutItem","Update*"],"resource":"table/Orders","user_agent":"Boto3, or so",
			"header":{"X-Team":"a,b"},"except":{"operation":"read"},"role":"Deployer","unknown_callers":true},
			"when":{"share":30,"first":5,"attempts":"1-2","for":"5m","flap":{"on":"10s","off":"2s"}},
			"effect":{"kind":"error","code":"404","status":404},"seed":18446744073709551615,"description":"d"}`},
		{map[string]string{"effect.kind": "after-commit", "effect.error.code": "Oops", "effect.error.status": "500"},
			`{"effect":{"kind":"after-commit","error":{"code":"Oops","status":500}}}`},
		{map[string]string{"effect.kind": "delay", "effect.duration": "250"}, `{"effect":{"kind":"delay","duration":250}}`},
		{map[string]string{"match.service": "dynamodb", "effect.kind": "unprocessed-items", "effect.share": "50"},
			`{"match":{"service":"dynamodb"},"effect":{"kind":"unprocessed-items","share":50}}`},
	} {
		got, err := fault.ParseFlat(c.flat)
		if err != nil {
			t.Errorf("%v: %v", c.flat, err)
			continue
		}
		want, err := fault.ParseRule([]byte(c.want))
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, got.Effect, want.Effect) {
			t.Errorf("%v: effect %s", c.flat, got.Effect)
		}
		got.Effect, want.Effect = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
		if rule, _ := fault.ParseFlat(c.flat); fault.Check(rule) != nil {
			t.Errorf("%v: %v", c.flat, fault.Check(rule))
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		t.Fatalf("%s %s", a, b)
	}
	return reflect.DeepEqual(x, y)
}

func TestFlatRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flat           map[string]string
		field, message string
	}{
		{map[string]string{}, "effect.kind", "is missing"},
		{map[string]string{"effect.kind": "throttle", "match.servise": "s3"}, "match.servise", "did you mean match.service"},
		{map[string]string{"effect.kind": "throttle", "owner": "me"}, "owner", "not a known field"},
		{map[string]string{"effect.kind": "throttle", "match.header.": "me"}, "match.header.", "not a known field"},
		{map[string]string{"effect.kind": "throttle", "when.share": "many"}, "when.share", "not a percentage"},
		{map[string]string{"effect.kind": "throttle", "when.share": "101"}, "when.share", ""},
		{map[string]string{"effect.kind": "throttle", "when.first": "1.5"}, "when.first", "not a whole number"},
		{map[string]string{"effect.kind": "throttle", "when.for": "PT5M"}, "when.for", "not a duration"},
		{map[string]string{"effect.kind": "throttle", "match.unknown_callers": "true"}, "match.unknown_callers", "goes with match.role"},
		{map[string]string{"effect.kind": "throtle"}, "", ""}, // a service's own, perhaps
		{map[string]string{"effect.kind": "throttle", "match.service": "dynamodbb"}, "match.service", "did you mean"},
		{map[string]string{"effect.kind": "throttle", "match.service": "dynamodb", "match.operation": "GetItm"}, "match.operation", "GetItem"},
		{map[string]string{"effect.kind": "error", "effect.status": "x"}, "effect.status", "not a whole number"},
		{map[string]string{"effect.kind": "error", "effect.error.code": "x"}, "effect.error", "not a known"},
		{map[string]string{"effect.kind": "after-commit", "effect.error": "x"}, "effect.error", "members"},
		{map[string]string{"effect.kind": "throttle", "effect.x": "1"}, "effect.x", "not a known"},
	} {
		rule, err := fault.ParseFlat(c.flat)
		if err == nil {
			err = fault.Check(rule)
		}
		var wrong *fault.RuleError
		switch {
		case c.field == "" && err == nil:
		case !errors.As(err, &wrong):
			t.Errorf("%v: %v", c.flat, err)
		case wrong.Field != c.field || !strings.Contains(wrong.Message, c.message):
			t.Errorf("%v: %v", c.flat, err)
		}
	}
}

func TestFlatFields(t *testing.T) {
	t.Parallel()
	var names []string
	for _, field := range fault.FlatFields() {
		names = append(names, field.Name)
	}
	text := " " + strings.Join(names, " ") + " "
	for _, name := range []string{"match.service", "match.header.*", "match.except.resource", "match.except.header.*", "when.flap.on", "when.start", "effect.kind", "effect.*", "seed"} {
		if !strings.Contains(text, " "+name+" ") {
			t.Errorf("no %s in %s", name, text)
		}
	}
	for _, name := range []string{"match.except.except", "when.flap", "id", "owner"} {
		if strings.Contains(text, " "+name+" ") {
			t.Errorf("%s is in %s", name, text)
		}
	}
}
