package services

import (
	"errors"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

type templateAction struct {
	ActionId   *string
	Parameters map[string]string
	StartAfter []string
}

type templateInput struct {
	ClientToken    *string
	Description    *string
	StopConditions []struct{ Source, Value *string }
	Actions        map[string]templateAction
	RoleArn        *string
	Tags           map[string]string
}

func good() *templateInput {
	return &templateInput{
		ClientToken: new("t"), Description: new("d"), StopConditions: []struct{ Source, Value *string }{{Source: new("none")}},
		Actions: map[string]templateAction{"Test disruption": {ActionId: new("localstack:generic:api-error")}},
		RoleArn: new("arn:aws:iam:000000000000:role/ExperimentRole"),
	}
}

func TestCheckConstraints(t *testing.T) {
	t.Parallel()
	op := catalog.Lookup("fis").Operation("CreateExperimentTemplate")
	long := strings.Repeat("x", 513)
	for _, c := range []struct {
		name   string
		change func(in *templateInput)
		want   string
	}{
		{"good", func(*templateInput) {}, ""},
		{"empty lists and maps", func(in *templateInput) {
			in.StopConditions, in.Actions = in.StopConditions[:0], map[string]templateAction{}
		}, ""},
		{"required", func(in *templateInput) { in.RoleArn = nil },
			"1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"},
		{"required list", func(in *templateInput) { in.StopConditions = nil },
			"1 validation error detected: Value null at 'stopConditions' failed to satisfy constraint: Member must not be null"},
		{"too long", func(in *templateInput) { in.Description = &long },
			"1 validation error detected: Value '" + long + "' at 'description' failed to satisfy constraint: Member must have length less than or equal to 512"},
		{"pattern", func(in *templateInput) { in.Description = new("") },
			`1 validation error detected: Value '' at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: [\s\S]+`},
		{"several, with paths", func(in *templateInput) {
			in.RoleArn = new("short")
			in.StopConditions[0].Source = nil
			in.Actions["a b"] = templateAction{ActionId: new("")}
		}, "3 validation errors detected: Value null at 'stopConditions.1.member.source' failed to satisfy constraint: Member must not be null; " +
			`Value '' at 'actions.a b.member.actionId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+; ` +
			"Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"},
		{"map values", func(in *templateInput) { in.Tags = map[string]string{"k": strings.Repeat("v", 257)} },
			"1 validation error detected: Value '{k=" + strings.Repeat("v", 257) + "}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: " +
				`[Member must have length less than or equal to 256, Member must satisfy regular expression pattern: [\s\S]*]`},
		{"map keys", func(in *templateInput) { in.Tags = map[string]string{"": "v"} },
			"1 validation error detected: Value '{=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: " +
				`[Member must have length less than or equal to 128, Member must satisfy regular expression pattern: [\s\S]+]`},
		{"list elements", func(in *templateInput) {
			in.Actions = map[string]templateAction{"a": {ActionId: new("x"), StartAfter: []string{"b", " "}}}
		}, "1 validation error detected: Value '[b,  ]' at 'actions.a.member.startAfter' failed to satisfy constraint: Member must satisfy constraint: " +
			`[Member must have length less than or equal to 64, Member must satisfy regular expression pattern: [\S]+]`},
	} {
		in := good()
		c.change(in)
		err := CheckConstraints(op, in)
		var e *aws.Error
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.As(err, &e) || e.Message != c.want || e.Code != "ValidationException" || e.Status != 400):
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestCheckConstraintsOfDocuments(t *testing.T) {
	t.Parallel()
	op := catalog.Lookup("fis").Operation("ListExperiments")
	err := CheckConstraints(op, aws.Document{"maxResults": int64(0), "nextToken": strings.Repeat("n", 10)})
	if err == nil || !strings.Contains(err.Error(), "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1") {
		t.Error(err)
	}
	if err := CheckConstraints(op, &aws.Document{"maxResults": int64(5)}); err != nil {
		t.Error(err)
	}
}

func TestEnumsAndSecrets(t *testing.T) {
	t.Parallel()
	enum := &catalog.Shape{Name: "Kind", Kind: catalog.String, Enum: []string{"a", "b"}}
	secret := &catalog.Shape{Name: "Secret", Kind: catalog.String, HasMin: true, Min: 6}
	op := &catalog.Operation{Input: &catalog.Shape{Kind: catalog.Structure, Members: []*catalog.Member{
		{Name: "Kind", Shape: enum}, {Name: "Password", Shape: secret, Sensitive: true},
	}}}
	err := CheckConstraints(op, aws.Document{"Kind": "c", "Password": "x"})
	const want = "ValidationException: 2 validation errors detected: " +
		"Value 'c' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [a, b]; " +
		"Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 6"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
}

func TestLenientPatterns(t *testing.T) {
	t.Parallel()
	pattern := &catalog.Shape{Name: "Strict", Kind: catalog.String, Pattern: `^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`}
	op := &catalog.Operation{Input: &catalog.Shape{Kind: catalog.Structure, Members: []*catalog.Member{{Name: "Zone", Shape: pattern}}}}
	in := aws.Document{"Zone": "use1-az1,use1-az2"}
	if CheckConstraints(op, in) == nil {
		t.Error("the pattern is not enforced")
	}
	if err := LenientPatterns("Strict")(op, in); err != nil {
		t.Error(err)
	}
}

func TestJavaPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{`[\S]+`, "a b", true}, {`[\S]+`, "  ", false}, {`^\p{Alnum}+$`, "a1", true}, {`^[\p{Alpha}_]+$`, "a_1", false},
		{`^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*$`, "x😀", true}, {`^[\u0020-\u007E]*$`, "é", false},
		{`^.{1,2048}$`, "x", true}, {`^.{1,2048}$`, "", false}, {`^a++b$`, "aab", true}, {`^a{1,2}+$`, "aaa", false},
		{`^(?!aws:).*$`, "aws:x", true}, {`^(a)\1$`, "b", true}, {`^[a-z&&[^x]]+$`, "X", true}, {`^[+*?{}]+$`, "+{", true}, {`^\w+\Z`, "a", true},
	} {
		if got := matches(c.pattern, c.value); got != c.want {
			t.Errorf("%s on %q: %v", c.pattern, c.value, got)
		}
	}
}
