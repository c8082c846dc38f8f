package fis_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/fis"
)

// TestLint: where each mistake is found, and what else is said of the same template: nothing.
func TestLint(t *testing.T) {
	t.Parallel()
	const good = `{
		"description": "d", "roleArn": "arn:aws:iam::111122223333:role/r", "stopConditions": [{"source": "none"}],
		"targets": {"t.member.x": {"resourceType": "aws:ec2:instance", "resourceTags": {"k": "v"}, "selectionMode": "ALL"}},
		"actions": {"a": {"actionId": "aws:ec2:stop-instances", "targets": {"Instances": "t.member.x"}}}
	}`
	for name, c := range map[string]struct{ old, new, path, code, says string }{
		"type":                {`"description": "d"`, `"description": 5`, "description", "SerializationException", "Expected a string, found a number."},
		"object":              {`{"source": "none"}`, `"none"`, "stopConditions/0", "SerializationException", "Expected an object, found a string."},
		"list":                {`[{"source": "none"}]`, `{}`, "stopConditions", "SerializationException", "Expected a list, found an object."},
		"huge number":         {`"description"`, `"logConfiguration": {"logSchemaVersion": 1e30}, "description"`, "logConfiguration/logSchemaVersion", "SerializationException", "Expected a whole number"},
		"unknown member":      {`"selectionMode"`, `"SelectionMode": "ALL", "selectionMode"`, "targets/t.member.x/SelectionMode", "ValidationException", `It is spelt "selectionMode".`},
		"name with dots":      {`"selectionMode": "ALL"`, `"selectionMode": ""`, "targets/t.member.x/selectionMode", "ValidationException", "targets.t.member.x.member.selectionMode"},
		"model, in a list":    {`"none"`, `""`, "stopConditions/0/source", "ValidationException", "stopConditions.1.member.source"},
		"ours, in a list":     {`"none"`, `"some"`, "stopConditions/0/source", "ValidationException", `"some"`},
		"missing in a member": {`"actionId": "aws:ec2:stop-instances", `, ``, "actions/a", "ValidationException", "actionId"},
		"parameter":           {`"targets": {"Instances"`, `"parameters": {"startInstancesAfterDuration": "PT1S"}, "targets": {"Instances"`, "actions/a/parameters/startInstancesAfterDuration", "ValidationException", "PT1M"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(good, c.old, c.new, 1)
			var document any
			if err := json.Unmarshal([]byte(changed), &document); err != nil {
				t.Fatal(err)
			}
			mistakes := slices.DeleteFunc(fis.Lint(document, true), func(m fis.Mistake) bool {
				return strings.HasPrefix(m.Message, "The name ") // with its dots
			})
			if name == "model, in a list" && len(mistakes) == 2 { // an empty source is none of those that there are, either
				mistakes = mistakes[:1]
			}
			if len(mistakes) != 1 || strings.Join(mistakes[0].Path, "/") != c.path || mistakes[0].Code != c.code || !strings.Contains(mistakes[0].Message, c.says) {
				t.Errorf("mistakes %+v, want %+v", mistakes, c)
			}
		})
	}
	for _, document := range []any{nil, "x", []any{}, 5.0} {
		if m := fis.Lint(document, true); len(m) != 1 || !strings.HasPrefix(m[0].Message, "A template is an object, not ") {
			t.Errorf("%v: %+v", document, m)
		}
	}
}

// FuzzLint: whatever is in a file, it is judged.
func FuzzLint(f *testing.F) {
	files, err := filepath.Glob("testdata/templates/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"experimentTemplate": {"id": "x", "logConfiguration": {"logSchemaVersion": 9e99}, "actions": {"": {"startAfter": [null, ""]}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var document any
		if json.Unmarshal(text, &document) != nil {
			return
		}
		for _, strict := range []bool{false, true} {
			for _, m := range fis.Lint(document, strict) {
				if m.Code == "" || m.Message == "" {
					t.Errorf("mistake %+v", m)
				}
			}
		}
	})
}
